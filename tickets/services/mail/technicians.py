"""A technician answers, notes and closes by mail: believed already, but only within his rights."""

from datetime import datetime

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.domain.kinds import MessageKind
from tickets.domain.mail.threading import Commands, Outcome, Reason, read_commands
from tickets.domain.status import Status
from tickets.domain.text import MAX_BODY
from tickets.errors import ChildrenOpen, MoveNotAllowed, TicketClosed, TicketHasNoAddress, TicketInvalid
from tickets.models import Message, Ticket
from tickets.selectors.access import tickets_visible_to
from tickets.services.add_note import add_note
from tickets.services.change_status import change_status
from tickets.services.mail.reading import Reading
from tickets.services.reply_to_customer import reply_to_customer


def answer_by_mail(reading: Reading, ticket: Ticket, *, now: datetime) -> tuple[Message | None, Outcome]:
    """The words go out as an answer, or stay inside as a note (`#note`, a closed ticket, a machine's mail);
    `#status resolved` moves the ticket. Whoever may not work on the ticket changes nothing.
    """
    by = User.objects.get(pk=reading.decision.by)
    if not tickets_visible_to(by, to=Permission.TICKETS_EDIT).filter(pk=ticket.pk).exists():
        reading.notes.append(Reason("not-allowed", by.email))
        return None, Outcome.DROPPED
    if reading.mail.is_auto_reply:
        reading.notes.append(Reason("automatic"))
        return None, Outcome.DROPPED
    commands = read_commands(reading.letter.visible)
    if commands.unknown:
        reading.notes.append(Reason("unknown-command", commands.unknown))
    status = _status(reading, commands)
    message = None
    if commands.text.strip() or reading.files:
        message = _speak(reading, ticket, commands, by=by, now=now)
    if status is not None:
        _move(reading, ticket, status, by=by, now=now)
    is_reply = message is not None and message.kind == MessageKind.REPLY
    return message, Outcome.ANSWER if is_reply else Outcome.NOTE


def _status(reading: Reading, commands: Commands) -> Status | None:
    if not commands.status:
        return None
    try:
        return Status(commands.status)
    except ValueError:
        reading.notes.append(Reason("unknown-status", commands.status[:80]))
        return None


def _speak(reading: Reading, ticket: Ticket, commands: Commands, *, by: User, now: datetime) -> Message:
    body = commands.text if commands.text.strip() else "…"
    if not commands.is_note:
        try:
            return reply_to_customer(ticket=ticket, body=body, by=by, stored=reading.files, now=now)
        except (TicketHasNoAddress, TicketClosed, TicketInvalid) as problem:
            reading.notes.append(Reason("not-sent", problem.code))
    return add_note(ticket=ticket, body=body[:MAX_BODY], by=by, stored=reading.files, now=now)


def _move(reading: Reading, ticket: Ticket, status: Status, *, by: User, now: datetime) -> None:
    try:
        change_status(ticket=ticket, to=status, by=by, now=now)
        reading.notes.append(Reason("moved", status))
    except (MoveNotAllowed, TicketClosed, TicketInvalid, ChildrenOpen) as problem:
        reading.notes.append(Reason("not-moved", problem.code))
