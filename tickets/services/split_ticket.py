"""Words of a customer that are a matter of their own get a ticket of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from helpdesk.core.services.mail_queue import is_address
from tickets.domain.kinds import MessageKind, Source, Verb
from tickets.domain.text import MAX_SUBJECT, clean_subject
from tickets.errors import MergeAcrossClients, NotToSplit, TicketInvalid
from tickets.models import Attachment, MailIn, Message, Ticket
from tickets.selectors.choices import may_work_on
from tickets.selectors.mail import contacts_by_address
from tickets.services.change import write_activity
from tickets.services.open_ticket import subject_rule
from tickets.services.targets.clocks import clocks_for_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`email`: whose ticket it will be. `with_following`: also what the same person wrote after it."""

    subject: str
    email: str = ""
    with_following: bool = False
    across_clients: bool = False


@transaction.atomic
def split_ticket(*, message: Message, split: Split, by: User, now: datetime) -> Ticket:
    """The message opens a new ticket and moves there with its files; both tickets tell of it, nobody else
    hears of it. Answers to it follow. Merging the new ticket back undoes it; the first caller wins.

    Raises `TicketInvalid` (subject, email), `NotToSplit`, `MergeAcrossClients`.
    """
    ticket = message.ticket
    new = _ticket(message, split, by=by, now=now)
    moved = list(_following(message).values_list("pk", flat=True)) if split.with_following else []
    first = splittable(ticket).filter(pk=message.pk)
    if first.update(ticket=new, is_opening=True, body="", origin=Coalesce(F("origin_id"), ticket.pk)) != 1:
        raise NotToSplit
    Message.objects.filter(pk__in=moved).update(ticket=new, origin=Coalesce(F("origin_id"), ticket.pk))
    take_along(new, message, moved)
    write_activity(
        ticket=new, verb=Verb.OPENED, by=by, now=now, field="split-from", before=f"#{ticket.number}"
    )
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=now)
    write_activity(
        ticket=ticket,
        verb=Verb.MERGED,
        by=by,
        now=now,
        field="split-to",
        after=f"#{new.number} {new.subject}",
    )
    clocks_for_new([new], now=now)
    return new


def splittable(ticket: Ticket) -> QuerySet[Message]:
    """What a customer said on it; its description is the ticket itself."""
    return Message.objects.filter(
        ticket=ticket.pk, kind=MessageKind.CUSTOMER, is_opening=False, is_held=False
    )


def take_along(new: Ticket, opening: Message, others: Sequence[int] = ()) -> None:
    """Files and journal of messages that were given to a new ticket."""
    Attachment.objects.filter(message=opening).update(ticket=new, message=None)
    Attachment.objects.filter(message__in=others).update(ticket=new)
    MailIn.objects.filter(entry__in=[opening.pk, *others]).update(ticket=new)


def _following(message: Message) -> QuerySet[Message]:
    later = Q(created_at__gt=message.created_at) | Q(created_at=message.created_at, pk__gt=message.pk)
    is_same = Q(author_email__iexact=message.author_email)
    if not message.author_email:
        is_same &= Q(author_name=message.author_name)
    return splittable(message.ticket).filter(later, is_same)


def _ticket(message: Message, split: Split, *, by: User, now: datetime) -> Ticket:
    ticket, subject, email = message.ticket, clean_subject(split.subject), split.email.strip().lower()
    if not 1 <= len(subject) <= MAX_SUBJECT:
        raise TicketInvalid(fields={"subject": subject_rule()})
    if email and not is_address(email):
        raise TicketInvalid(fields={"email": _("Write an address like x@example.com.")})
    facts = {
        "subject": subject,
        "description": message.body,
        "priority": ticket.priority,
        "source": Source.MAIL.value if message.mail_in_id else ticket.source,
        "mailbox_id": ticket.mailbox_id,
        "created_at": now,
        "updated_at": now,
    }
    if email == ticket.contact_email.lower():
        names = ("client_id", "contact_id", "contact_name", "contact_email", "contact_phone")
        same = {name: getattr(ticket, name) for name in (*names, "device_id", "profile_id")}
        return Ticket.objects.create(**facts, **same)
    return Ticket.objects.create(**facts, **_person(message, split, email, by))


def _person(message: Message, split: Split, email: str, by: User) -> dict[str, object]:
    """A contact whom the technician may know, else somebody of the same client."""
    client_id = message.ticket.client_id
    contact = contacts_by_address([email]).get(email) if email else None
    if contact is None or not may_work_on(by, contact.client_id):
        is_sender = email == message.author_email.lower()
        name = message.author_name if is_sender else email.partition("@")[0]
        return {"client_id": client_id, "contact_email": email, "contact_name": name}
    if len({client_id, contact.client_id} - {None}) > 1 and not split.across_clients:
        raise MergeAcrossClients(
            _("%(name)s is of another client and would read what was written here.")
            % {"name": contact.full_name}
        )
    return {
        "client_id": contact.client_id,
        "contact": contact,
        "contact_name": contact.full_name,
        "contact_email": email,
        "contact_phone": contact.phone,
    }
