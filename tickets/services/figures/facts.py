"""What tickets add to the figures, read from their rows."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Min, Q

from tickets.domain.figures import Facts, who_of
from tickets.domain.hours import ALWAYS, Hours, business_seconds
from tickets.domain.kinds import MessageKind
from tickets.domain.targets import ClockKind, Run
from tickets.models import Message, Survey, Ticket, TicketClock
from tickets.selectors.targets import service_targets

_COLUMNS = (
    *("pk", "client_id", "assignee_id", "team_id", "status", "priority", "source"),
    *("created_at", "resolved_at", "merged_into_id"),
)


class _Timed(NamedTuple):
    """When a promise was kept or broken, how many open minutes it took, and whether that was in time."""

    at: datetime
    minutes: int
    is_kept: bool | None


def facts_of_tickets(numbers: Sequence[int], zone: str) -> dict[int, Facts]:
    """Those of these tickets that exist, and perhaps some between them; four queries. Days are those of this
    zone.
    """
    clock = ZoneInfo(zone)
    rows = list(Ticket.objects.filter(among("pk", numbers)).order_by().values_list(*_COLUMNS, named=True))
    ended, late = _clocks(numbers)
    replies = _replies(numbers)
    ratings = {
        number: (at, rating)
        for number, at, rating in Survey.objects.filter(among("ticket", numbers))
        .exclude(rating="")
        .order_by("answered_at")
        .values_list("ticket", "answered_at", "rating")
    }

    def day(at: datetime | None) -> date | None:
        return at.astimezone(clock).date() if at else None

    found = {}
    for row in rows:
        answer = ended.get((row.pk, ClockKind.FIRST)) or _since(row.created_at, replies.get(row.pk))
        solution = ended.get((row.pk, ClockKind.RESOLVE)) or _since(row.created_at, row.resolved_at)
        if row.merged_into_id:  # its story is told by the ticket that took it in
            answer = solution = None
        rated_at, rating = ratings.get(row.pk, (None, ""))
        found[row.pk] = Facts(
            client=row.client_id,
            who=who_of(row.assignee_id, row.team_id),
            status=row.status,
            priority=row.priority,
            source=row.source,
            is_late=row.pk in late,
            created_on=row.created_at.astimezone(clock).date(),
            resolved_on=day(row.resolved_at),
            answered_on=day(answer.at) if answer else None,
            rated_on=day(rated_at),
            answer_minutes=answer.minutes if answer else None,
            answer_kept=answer.is_kept if answer else None,
            solve_minutes=solution.minutes if solution and row.resolved_at else None,
            solve_kept=solution.is_kept if solution and row.resolved_at else None,
            rating=rating,
        )
    return found


def among(name: str, numbers: Sequence[int]) -> Q:
    """These numbers, or more where they lie so close that naming the first and the last is quicker."""
    first, last = (min(numbers), max(numbers)) if numbers else (0, 0)
    is_dense = len(numbers) > 100 and last - first < 2 * len(numbers)
    return Q(**{f"{name}__gte": first, f"{name}__lte": last} if is_dense else {f"{name}__in": numbers})


def _since(start: datetime, end: datetime | None) -> _Timed | None:
    """Where nothing was promised every minute counts."""
    return _Timed(end, max(0, int((end - start).total_seconds() // 60)), None) if end else None


def _clocks(numbers: Sequence[int]) -> tuple[dict[tuple[int, str], _Timed], set[int]]:
    """(ticket, kind) -> its last clock if it has ended; and the tickets with a broken promise still open."""
    clocks = list(TicketClock.objects.filter(among("ticket", numbers)).order_by("pk"))
    targets = service_targets({clock.target_id for clock in clocks}) if clocks else {}
    ended, late = {}, set()
    for clock in clocks:
        if clock.met_at:
            hours = targets[clock.target_id].hours if clock.target_id in targets else ALWAYS
            in_time = clock.missed_at is None and (clock.due_at is None or clock.met_at <= clock.due_at)
            minutes = open_minutes(clock.run, clock.met_at, hours)
            ended[clock.ticket_id, clock.kind] = _Timed(clock.met_at, minutes, in_time)
        elif clock.missed_at:
            late.add(clock.ticket_id)
    return ended, late


def open_minutes(run: Run, until: datetime, hours: Hours) -> int:
    """What a clock has used up: business time without the pauses."""
    return int(sum(business_seconds(hours, start, end) for start, end in _stretches(run, until)) // 60)


def _stretches(run: Run, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    begin = run.started_at
    for paused, resumed in run.pauses:
        if begin < paused:
            yield begin, min(paused, until)
        begin = resumed or until
    if begin < until:
        yield begin, until


def _replies(numbers: Sequence[int]) -> dict[int, datetime]:
    """When a technician first answered."""
    said = Message.objects.filter(among("ticket", numbers), kind=MessageKind.REPLY, is_automatic=False)
    return dict(said.order_by().values_list("ticket").annotate(Min("created_at")))
