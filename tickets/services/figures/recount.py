"""All figures anew, in steps that leave room for others: after the house's clock changed, for tickets from
before there were figures, and whenever somebody asks for it (`manage.py recount_figures`).

First every ticket is counted, then the sums are put together, some weeks at a time. What changes meanwhile
waits and is counted afterwards.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min, Q

from helpdesk.core import jobs
from helpdesk.core.selectors.organisation import organisation_time_zone
from helpdesk.core.services.jobs import enqueue
from tickets.domain.figures import LIVE, Facts
from tickets.models import FigureChange, FigureDay, FigureState, Ticket, TicketFigure
from tickets.models.figures import FACTS
from tickets.services.figures.counting import count_tickets, locked_state

KIND = "recount-figures"
TICKETS_AT_ONCE = 2_000
DAYS_AT_ONCE = 30
STEPS_OF_A_JOB = 10
_DAYS = ("created_on", "resolved_on", "answered_on", "rated_on")


@jobs.each_minute
def recount_if_needed(now: datetime) -> None:
    """Starts a recount when days are those of another clock, or tickets are older than the figures."""
    with transaction.atomic():
        state = locked_state()
        is_known = state.zone == organisation_time_zone()
        if state.stage or (is_known and FigureDay.objects.exists()):
            return
        changed = FigureChange.objects.values("ticket")
        if not is_known or Ticket.objects.exclude(pk__in=changed).exists():
            begin(state)
            enqueue(kind=KIND, ref="", now=now)


@jobs.handler(KIND)
def go_on(_ref: str, now: datetime) -> None:
    """Some steps; a job that was killed begins where its last step ended."""
    for _ in range(STEPS_OF_A_JOB):
        if not step():
            return
    raise jobs.Later(now)


def recount() -> None:
    """All at once; others may work meanwhile."""
    with transaction.atomic():
        begin(locked_state())
    while step():
        pass


def begin(state: FigureState) -> None:
    """Part of the caller's transaction."""
    state.zone, state.stage, state.position = organisation_time_zone(), FigureState.Stage.TICKETS, 0
    state.save()


@transaction.atomic
def step() -> bool:
    """One step of a recount that has begun; False when nothing is left of it."""
    state = locked_state()
    if state.stage == FigureState.Stage.TICKETS:
        if not _count_tickets(state):
            state.stage, state.position = FigureState.Stage.SUMS, LIVE.toordinal() - 1
    elif state.stage == FigureState.Stage.SUMS and not _add_up(state):
        state.stage = FigureState.Stage.DONE
    state.save()
    return bool(state.stage)


def _count_tickets(state: FigureState) -> bool:
    """The next ones, with those that are gone."""
    new = Ticket.objects.filter(pk__gt=state.position).order_by("pk")
    old = TicketFigure.objects.filter(number__gt=state.position).order_by("number")
    numbers = sorted(
        {
            *new.values_list("pk", flat=True)[:TICKETS_AT_ONCE],
            *old.values_list("number", flat=True)[:TICKETS_AT_ONCE],
        }
    )[:TICKETS_AT_ONCE]
    count_tickets(numbers, state.zone)
    state.position = numbers[-1] if numbers else state.position
    return bool(numbers)


def _add_up(state: FigureState) -> bool:
    """The next days with something on them; `LIVE` is a step of its own."""
    done = date.fromordinal(state.position) if state.position else None
    first, last = _next_days(done)
    FigureDay.objects.filter(day__gt=done or LIVE, day__lte=last).delete()
    if done is None:
        FigureDay.objects.filter(day=LIVE).delete()
    if first is None:
        return False
    sums: dict[tuple[str, date], dict[str, int]] = {}
    rows = TicketFigure.objects.filter(_within(first, last)).values_list(*FACTS)
    for facts in map(Facts._make, rows.iterator(chunk_size=TICKETS_AT_ONCE)):
        scopes = list(facts.scopes)
        for day, word in facts.words():
            if first <= day <= last:
                for scope in scopes:
                    counts = sums.setdefault((scope, day), {})
                    counts[word] = counts.get(word, 0) + 1
    _write(sums)
    state.position = last.toordinal()
    return True


def _write(sums: Mapping[tuple[str, date], Mapping[str, int]]) -> None:
    """Past the models: a desk of some years has a million of these rows."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {FigureDay._meta.db_table} (scope, day, counts) VALUES (%s, %s, %s)",  # noqa: S608
            [(scope, day.isoformat(), json.dumps(sums[scope, day])) for scope, day in sorted(sums)],
        )


def _next_days(done: date | None) -> tuple[date | None, date]:
    """(first day with something after those that are done, last one of this step)."""
    if done is None:
        return LIVE, LIVE
    after = TicketFigure.objects.aggregate(
        **{name: Min(name, filter=Q(**{f"{name}__gt": done})) for name in _DAYS}
    )
    first = min((day for day in after.values() if day), default=None)
    return first, first + timedelta(days=DAYS_AT_ONCE - 1) if first else date.max


def _within(first: date, last: date) -> Q:
    if last == LIVE:
        return Q(last_on=date.max)
    found = Q()
    for name in _DAYS:
        found |= Q(**{f"{name}__range": (first, last)})
    return found
