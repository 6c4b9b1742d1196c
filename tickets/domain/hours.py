"""Business hours: weeks with split hours, days off, any time zone. Aware datetimes in, UTC out.

An instant is open when the wall clock of the zone stands inside the hours of that day. When the clocks are
turned, an hour of the wall is missing or comes twice; what counts are the seconds that really passed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
WEEKDAYS = 7
#: How far ahead an opening is looked for; a calendar that is closed for longer never opens.
FAR = 400
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)

#: Open from, open until, in UTC.
Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes since midnight: 8:00 to 12:00 is Span(480, 720); 1440 is the end of the day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise ValueError(f"{self.start} to {self.end} is no part of a day")

    def without(self, other: "Span") -> "list[Span]":
        left, right = min(self.end, other.start), max(self.start, other.end)
        return [Span(a, b) for a, b in ((self.start, left), (right, self.end)) if a < b]


WHOLE_DAY = Span(0, DAY_MINUTES)


@dataclass(frozen=True, slots=True)
class Closure:
    """Days off, first and last included; `span` is the part of each day that is closed."""

    first: date
    last: date
    span: Span = WHOLE_DAY


@dataclass(frozen=True, slots=True)
class Hours:
    """One calendar. `week` starts on Monday; the spans of a day are sorted and apart (see `tidy`)."""

    zone: str
    week: tuple[tuple[Span, ...], ...]
    closures: tuple[Closure, ...] = ()

    def spans_on(self, day: date) -> list[Span]:
        spans = list(self.week[day.weekday()])
        for closure in self.closures:
            if closure.first <= day <= closure.last:
                spans = [part for span in spans for part in span.without(closure.span)]
        return spans

    @property
    def week_minutes(self) -> int:
        return sum(span.end - span.start for spans in self.week for span in spans)


ALWAYS = Hours("UTC", ((WHOLE_DAY,),) * WEEKDAYS)


def tidy(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted, and joined where they touch or overlap."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def periods_on(hours: Hours, day: date) -> list[Period]:
    """When it is open on this day of the zone, as instants."""
    spans = hours.spans_on(day)
    midnight = datetime.combine(day, time(0), UTC)
    found = []
    for begin, end, offset in _stretches(ZoneInfo(hours.zone), day) if spans else ():
        for span in spans:
            opens = max(begin, midnight + timedelta(minutes=span.start) - offset)
            closes = min(end, midnight + timedelta(minutes=span.end) - offset)
            if opens < closes:
                found.append((opens, closes))
    return found


def _stretches(zone: ZoneInfo, day: date) -> list[tuple[datetime, datetime, timedelta]]:
    """The day as instants, cut where the clocks are turned: (from, until, distance from UTC)."""
    begin, end = (datetime.combine(d, time(0), zone).astimezone(UTC) for d in (day, day + _DAY))
    early, late = _offset(zone, begin), _offset(zone, end - _INSTANT)
    if early == late:
        return [(begin, end, early)]
    before, after = begin, end
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (middle, after) if _offset(zone, middle) == early else (before, middle)
    return [(begin, after, early), (after, end, late)]


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def periods_from(hours: Hours, start: datetime) -> Iterator[tuple[date, list[Period]]]:
    """The open days from `start` on, each with its whole periods; ends after `FAR` closed days."""
    day = start.astimezone(ZoneInfo(hours.zone)).date()
    closed = 0
    while closed < FAR:
        if periods := periods_on(hours, day):
            closed = 0
            yield day, periods
        else:
            closed += 1
        day += _DAY


def business_seconds(hours: Hours, start: datetime, end: datetime) -> float:
    """Open seconds between two instants; 0 when `end` is not after `start`."""
    return sum(_within(periods, start, end) for _day, periods in _until(hours, start, end))


def business_days(hours: Hours, start: datetime, end: datetime) -> float:
    """Every open day counts as one whatever its length; a part of it as its share of that day's open time."""
    return sum(_within(p, start, end) / _length(p) for _day, p in _until(hours, start, end))


def add_business(hours: Hours, start: datetime, seconds: float) -> datetime | None:
    """When `seconds` of open time are over; with nothing to wait for, `start`. None if that never comes."""
    return _after(hours, start, seconds, whole_days=False)


def add_business_days(hours: Hours, start: datetime, days: float) -> datetime | None:
    """The same in whole business days: a day's open time is 1, however long it is."""
    return _after(hours, start, days, whole_days=True)


def before_business(hours: Hours, end: datetime, seconds: float) -> datetime | None:
    """The last instant from which `seconds` of open time lie ahead until `end`; None without so much."""
    end = end.astimezone(UTC)
    day = end.astimezone(ZoneInfo(hours.zone)).date()
    for back in range(FAR):
        for opens, closes in reversed(periods_on(hours, day - back * _DAY)):
            there = (min(closes, end) - opens).total_seconds()
            if there > 0 and seconds <= there:
                return min(closes, end) - timedelta(seconds=seconds)
            seconds -= max(0.0, there)
    return None


def next_change(hours: Hours, at: datetime) -> tuple[bool, datetime | None]:
    """(open at that instant, when that ends or None if it does not within the next weeks)."""
    now, until = at.astimezone(UTC), None
    for day, periods in periods_from(hours, at):
        for opens, closes in periods:
            if closes <= now:
                continue
            if until is None and opens > now:
                return False, opens
            if until is not None and opens > until:
                return True, until
            until = closes
        if until and day > now.date() + timedelta(weeks=2):
            return True, None
    return until is not None, until


def _until(hours: Hours, start: datetime, end: datetime) -> Iterator[tuple[date, list[Period]]]:
    for day, periods in periods_from(hours, start) if end > start else ():
        if periods[0][0] >= end:
            return
        yield day, periods


def _within(periods: Sequence[Period], start: datetime, end: datetime) -> float:
    return sum(max(0.0, (min(b, end) - max(a, start)).total_seconds()) for a, b in periods)


def _length(periods: Sequence[Period]) -> float:
    return sum((b - a).total_seconds() for a, b in periods)


def _after(hours: Hours, start: datetime, amount: float, *, whole_days: bool) -> datetime | None:
    start = start.astimezone(UTC)
    if amount <= 0:
        return start
    for _day, periods in periods_from(hours, start):
        unit = _length(periods) if whole_days else 1.0
        for opens, closes in periods:
            begin = max(opens, start)
            left = (closes - begin).total_seconds() / unit
            if left <= 0:
                continue
            # A rounding error of floats must not carry a deadline over the night.
            if amount <= left + 1e-9:
                return min(closes, begin + timedelta(seconds=round(amount * unit, 6)))
            amount -= left
    return None
