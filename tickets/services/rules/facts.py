"""The facts of a ticket in the database; what costs a query is read only when a rule asks."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Max

from agents.models import ContactValue, DeviceValue
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import organisation_time_zone
from tickets.domain.hours import next_change
from tickets.domain.kinds import MessageKind
from tickets.domain.rule_facts import LazyFacts, mail_facts
from tickets.models import Activity, Attachment, Calendar, MailIn, Message, Ticket, TicketValue
from tickets.selectors.mail import contacts_by_address
from tickets.selectors.surveys import last_answer
from tickets.services.mail.journal import raw_of
from tickets.services.mail.parser import parse_many

#: What only the mail itself can tell.
_OF_MAIL = ("header", "recipients", "language")


def facts_of(ticket: Ticket, now: datetime, **more: object) -> LazyFacts:
    """What rules may know of this ticket; `more` are facts of the event itself (body, sender, before ...).

    `mail_in`, the number of a mail in the journal, stands for what that mail says itself. Works for a ticket
    that is not saved yet.
    """
    mail_in = more.pop("mail_in", None)
    known: dict[str, object] = {
        "subject": ticket.subject,
        "body": ticket.description,
        "sender": ticket.contact_email,
        "sender_name": ticket.contact_name,
        "client": _id(ticket.client_id),
        "contact": _id(ticket.contact_id),
        "device": _id(ticket.device_id),
        "source": ticket.source,
        "status": ticket.status,
        "priority": ticket.priority,
        "type": ticket.type,
        "assignee": _id(ticket.assignee_id),
        "team": _id(ticket.team_id),
        "age": (now - ticket.created_at).total_seconds(),
    }
    loaders: dict[str, Callable[[], object]] = {
        "device_name": lambda: ticket.device.name if ticket.device else "",
        "is_known_sender": lambda: _is_known(ticket, str(more.get("sender") or "")),
        "mailbox": lambda: ticket.mailbox.address if ticket.mailbox else "",
        "language": lambda: ticket.contact.language if ticket.contact else "",
        "assignee_active": lambda: _is_active(ticket.assignee_id),
        "in_business_hours": lambda: is_open_at(now),
        "own_contact": lambda: _own(ContactValue, contact=ticket.contact_id),
        "own_device": lambda: _own(DeviceValue, device=ticket.device_id),
    }
    if ticket.pk is not None:
        loaders |= _saved_loaders(ticket, now)
    if isinstance(mail_in, int):
        loaders |= _mail_loaders(mail_in)
    return LazyFacts(known | more, loaders)


def _mail_loaders(mail_in: int) -> dict[str, Callable[[], object]]:
    """The mail is read again (in the parser's process) only when a rule asks for what it alone can tell."""
    read: dict[str, object] = {}

    def of_mail(field: str) -> Callable[[], object]:
        def load() -> object:
            if not read:
                read.update(mail_facts(parse_many([raw_of(MailIn.objects.get(pk=mail_in))])[0]))
            return read.get(field)

        return load

    return {field: of_mail(field) for field in _OF_MAIL}


def is_open_at(now: datetime) -> bool:
    """By the first calendar; a desk without one is always open."""
    calendar = Calendar.objects.prefetch_related("days_off").first()
    return calendar is None or next_change(calendar.hours(organisation_time_zone()), now)[0]


def status_since(ticket: Ticket) -> datetime:
    """When the ticket came into its status."""
    moves = Activity.objects.filter(ticket=ticket, field="status")
    return moves.aggregate(at=Max("at"))["at"] or ticket.created_at


def _saved_loaders(ticket: Ticket, now: datetime) -> dict[str, Callable[[], object]]:
    return {
        "own_ticket": lambda: _own(TicketValue, ticket=ticket.pk),
        "tag": lambda: tuple(tag.name for tag in ticket.tags.all()),
        "has_attachment": lambda: Attachment.objects.filter(ticket=ticket).exists(),
        "file_name": lambda: tuple(
            Attachment.objects.filter(ticket=ticket).values_list("filename", flat=True)
        ),
        "status_age": lambda: (now - status_since(ticket)).total_seconds(),
        "customer_age": lambda: (
            now - (_last_word(ticket, MessageKind.CUSTOMER) or ticket.created_at)
        ).total_seconds(),
        "reply_age": lambda: _since(_last_word(ticket, MessageKind.REPLY), now),
        "rating": lambda: last_answer(ticket).rating,
        "comment": lambda: last_answer(ticket).comment,
    }


def _last_word(ticket: Ticket, kind: MessageKind) -> datetime | None:
    words = Message.objects.filter(ticket=ticket, kind=kind, is_held=False, is_automatic=False)
    if kind is MessageKind.REPLY:
        words = words.exclude(author=None)  # what a rule answers is no answer of ours
    at: datetime | None = words.aggregate(at=Max("created_at"))["at"]
    return at


def _since(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else (now - at).total_seconds()


def _is_known(ticket: Ticket, sender: str) -> bool:
    """Has a contact this address? Not only the owner of a ticket writes to it."""
    email = sender.lower()
    if email in {"", ticket.contact_email.lower()}:
        return ticket.contact_id is not None
    return email in contacts_by_address([email])


def _own(model: type[ContactValue | DeviceValue | TicketValue], **owner: int | None) -> dict[str, str]:
    """The values of the fields that the desk added, by their keys."""
    if None in owner.values():
        return {}
    rows = model._default_manager.filter(**owner, field__deleted_at=None)
    return dict(rows.values_list("field__key", "value"))


def _is_active(user_id: int | None) -> bool:
    return user_id is not None and User.objects.filter(pk=user_id, is_active=True).exists()


def _id(number: int | None) -> str:
    return "" if number is None else str(number)
