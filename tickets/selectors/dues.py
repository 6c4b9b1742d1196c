"""A ticket's clocks as a page shows them at one moment."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from tickets.domain.targets import ClockKind
from tickets.models import Ticket, TicketClock

FACTS = ("due_at", "warn_at", "paused_at", "met_at", "missed_at")


class DueState(StrEnum):
    PLAIN = "plain"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Due:
    """One clock at one moment. `at`: when it is or was due, or when the promise was kept; None in a pause."""

    kind: ClockKind
    state: DueState
    at: datetime | None


def clock_columns() -> dict[str, Subquery]:
    """For `annotate`: the latest clock of each kind."""
    return {
        f"clock_{kind}": Subquery(
            TicketClock.objects.filter(ticket=OuterRef("pk"), kind=kind.value)
            .order_by("-id")
            .values(found=JSONObject(**{name: F(name) for name in FACTS}))[:1]
        )
        for kind in ClockKind
    }


def dues_of(ticket: Ticket, now: datetime) -> list[Due]:
    """The clocks of a ticket that was read with `clock_columns`; no query."""
    found = ((kind, getattr(ticket, f"clock_{kind}", None)) for kind in ClockKind)
    return [due_from(kind, facts, now) for kind, facts in found if facts]


def due_from(kind: ClockKind, facts: dict[str, Any], now: datetime) -> Due:
    times = {name: _time(facts[name]) for name in FACTS}
    due_at, warn_at = times["due_at"], times["warn_at"]
    if times["met_at"]:
        if not times["missed_at"]:
            return Due(kind, DueState.MET, times["met_at"])
        state = DueState.MISSED
    elif due_at is None:
        state = DueState.PAUSED if times["paused_at"] else DueState.PLAIN
    elif due_at <= now:
        state = DueState.LATE
    else:
        state = DueState.SOON if warn_at and warn_at <= now else DueState.PLAIN
    return Due(kind, state, due_at)


def _time(text: str | datetime | None) -> datetime | None:
    """Inside JSON a time is text; SQLite writes UTC without saying so."""
    if text is None or isinstance(text, datetime):
        return text
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
