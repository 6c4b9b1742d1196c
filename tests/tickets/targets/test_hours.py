"""Business hours: split days, days off, zones, and the two nights on which the clocks are turned."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.targets.calendars import CHRISTMAS, HOUR, SPLIT, at, office
from tickets.domain.hours import (
    ALWAYS,
    WHOLE_DAY,
    Closure,
    Hours,
    Span,
    add_business,
    add_business_days,
    before_business,
    business_days,
    business_seconds,
    next_change,
    periods_on,
    tidy,
)

NEVER = Hours("UTC", ((),) * 7)


def nights(zone: str, *spans: Span) -> Hours:
    return Hours(zone, (spans,) * 7)


@pytest.mark.parametrize(("start", "end"), [(720, 720), (800, 700), (-1, 60), (0, 1441)])
def test_a_span_is_a_part_of_one_day(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="part of a day"):
        Span(start, end)


def test_spans_that_touch_or_overlap_are_joined() -> None:
    assert tidy([Span(780, 1080), Span(480, 600), Span(600, 720), Span(700, 750)]) == (
        Span(480, 750),
        Span(780, 1080),
    )


def test_a_week_says_how_long_it_is() -> None:
    assert office().week_minutes == 43 * 60


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 08:00", "2026-11-23 18:00", 9),
        ("2026-11-23 11:00", "2026-11-23 14:00", 2),
        ("2026-11-23 12:10", "2026-11-23 12:50", 0),
        ("2026-11-23 17:00", "2026-11-24 09:00", 2),
        ("2026-11-27 14:00", "2026-11-30 09:00", 2),
        ("2026-11-28 00:00", "2026-11-29 23:59", 0),
        ("2026-11-23 00:00", "2026-11-30 00:00", 43),
        ("2026-11-24 10:00", "2026-11-23 10:00", 0),
        ("2026-11-24 10:00", "2026-11-24 10:00", 0),
    ],
)
def test_only_open_time_counts(start: str, end: str, hours: float) -> None:
    assert business_seconds(office(), at(start), at(end)) == hours * HOUR


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 10:00", 1, "2026-11-23 11:00"),
        ("2026-11-23 11:00", 2, "2026-11-23 14:00"),
        ("2026-11-23 11:00", 1, "2026-11-23 12:00"),
        ("2026-11-23 17:30", 1, "2026-11-24 08:30"),
        ("2026-11-27 14:30", 1, "2026-11-30 08:30"),
        ("2026-11-28 13:00", 4, "2026-11-30 12:00"),
        ("2026-11-23 06:00", 9, "2026-11-23 18:00"),
        ("2026-11-23 08:00", 43, "2026-11-27 15:00"),
        ("2026-11-28 13:00", 0, "2026-11-28 13:00"),
    ],
)
def test_a_deadline_falls_into_open_time(start: str, hours: float, end: str) -> None:
    assert add_business(office(), at(start), hours * HOUR) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-23 10:00", 1, "2026-11-24 10:00"),
        ("2026-11-23 10:00", 2, "2026-11-25 10:00"),
        ("2026-11-28 13:00", 1, "2026-11-30 18:00"),
        ("2026-11-27 08:00", 1, "2026-11-27 15:00"),
        ("2026-11-27 15:00", 2, "2026-12-01 18:00"),
        ("2026-11-23 08:00", 5, "2026-11-27 15:00"),
    ],
)
def test_a_business_day_is_one_day_whatever_its_length(start: str, days: float, end: str) -> None:
    assert add_business_days(office(), at(start), days) == at(end)
    assert business_days(office(), at(start), at(end)) == pytest.approx(days)


def test_a_part_of_a_day_is_its_share_of_the_open_time() -> None:
    assert business_days(office(), at("2026-11-27 08:00"), at("2026-11-27 11:30")) == 0.5


def test_days_off_do_not_count_and_half_of_one_does() -> None:
    calendar = office("Europe/Berlin", *CHRISTMAS)
    assert business_seconds(calendar, at("2026-12-24 00:00"), at("2026-12-27 00:00")) == 4 * HOUR
    assert add_business(calendar, at("2026-12-24 11:00"), 2 * HOUR) == at("2026-12-28 09:00")
    assert add_business_days(calendar, at("2026-12-24 08:00"), 1) == at("2026-12-24 12:00")


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        (WHOLE_DAY, []),
        (Span(720, 1440), [Span(480, 720)]),
        (Span(0, 840), [Span(840, 1080)]),
        (Span(600, 660), [Span(480, 600), Span(660, 720), Span(780, 1080)]),
        (Span(1200, 1300), list(SPLIT)),
    ],
)
def test_a_day_off_cuts_its_part_out(closed: Span, left: list[Span]) -> None:
    monday = date(2026, 11, 23)
    assert office("UTC", Closure(monday, monday, closed)).spans_on(monday) == left


@pytest.mark.parametrize(
    ("zone", "opens"),
    [
        ("Europe/Berlin", "2026-11-23T07:00+00:00"),
        ("America/New_York", "2026-11-23T13:00+00:00"),
        ("Asia/Kathmandu", "2026-11-23T02:15+00:00"),
        ("Pacific/Kiritimati", "2026-11-22T18:00+00:00"),
    ],
)
def test_eight_o_clock_is_eight_on_the_wall_of_the_zone(zone: str, opens: str) -> None:
    assert periods_on(office(zone), date(2026, 11, 23))[0][0] == datetime.fromisoformat(opens)


def test_a_working_day_stands_on_the_wall_before_and_after_the_clocks_are_turned() -> None:
    friday, monday = at("2026-03-27 14:00"), at("2026-03-30 09:00")
    assert business_seconds(office(), friday, monday) == 2 * HOUR
    assert add_business(office(), friday, 2 * HOUR) == monday


@pytest.mark.parametrize(
    ("day", "spans", "hours"),
    [
        (date(2026, 3, 29), [WHOLE_DAY], 23),
        (date(2026, 10, 25), [WHOLE_DAY], 25),
        (date(2026, 3, 29), [Span(0, 150)], 2),
        (date(2026, 3, 29), [Span(150, 360)], 3),
        (date(2026, 3, 29), [Span(125, 175)], 0),
        (date(2026, 10, 25), [Span(0, 150)], 3),
        (date(2026, 10, 25), [Span(150, 360)], 4),
        (date(2026, 10, 25), [Span(120, 150)], 1),
    ],
)
def test_turning_the_clocks_counts_what_really_passed(day: date, spans: list[Span], hours: float) -> None:
    """In Berlin 2:00 to 3:00 is missing on 29 March 2026 and comes twice on 25 October."""
    periods = periods_on(nights("Europe/Berlin", *spans), day)
    assert sum((b - a).total_seconds() for a, b in periods) == hours * HOUR


def test_a_zone_may_turn_its_clocks_at_midnight() -> None:
    """In Santiago 6 September 2026 starts at 1:00."""
    periods = periods_on(nights("America/Santiago", Span(0, 120)), date(2026, 9, 6))
    assert [(b - a).total_seconds() for a, b in periods] == [HOUR]


def test_a_night_shift_runs_over_midnight() -> None:
    shift = nights("Europe/Berlin", Span(0, 360), Span(1320, 1440))
    assert add_business(shift, at("2026-11-23 23:00"), 3 * HOUR) == at("2026-11-24 02:00")


def test_always_is_every_second() -> None:
    start = datetime(2026, 11, 21, 13, 7, 5, tzinfo=UTC)
    assert add_business(ALWAYS, start, 100 * HOUR) == start + timedelta(hours=100)
    assert add_business_days(ALWAYS, start, 3) == start + timedelta(days=3)
    assert next_change(ALWAYS, start) == (True, None)


def test_a_calendar_that_never_opens_never_falls_due() -> None:
    start = at("2026-11-23 10:00")
    assert add_business(NEVER, start, 1) is None
    assert before_business(NEVER, start, 1) is None
    assert business_seconds(NEVER, start, start + timedelta(days=30)) == 0
    assert next_change(NEVER, start) == (False, None)


@pytest.mark.parametrize(
    ("moment", "is_open", "until"),
    [
        ("2026-11-24 09:58", True, "2026-11-24 12:00"),
        ("2026-11-24 12:00", False, "2026-11-24 13:00"),
        ("2026-11-24 07:59", False, "2026-11-24 08:00"),
        ("2026-11-24 18:00", False, "2026-11-25 08:00"),
        ("2026-11-27 15:00", False, "2026-11-30 08:00"),
    ],
)
def test_it_says_whether_it_is_open_and_until_when(moment: str, is_open: bool, until: str) -> None:
    assert next_change(office(), at(moment)) == (is_open, at(until))


def test_hours_that_meet_at_midnight_are_one_opening() -> None:
    shift = nights("Europe/Berlin", Span(0, 360), Span(1320, 1440))
    assert next_change(shift, at("2026-11-23 23:00")) == (True, at("2026-11-24 06:00"))


@pytest.mark.parametrize(
    ("end", "minutes", "start"),
    [
        ("2026-11-23 10:00", 30, "2026-11-23 09:30"),
        ("2026-11-23 08:10", 30, "2026-11-20 14:40"),
        ("2026-11-23 13:30", 60, "2026-11-23 11:30"),
        ("2026-11-29 10:00", 15, "2026-11-27 14:45"),
    ],
)
def test_a_warning_comes_so_much_open_time_before(end: str, minutes: int, start: str) -> None:
    assert before_business(office(), at(end), minutes * 60) == at(start)


SPANS = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 1440))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Span(*pair)),
    max_size=3,
).map(tidy)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"])
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
CLOSURES = st.tuples(DAYS, st.integers(0, 5), st.sampled_from([WHOLE_DAY, Span(720, 1440), Span(0, 600)]))
CALENDARS = st.builds(
    lambda zone, week, closed: Hours(
        zone, tuple(week), tuple(Closure(d, d + timedelta(n), s) for d, n, s in closed)
    ),
    ZONES,
    st.lists(SPANS, min_size=7, max_size=7),
    st.lists(CLOSURES, max_size=3),
)
MOMENTS = st.integers(0, 500 * 24 * HOUR).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(CALENDARS, MOMENTS, st.floats(0, 40 * HOUR))
def test_a_deadline_lies_exactly_so_much_open_time_ahead(
    hours: Hours, start: datetime, seconds: float
) -> None:
    end = add_business(hours, start, seconds)
    if end is not None:
        assert business_seconds(hours, start, end) == pytest.approx(seconds, abs=1e-3)


@given(CALENDARS, MOMENTS, st.floats(0, 12))
def test_so_it_does_in_days(hours: Hours, start: datetime, days: float) -> None:
    end = add_business_days(hours, start, days)
    if end is not None:
        assert business_days(hours, start, end) == pytest.approx(days, abs=1e-3)


@given(CALENDARS, MOMENTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_open_time_adds_up_and_never_outruns_the_clock(
    hours: Hours, start: datetime, first: int, then: int
) -> None:
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=then)
    parts = business_seconds(hours, start, middle), business_seconds(hours, middle, end)
    assert sum(parts) == pytest.approx(business_seconds(hours, start, end), abs=1e-3)
    assert 0 <= parts[0] <= first


@given(CALENDARS, MOMENTS, st.floats(1, 20 * HOUR))
def test_before_is_the_inverse_of_after(hours: Hours, end: datetime, seconds: float) -> None:
    start = before_business(hours, end, seconds)
    if start is not None:
        assert business_seconds(hours, start, end) == pytest.approx(seconds, abs=1e-3)


@given(CALENDARS, MOMENTS)
def test_a_moment_is_open_when_the_wall_says_so(hours: Hours, moment: datetime) -> None:
    wall = moment.astimezone(ZoneInfo(hours.zone))
    minute = wall.hour * 60 + wall.minute
    says = any(span.start <= minute < span.end for span in hours.spans_on(wall.date()))
    assert next_change(hours, moment)[0] is says
