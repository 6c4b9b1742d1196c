"""The clocks of tickets as pages show them; they come with the tickets' own query, as JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from helpdesk.core.models import User
from tickets.domain.status import UNFINISHED
from tickets.domain.targets import ClockKind
from tickets.models import Ticket, TicketClock
from tickets.selectors.access import tickets_visible_to

_FACTS = ("due_at", "warn_at", "paused_at", "met_at", "missed_at")
#: Tickets that stand above a list because a promise was broken; the rest keep their places.
MAX_ON_TOP = 10


class DueState(StrEnum):
    PLAIN = "plain"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Due:
    """One clock at one moment. `at`: when it is or was due, None in a pause."""

    kind: ClockKind
    state: DueState
    at: datetime | None


def clock_columns() -> dict[str, Subquery]:
    """For `annotate`: the latest clock of each kind."""
    return {
        f"clock_{kind}": Subquery(
            TicketClock.objects.filter(ticket=OuterRef("pk"), kind=kind.value)
            .order_by("-id")
            .values(found=JSONObject(**{name: F(name) for name in _FACTS}))[:1]
        )
        for kind in ClockKind
    }


def dues_of(ticket: Ticket, now: datetime) -> list[Due]:
    """The clocks of a ticket that was read with `clock_columns`; no query."""
    found = ((kind, getattr(ticket, f"clock_{kind}", None)) for kind in ClockKind)
    return [_due(kind, facts, now) for kind, facts in found if facts]


def next_due_of(ticket: Ticket, now: datetime) -> Due | None:
    """What a list shows: the clock that is due first; else the one that is paused."""
    dues = [due for due in dues_of(ticket, now) if due.state not in {DueState.MET, DueState.MISSED}]
    return min(dues, key=lambda due: due.at or datetime.max.replace(tzinfo=UTC), default=None)


def tickets_on_top(user: User | AnonymousUser) -> QuerySet[Ticket]:
    """Visible tickets that a broken promise lifts above the lists."""
    lifted = TicketClock.objects.filter(is_on_top=True).order_by().values("ticket")
    return tickets_visible_to(user).filter(pk__in=lifted)


def clocks_running(user: User | AnonymousUser) -> QuerySet[TicketClock]:
    """Clocks of visible unfinished tickets that are not kept yet, first due first."""
    tickets = tickets_visible_to(user).filter(status__in=sorted(UNFINISHED)).order_by().values("pk")
    rows = TicketClock.objects.filter(met_at=None, ticket__in=tickets)
    return rows.select_related("ticket__client", "ticket__assignee", "target").order_by("due_at", "id")


def _due(kind: ClockKind, facts: dict[str, Any], now: datetime) -> Due:
    times = {name: _time(facts[name]) for name in _FACTS}
    due_at, warn_at = times["due_at"], times["warn_at"]
    if times["met_at"]:
        state = DueState.MISSED if times["missed_at"] else DueState.MET
    elif due_at is None:
        state = DueState.PAUSED if times["paused_at"] else DueState.PLAIN
    elif due_at <= now:
        state = DueState.LATE
    else:
        state = DueState.SOON if warn_at and warn_at <= now else DueState.PLAIN
    return Due(kind, state, due_at)


def _time(text: str | None) -> datetime | None:
    """SQLite writes UTC without saying so."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
