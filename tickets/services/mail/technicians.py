"""A technician answers, notes and closes by mail: believed already, but only within his rights."""

from datetime import datetime

from helpdesk.core.domain.notices import News
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.services.notices import notice
from tickets.domain.kinds import MessageKind
from tickets.domain.mail.threading import Commands, Outcome, Reason, read_commands
from tickets.domain.status import Status
from tickets.domain.text import MAX_BODY
from tickets.errors import ChildrenOpen, TicketClosed, TicketHasNoAddress, TicketInvalid
from tickets.models import Message, Ticket
from tickets.selectors.access import tickets_visible_to
from tickets.services.add_note import add_note
from tickets.services.change_status import change_status
from tickets.services.mail.reading import Reading
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.work.closing import may_finish

#: What of a mail was not done as its writer meant it.
UNDONE = frozenset({"unknown-command", "unknown-status", "not-moved", "not-sent"})


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
    status = _status(reading, ticket, commands, by=by)
    message = None
    if commands.text.strip() or reading.files:
        message = _speak(reading, ticket, commands, by=by, now=now, then=status)
    is_reply = message is not None and message.kind == MessageKind.REPLY
    if status is not None and not is_reply:
        change_status(ticket=ticket, to=status, by=by, now=now)
        reading.notes.append(Reason("moved", status))
    _tell(reading, ticket, by=by, now=now)
    return message, Outcome.ANSWER if is_reply else Outcome.NOTE


def _status(reading: Reading, ticket: Ticket, commands: Commands, *, by: User) -> Status | None:
    """The status that the mail asks for, if the ticket can go there."""
    if not commands.status:
        return None
    try:
        status = Status(commands.status)
    except ValueError:
        reading.notes.append(Reason("unknown-status", commands.status[:80]))
        return None
    try:
        may_finish(ticket=ticket, to=status)
        if ticket.is_closed and status is not Status.CLOSED:
            raise TicketClosed
    except (TicketInvalid, ChildrenOpen, TicketClosed) as problem:
        reading.notes.append(Reason("not-moved", problem.code))
        return None
    return status


def _speak(
    reading: Reading, ticket: Ticket, commands: Commands, *, by: User, now: datetime, then: Status | None
) -> Message:
    body, files = commands.text if commands.text.strip() else "…", reading.files
    if not commands.is_note:
        try:
            message = reply_to_customer(ticket=ticket, body=body, by=by, stored=files, now=now, then=then)
        except (TicketHasNoAddress, TicketClosed, TicketInvalid) as problem:
            reading.notes.append(Reason("not-sent", problem.code))
        else:
            if then is not None:
                reading.notes.append(Reason("moved", then))
            return message
    return add_note(ticket=ticket, body=body[:MAX_BODY], by=by, stored=files, now=now)


def _tell(reading: Reading, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Who writes from afar does not read the journal: what was left undone rings their bell."""
    if any(reason.step in UNDONE for reason in reading.notes):
        notice(
            news=News.MAIL_FAILED,
            to=[by],
            about=f"ticket:{ticket.pk}",
            detail="undone",
            text=reading.mail.subject,
            key=f"undone:{reading.row.pk}",
            now=now,
        )
