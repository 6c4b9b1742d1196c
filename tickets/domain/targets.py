"""Service targets: which promise counts for a ticket, and a clock that knows when it is due.

A clock is told by its start and its pauses alone. What is used up and when it is due follow from them, so
that it can be worked out again after the hours or the promise changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tickets.domain.conditions import Row
from tickets.domain.hours import (
    Hours,
    add_business,
    add_business_days,
    before_business,
    business_days,
    business_seconds,
)
from tickets.domain.own_values import holds
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status

MAX_AMOUNT = 10_000


class ClockKind(StrEnum):
    FIRST = "first"
    NEXT = "next"
    RESOLVE = "resolve"


class Unit(StrEnum):
    MINUTES = "min"
    HOURS = "h"
    DAYS = "days"


_SECONDS = {Unit.MINUTES: 60, Unit.HOURS: 3600}


@dataclass(frozen=True, slots=True)
class Limit:
    """So much open time: minutes and hours are business time, days are whole business days."""

    amount: int
    unit: Unit

    def used(self, hours: Hours, start: datetime, end: datetime) -> float:
        """The share of the limit that passes between two instants; 1 is all of it."""
        if self.unit is Unit.DAYS:
            return business_days(hours, start, end) / self.amount
        return business_seconds(hours, start, end) / (self.amount * _SECONDS[self.unit])

    def after(self, hours: Hours, start: datetime, share: float = 1.0) -> datetime | None:
        """When this share of the limit is over."""
        if self.unit is Unit.DAYS:
            return add_business_days(hours, start, self.amount * share)
        return add_business(hours, start, self.amount * _SECONDS[self.unit] * share)


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised for one priority; None is no promise."""

    first: Limit | None = None
    next: Limit | None = None
    resolve: Limit | None = None
    warn_minutes: int = 0

    def limit(self, kind: ClockKind) -> Limit | None:
        return {ClockKind.FIRST: self.first, ClockKind.NEXT: self.next, ClockKind.RESOLVE: self.resolve}[kind]


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """One set of promises. Without clients, tag and own field it counts for everybody."""

    key: int
    hours: Hours
    promises: Mapping[Priority, Promise]
    clients: frozenset[int] = frozenset()
    tag: str = ""
    position: int = 0
    #: What a field that the desk added must say.
    own: Row | None = None

    def fits(self, client: int | None, tags: Iterable[str], values: Mapping[str, str]) -> bool:
        if self.clients and client not in self.clients:
            return False
        if self.own and not holds(self.own, values.get(self.own.field, "")):
            return False
        return not self.tag or self.tag.casefold() in {tag.casefold() for tag in tags}


def choose(
    targets: Iterable[TargetSpec],
    *,
    client: int | None,
    tags: Iterable[str],
    values: Mapping[str, str] | None = None,
) -> TargetSpec | None:
    """The most exact target that fits: own field before tag before client before everybody; among equals the
    first. `values`: of the ticket's own fields, by their names in rows ("field-impact").
    """
    words, known = tuple(tags), values or {}
    fitting = (target for target in targets if target.fits(client, words, known))
    return min(fitting, key=lambda t: (not t.own, not t.tag, not t.clients, t.position, t.key), default=None)


@dataclass(frozen=True, slots=True)
class Run:
    """The life of one clock. A pause without an end lasts; `met_at` says when the promise was kept."""

    started_at: datetime
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    met_at: datetime | None = None

    @property
    def paused_at(self) -> datetime | None:
        return self.pauses[-1][0] if self.pauses and self.pauses[-1][1] is None else None

    def pause(self, at: datetime) -> "Run":
        return self if self.met_at or self.paused_at else replace(self, pauses=(*self.pauses, (at, None)))

    def go_on(self, at: datetime) -> "Run":
        if not self.paused_at:
            return self
        return replace(self, pauses=(*self.pauses[:-1], (self.paused_at, at)))

    def meet(self, at: datetime) -> "Run":
        return self if self.met_at else replace(self, met_at=at)

    def reopen(self, at: datetime) -> "Run":
        """Runs again: the time since it was met does not count, and a pause is over."""
        if not self.met_at:
            return self
        pauses = self.pauses if self.paused_at else (*self.pauses, (self.met_at, None))
        return replace(self, pauses=(*pauses[:-1], (pauses[-1][0], at)), met_at=None)


def due(run: Run, limit: Limit, hours: Hours) -> datetime | None:
    """When the limit is used up; None while that is open: in a pause, or if it never opens again."""
    begin, left = run.started_at, 1.0
    for paused, resumed in run.pauses:
        used = limit.used(hours, begin, paused)
        if used > left:
            break
        if resumed is None:
            return None
        begin, left = resumed, left - used
    return limit.after(hours, begin, left)


def warning(due_at: datetime | None, minutes: int, hours: Hours) -> datetime | None:
    """So many open minutes before it is due."""
    return before_business(hours, due_at, minutes * 60) if due_at and minutes else None


class Event(StrEnum):
    """What happened to a ticket, as far as clocks care."""

    ANSWERED = "answered"
    CUSTOMER_WROTE = "customer-wrote"
    MOVED = "moved"


ANSWERS = frozenset({ClockKind.FIRST, ClockKind.NEXT})


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a promise was kept: of `ended` clocks `kept` in time."""

    kept: int = 0
    ended: int = 0

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means always; None when there is nothing to tell."""
        return 100 * self.kept // self.ended if self.ended else None


def after_event(kind: ClockKind, run: Run, event: Event, status: Status, now: datetime) -> Run:
    """The clock after the event; `status` is what the ticket has now."""
    match event:
        case Event.ANSWERED if kind in ANSWERS:
            return run.meet(now)
        case Event.MOVED if status is Status.WAITING:
            return run.reopen(now).pause(now) if kind is ClockKind.RESOLVE else run.pause(now)
        case Event.MOVED if status in UNFINISHED:
            again = run.reopen(now) if kind is ClockKind.RESOLVE else run
            return again.go_on(now) if not again.met_at else again
        case Event.MOVED:
            return run.meet(now)
        case _:
            return run


def replay(
    started_at: datetime, story: Iterable[tuple[datetime, Event, Status]], *, by_machine: bool = False
) -> dict[ClockKind, Run]:
    """The clocks of a ticket had all been promised at its opening. `story`: (when, what, status then).

    A ticket that a machine opened was promised nothing; the next clock starts with the first human word.
    """
    runs = {} if by_machine else {kind: Run(started_at) for kind in (ClockKind.FIRST, ClockKind.RESOLVE)}
    for moment, event, status in story:
        runs = {kind: after_event(kind, run, event, status, moment) for kind, run in runs.items()}
        waits = any(kind in ANSWERS and not run.met_at for kind, run in runs.items())
        if event is Event.CUSTOMER_WROTE and status in UNFINISHED and not waits:
            runs[ClockKind.NEXT] = Run(moment)
    return runs
