"""A ticket list as a table of texts, read in parts so that any length fits into memory."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from agents.domain.fields import FieldOf
from agents.selectors.fields import fields_of
from helpdesk.core.models import User
from tickets.domain.cursor import Cursor
from tickets.domain.filters import TicketFilters
from tickets.models import Ticket, TicketValue
from tickets.models.labels import (
    PRIORITY_CHOICES,
    RATING_CHOICES,
    SOURCE_CHOICES,
    STATUS_CHOICES,
    TYPE_CHOICES,
)
from tickets.selectors.lists import TicketList
from tickets.selectors.surveys import answers_of

MAX_ROWS = 100_000
PART = 1_000
#: Put into words once: for each row anew they would cost more than reading it.
_CHOICES = {
    "status": STATUS_CHOICES,
    "priority": PRIORITY_CHOICES,
    "type": TYPE_CHOICES,
    "source": SOURCE_CHOICES,
    "rating": RATING_CHOICES,
}


def export_rows(
    user: User | AnonymousUser,
    filters: TicketFilters,
    *,
    zone: tzinfo = UTC,
    limit: int = MAX_ROWS,
    part: int = PART,
) -> Iterator[list[str]]:
    """The head, then what the list shows to this user under these filters, in its order, at most `limit`
    tickets; a last row says so if there are more. Times by the clock of `zone`, which the head names. Three
    queries for each part, four where the desk has
    fields of its own.
    """
    fields = fields_of(FieldOf.TICKET)
    yield [*_head(str(zone)), *(field.name for field in fields)]
    words = {field: {value: str(label) for value, label in choices} for field, choices in _CHOICES.items()}
    listed, cursor, left = TicketList(user, filters), Cursor(), limit
    while left:
        page = listed.page(cursor, limit=min(part, left))
        answers = answers_of(page.tickets)
        values = _values(page.tickets) if fields else {}
        for ticket in page.tickets:
            own = (values.get((ticket.pk, field.pk), "") for field in fields)
            yield [*_row(ticket, answers.get(ticket.pk, ("", "")), words, zone), *own]
        if page.next is None:
            return
        cursor, left = page.next, left - len(page.tickets)
    yield [_("Only the first %(n)s tickets are here. Narrow the list down for the rest.") % {"n": limit}]


def _values(tickets: Sequence[Ticket]) -> dict[tuple[int, int], str]:
    """(ticket, field) -> value, of fields that the desk added."""
    rows = TicketValue.objects.filter(ticket__in=tickets).values_list("ticket", "field", "value")
    return {(ticket, field): value for ticket, field, value in rows}


def _head(zone: str) -> list[str]:
    clock = {"zone": zone}
    return [
        *(_("Number"), _("Subject"), _("Status"), _("Priority"), _("Type"), _("Client"), _("Customer")),
        *(_("E-mail"), _("Assignee"), _("Team"), _("Tags"), _("Source"), _("Opened (%(zone)s)") % clock),
        *(_("Active (%(zone)s)") % clock, _("Resolved (%(zone)s)") % clock),
        *(_("Closed (%(zone)s)") % clock, _("Rating"), _("Their words")),
    ]


def _row(
    ticket: Ticket, answer: tuple[str, str], words: Mapping[str, Mapping[str, str]], zone: tzinfo
) -> list[str]:
    rating, comment = answer
    times = (ticket.created_at, ticket.updated_at, ticket.resolved_at, ticket.closed_at)
    return [
        str(ticket.number),
        ticket.subject,
        words["status"].get(ticket.status, ""),
        words["priority"].get(ticket.priority, ""),
        words["type"].get(ticket.type, ""),
        ticket.client.name if ticket.client else "",
        ticket.contact_name,
        ticket.contact_email,
        ticket.assignee.full_name if ticket.assignee else "",
        ticket.team.name if ticket.team else "",
        ", ".join(tag.name for tag in ticket.tags.all()),
        words["source"].get(ticket.source, ""),
        *(_time(at, zone) for at in times),
        words["rating"].get(rating, ""),
        comment,
    ]


def _time(at: datetime | None, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""
