"""What the customer answers, by whichever way it comes in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction

from tickets.domain.kinds import MessageKind, Verb
from tickets.domain.status import Status
from tickets.domain.targets import Event
from tickets.models import MailIn, Message, Participant, Ticket
from tickets.services.change import touch, write_activity, written_body
from tickets.services.files import StoredFile, attach
from tickets.services.merged import locked_final
from tickets.services.rules.events import customer_wrote, follow_up_opened
from tickets.services.targets.clocks import clocks_for_new, keep_clocks
from tickets.services.work.snooze import wake_for_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ByMail:
    """What a mail adds to the customer's words. Its body may be empty or long: mail is never refused."""

    mail_in: MailIn
    author_email: str
    html: str = ""
    folded: str = ""


def add_customer_message(
    *,
    ticket: Ticket,
    body: str,
    now: datetime,
    author_name: str = "",
    stored: Sequence[StoredFile] = (),
    by_mail: ByMail | None = None,
    facts: Mapping[str, object] | None = None,
    why_no_answer: str = "",
) -> Message:
    """The customer answers. Rules open resolved and waiting tickets again (`facts` tell them of the mail,
    `why_no_answer` what speaks against an automatic answer); a closed one stays closed and the words become
    a linked follow-up ticket, those to a merged one stand on its target: read `message.ticket`.

    Raises `TicketInvalid` (empty body, not by mail).
    """
    text = body if by_mail else written_body(body)
    name = author_name or ticket.contact_name
    with transaction.atomic():
        # The customer's words are never refused: what counts is the row as it is now.
        current = locked_final(ticket.pk)
        is_new = False
        if current.is_closed:
            known = _unfinished_follow_up(current)
            is_new, current = known is None, known or _follow_up(current, label=name, now=now)
        touch(ticket=current, now=now)
        wake_for_answer(ticket=current, now=now)
        message = Message.objects.create(
            ticket=current,
            kind=MessageKind.CUSTOMER,
            author_name=name,
            body=text,
            created_at=now,
            **mail_columns(by_mail),
        )
        attach(ticket=current, stored=stored, message=message)
        write_activity(ticket=current, verb=Verb.WROTE, by=None, now=now, label=name)
        tell_rules = follow_up_opened if is_new else customer_wrote
        tell_rules(ticket=current, body=text, name=name, now=now, mail=facts, why_no_answer=why_no_answer)
        keep_clocks(ticket=current, event=Event.CUSTOMER_WROTE, now=now)
    return message


def mail_columns(by_mail: ByMail | None) -> dict[str, Any]:
    """The same as columns of a message."""
    return {field.name: getattr(by_mail, field.name) for field in fields(by_mail)} if by_mail else {}


def _unfinished_follow_up(closed: Ticket) -> Ticket | None:
    """A second word on the same closed ticket joins the follow-up that the first one made."""
    return closed.followed_by.exclude(status=Status.CLOSED).order_by("-id").first()


def _follow_up(closed: Ticket, *, label: str, now: datetime) -> Ticket:
    """A new ticket with the facts of the closed one, linked to it; both tell of each other."""
    ticket = Ticket.objects.create(
        subject=closed.subject,
        priority=closed.priority,
        client_id=closed.client_id,
        contact_id=closed.contact_id,
        contact_name=closed.contact_name,
        contact_email=closed.contact_email,
        contact_phone=closed.contact_phone,
        device_id=closed.device_id,
        profile_id=closed.profile_id,
        source=closed.source,
        mailbox_id=closed.mailbox_id,
        follows=closed,
        created_at=now,
        updated_at=now,
    )
    write_activity(
        ticket=ticket,
        verb=Verb.OPENED,
        by=None,
        now=now,
        label=label,
        field="follows",
        after=f"#{closed.number}",
    )
    write_activity(
        ticket=closed,
        verb=Verb.FOLLOWED_UP,
        by=None,
        now=now,
        label=label,
        field="followed-by",
        after=f"#{ticket.number}",
    )
    others = closed.participants.values("email", "name", "contact_id", "is_blocked", "added_at")
    Participant.objects.bulk_create(Participant(ticket=ticket, **person) for person in others)
    clocks_for_new([ticket], now=now)
    return ticket
