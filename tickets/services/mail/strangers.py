"""What technicians do about mail of strangers: let them in, give them their own ticket, shut them out."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.domain.text import is_domain
from agents.models import Contact
from helpdesk.core.errors import Conflict
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from helpdesk.core.services.mail_queue import is_address
from tickets.domain.kinds import Source, Verb
from tickets.domain.mail.threading import is_doubted
from tickets.domain.targets import Event
from tickets.domain.text import clean_subject
from tickets.errors import TicketInvalid
from tickets.models import Activity, BlockedSender, Message, Participant, Ticket
from tickets.selectors.mail import contacts_by_address
from tickets.services.change import write_activity
from tickets.services.mail.opening import subject_of
from tickets.services.rules.events import customer_wrote, shape_opened
from tickets.services.rules.finish import finish
from tickets.services.split_ticket import take_along
from tickets.services.targets.clocks import clocks_for_new, keep_clocks


class NotHeld(Conflict):
    code = "mail-not-held"
    title = gettext_lazy("Somebody has already decided about this mail")


@transaction.atomic
def admit_sender(*, ticket: Ticket, message: Message, by: User, now: datetime) -> None:
    """The sender takes part from now on; what is held of him here becomes an answer. The first caller wins.

    Raises `NotHeld`.
    """
    email = message.author_email.lower()
    contact = contacts_by_address([email]).get(email) if email else None
    _let_go(message)
    _let_go_of_others(message)
    if email:
        Participant.objects.update_or_create(
            ticket=ticket,
            email=email,
            defaults={"is_blocked": False, "contact": contact},
            create_defaults={
                "name": message.author_name[:200],
                "contact": contact,
                "is_blocked": False,
                "added_at": now,
            },
        )
    _note(ticket, "admitted", email, by=by, now=now)
    if not message.is_automatic and not ticket.is_closed:
        current = Ticket.objects.get(pk=ticket.pk)
        told = {"sender": email, "mail_in": message.mail_in_id}
        customer_wrote(ticket=current, body=message.body, name=message.author_name, mail=told, now=now)
        keep_clocks(ticket=current, event=Event.CUSTOMER_WROTE, now=now)


@transaction.atomic
def split_off_held(*, ticket: Ticket, message: Message, by: User, now: datetime) -> Ticket:
    """The held mail becomes a ticket of its own, of its sender, and the rules meet it as any new one; no
    machine answers. The first caller wins; raises `NotHeld`.
    """
    _let_go(message)
    email = message.author_email.lower()
    contact = contacts_by_address([email]).get(email) if email else None
    mail = message.mail_in
    new = Ticket(
        subject=subject_of(mail.subject if mail else "") or ticket.subject,
        description=message.body,
        client_id=contact.client_id if contact else None,
        contact=contact,
        contact_name=contact.full_name if contact else message.author_name,
        contact_email=email,
        contact_phone=contact.phone if contact else "",
        source=Source.MAIL.value,
        mailbox=ticket.mailbox,
        team_id=ticket.mailbox.team_id if ticket.mailbox else None,
        created_at=now,
        updated_at=now,
    )
    plan = shape_opened(
        ticket=new, now=now, has_files=message.attachments.exists(), mail_in=message.mail_in_id
    )
    new.save(force_insert=True)
    Message.objects.filter(pk=message.pk).update(ticket=new, is_opening=True, body="", origin=ticket)
    take_along(new, message)
    Activity.objects.create(
        ticket=new,
        at=now,
        actor=by,
        actor_label=by.full_name[:200],
        verb=Verb.OPENED,
        field="split-from",
        before=f"#{ticket.number}",
    )
    _note(ticket, "split-off", f"#{new.number}", by=by, now=now)
    finish([(new, plan)], now, why_no_answer=["split-off"])
    if not message.is_automatic:
        clocks_for_new([new], now=now)
    return new


@transaction.atomic
def remove_participant(*, ticket: Ticket, email: str, by: User, now: datetime) -> None:
    """No answers go there any more, and what comes from there is held again. Safe to repeat."""
    gone, _rows = Participant.objects.filter(ticket=ticket, email__iexact=email.strip()).delete()
    if gone:
        _note(ticket, "removed", email.strip().lower(), by=by, now=now)


@transaction.atomic
def block_sender(*, ticket: Ticket, message: Message, by: User, now: datetime) -> BlockedSender:
    """Mail of this address makes no tickets any more, what is held stays held. Safe to repeat.

    Raises `TicketInvalid` for a mail without a sender, or of one of us.
    """
    email = message.author_email.lower()
    blocked, is_new = _block(email, reason=f"#{ticket.number}", by=by, now=now)
    Participant.objects.filter(ticket=ticket, email=email).update(is_blocked=True)
    if is_new:
        _note(ticket, "blocked", email, by=by, now=now)
    return blocked


@transaction.atomic
def block_pattern(*, pattern: str, reason: str = "", by: User, now: datetime) -> BlockedSender:
    """The same by hand, for an address or for a whole domain. Safe to repeat; raises `TicketInvalid`."""
    text = pattern.strip().lower().removeprefix("@").rstrip(".")
    if not (is_address(text) if "@" in text else is_domain(text)):
        raise TicketInvalid(fields={"pattern": _("Write an address like x@example.com, or a domain.")})
    return _block(text, reason=clean_subject(reason)[:200], by=by, now=now)[0]


def _block(pattern: str, *, reason: str, by: User, now: datetime) -> tuple[BlockedSender, bool]:
    """None of us can be shut out."""
    ours = User.objects.filter(is_active=True)
    if not pattern or ours.filter(Q(email__iexact=pattern) | Q(email__iendswith=f"@{pattern}")).exists():
        raise TicketInvalid(fields={"pattern": _("This sender cannot be blocked.")})
    blocked, is_new = BlockedSender.objects.get_or_create(
        pattern=pattern, defaults={"reason": reason, "by": by, "created_at": now}
    )
    if is_new:
        record(actor=by, verb="sender.blocked", target=blocked, after={"pattern": pattern}, now=now)
    return blocked, is_new


@transaction.atomic
def unblock_sender(*, blocked: BlockedSender, by: User, now: datetime) -> None:
    """Mail of this address or domain is welcome again. Safe to repeat."""
    if BlockedSender.objects.filter(pk=blocked.pk).delete()[0]:
        record(
            actor=by, verb="sender.unblocked", target=blocked, before={"pattern": blocked.pattern}, now=now
        )


@transaction.atomic
def ignore_contact_mail(*, contact: Contact, ignores: bool, by: User, now: datetime) -> None:
    """Switch the mail of one person off (the journal still keeps it) or on again. Safe to repeat."""
    changed = Contact.objects.filter(pk=contact.pk).exclude(ignores_mail=ignores).update(ignores_mail=ignores)
    if changed:
        contact.ignores_mail = ignores
        verb = "contact.mail-ignored" if ignores else "contact.mail-welcome"
        record(actor=by, verb=verb, target=contact, after={"ignores_mail": ignores}, now=now)


def _let_go(message: Message) -> None:
    """One conditional UPDATE: of two technicians who decide the second one hears of it."""
    if Message.objects.filter(pk=message.pk, is_held=True).update(is_held=False) != 1:
        raise NotHeld
    message.is_held = False


def _let_go_of_others(message: Message) -> None:
    """What else is held of the same sender, but nothing that somebody else may have written."""
    held = Message.objects.filter(
        ticket=message.ticket_id, author_email__iexact=message.author_email, is_held=True
    ).values_list("pk", "mail_in__reasons")
    believed = [pk for pk, reasons in held if not is_doubted(reasons or ())]
    Message.objects.filter(pk__in=believed, is_held=True).update(is_held=False)


def _note(ticket: Ticket, what: str, words: str, *, by: User, now: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=now)
    write_activity(ticket=ticket, verb=Verb.MAIL, by=by, now=now, field=what, after=words)
