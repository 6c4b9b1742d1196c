"""Promises and clocks, without a database."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.targets.calendars import at, office
from tickets.domain.hours import ALWAYS, Hours
from tickets.domain.status import Status
from tickets.domain.targets import (
    ClockKind,
    Event,
    Limit,
    Promise,
    Run,
    Tally,
    TargetSpec,
    Unit,
    after_event,
    choose,
    due,
    warning,
)

FIRST, NEXT, RESOLVE = ClockKind
MONDAY = at("2026-11-23 10:00")
FOUR_HOURS, TWO_DAYS = Limit(4, Unit.HOURS), Limit(2, Unit.DAYS)


def target(key: int, clients: tuple[int, ...] = (), tag: str = "", position: int = 0) -> TargetSpec:
    return TargetSpec(key, ALWAYS, {}, frozenset(clients), tag, position)


EVERYBODY, ACME, PRINTERS, ACMES_PRINTERS = (
    target(1),
    target(2, (7,)),
    target(3, tag="Printer"),
    target(4, (7,), "printer"),
)


@pytest.mark.parametrize(
    ("client", "tags", "key"),
    [
        (8, (), 1),
        (None, (), 1),
        (7, (), 2),
        (8, ("printer",), 3),
        (None, ("PRINTER", "x"), 3),
        (7, ("printer",), 4),
    ],
)
def test_the_most_exact_target_counts(client: int | None, tags: tuple[str, ...], key: int) -> None:
    found = choose([EVERYBODY, ACME, PRINTERS, ACMES_PRINTERS], client=client, tags=tags)
    assert found
    assert found.key == key


def test_among_equals_the_first_one_counts() -> None:
    found = choose([target(1, position=2), target(2, position=1)], client=7, tags=())
    assert found
    assert found.key == 2


def test_where_nothing_fits_nothing_is_promised() -> None:
    assert choose([ACME], client=8, tags=()) is None


@pytest.mark.parametrize(
    ("limit", "end"),
    [
        (Limit(30, Unit.MINUTES), "2026-11-23 10:30"),
        (FOUR_HOURS, "2026-11-23 15:00"),
        (TWO_DAYS, "2026-11-25 10:00"),
    ],
)
def test_a_clock_is_due_when_its_limit_is_over(limit: Limit, end: str) -> None:
    assert due(Run(MONDAY), limit, office()) == at(end)


def test_the_limits_of_a_promise_are_found_by_kind() -> None:
    promise = Promise(FOUR_HOURS, None, TWO_DAYS)
    assert [promise.limit(kind) for kind in ClockKind] == [FOUR_HOURS, None, TWO_DAYS]


def test_what_is_paused_is_not_due() -> None:
    run = Run(MONDAY).pause(at("2026-11-23 11:00"))
    assert run.paused_at == at("2026-11-23 11:00")
    assert due(run, FOUR_HOURS, office()) is None


@pytest.mark.parametrize(("limit", "end"), [(FOUR_HOURS, "2026-11-24 12:00"), (TWO_DAYS, "2026-11-25 18:00")])
def test_after_a_pause_the_rest_is_left(limit: Limit, end: str) -> None:
    """An hour was used on Monday; on Tuesday it goes on at nine."""
    run = Run(MONDAY).pause(at("2026-11-23 11:00")).go_on(at("2026-11-24 09:00"))
    assert run.paused_at is None
    assert due(run, limit, office()) == at(end)


def test_what_was_missed_before_a_pause_stays_missed() -> None:
    run = Run(MONDAY).pause(at("2026-11-24 17:00"))
    assert due(run, FOUR_HOURS, office()) == at("2026-11-23 15:00")
    assert due(run.go_on(at("2026-11-26 09:00")), FOUR_HOURS, office()) == at("2026-11-23 15:00")


def test_a_clock_on_a_calendar_that_never_opens_is_never_due() -> None:
    assert due(Run(MONDAY), FOUR_HOURS, Hours("UTC", ((),) * 7)) is None
    assert warning(None, 15, office()) is None


def test_the_warning_comes_in_open_time_and_only_if_wanted() -> None:
    assert warning(at("2026-11-24 08:10"), 30, office()) == at("2026-11-23 17:40")
    assert warning(at("2026-11-24 08:10"), 0, office()) is None


@pytest.mark.parametrize("kind", [FIRST, NEXT])
def test_an_answer_keeps_what_was_promised_for_answers(kind: ClockKind) -> None:
    run = after_event(kind, Run(MONDAY), Event.ANSWERED, Status.OPEN, at("2026-11-23 10:20"))
    assert run.met_at == at("2026-11-23 10:20")
    assert after_event(kind, run, Event.ANSWERED, Status.OPEN, at("2026-11-23 12:00")) == run


def test_an_answer_does_not_solve_anything() -> None:
    assert after_event(RESOLVE, Run(MONDAY), Event.ANSWERED, Status.OPEN, MONDAY) == Run(MONDAY)


def test_the_customers_word_changes_no_clock_that_runs() -> None:
    assert after_event(FIRST, Run(MONDAY), Event.CUSTOMER_WROTE, Status.OPEN, MONDAY) == Run(MONDAY)


@pytest.mark.parametrize("kind", list(ClockKind))
@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_who_solves_it_keeps_every_promise(kind: ClockKind, status: Status) -> None:
    assert after_event(kind, Run(MONDAY), Event.MOVED, status, MONDAY).met_at == MONDAY


@pytest.mark.parametrize("kind", list(ClockKind))
def test_waiting_for_the_customer_pauses_and_ends_with_any_other_state(kind: ClockKind) -> None:
    paused = after_event(kind, Run(MONDAY), Event.MOVED, Status.WAITING, MONDAY)
    assert paused.paused_at == MONDAY
    later = MONDAY + timedelta(hours=3)
    assert after_event(kind, paused, Event.MOVED, Status.WAITING, later) == paused
    running = after_event(kind, paused, Event.MOVED, Status.PROCESSING, later)
    assert running.pauses == ((MONDAY, later),)
    assert after_event(kind, running, Event.MOVED, Status.OPEN, later) == running


def test_a_reopened_ticket_has_the_time_that_was_left() -> None:
    solved = Run(MONDAY).meet(at("2026-11-23 12:00"))
    again = after_event(RESOLVE, solved, Event.MOVED, Status.OPEN, at("2026-11-25 08:00"))
    assert again.met_at is None
    assert due(again, FOUR_HOURS, office()) == at("2026-11-25 10:00")


def test_a_ticket_solved_while_waiting_goes_on_without_the_wait() -> None:
    solved = Run(MONDAY).pause(at("2026-11-23 11:00")).meet(at("2026-11-23 17:00"))
    again = solved.reopen(at("2026-11-24 08:00"))
    assert due(again, FOUR_HOURS, office()) == at("2026-11-24 11:00")
    assert again.reopen(at("2026-11-24 09:00")) == again


def test_a_solved_ticket_that_waits_again_is_paused() -> None:
    solved = Run(MONDAY).meet(at("2026-11-23 12:00"))
    assert after_event(RESOLVE, solved, Event.MOVED, Status.WAITING, at("2026-11-24 08:00")).paused_at
    assert after_event(FIRST, solved, Event.MOVED, Status.WAITING, at("2026-11-24 08:00")) == solved
    assert after_event(FIRST, solved, Event.MOVED, Status.OPEN, at("2026-11-24 08:00")) == solved


@pytest.mark.parametrize(
    ("kept", "percent"), [(Tally(), None), (Tally(199, 200), 99), (Tally(2, 2), 100), (Tally(0, 3), 0)]
)
def test_only_always_is_a_hundred_per_cent(kept: Tally, percent: int | None) -> None:
    assert kept.percent == percent


LIMITS = st.builds(Limit, st.integers(1, 20), st.sampled_from(Unit))
GAPS = st.lists(st.integers(1, 60 * 24), min_size=1, max_size=8)


@given(LIMITS, GAPS)
def test_used_up_time_does_not_depend_on_how_often_it_was_paused(limit: Limit, gaps: list[int]) -> None:
    """A clock that is paused and goes on in the same moment is due when one that never stops is."""
    run, moment = Run(MONDAY), MONDAY
    for gap in gaps:
        moment += timedelta(minutes=gap)
        run = run.pause(moment).go_on(moment)
    found, plain = due(run, limit, office()), due(Run(MONDAY), limit, office())
    assert found
    assert plain
    assert (
        abs((found - plain).total_seconds()) < 1 or not limit.used(office(), *sorted([found, plain])) > 1e-6
    )


@given(LIMITS, GAPS)
def test_pauses_only_ever_give_more_time(limit: Limit, gaps: list[int]) -> None:
    run, moment = Run(MONDAY), MONDAY
    for number, gap in enumerate(gaps):
        moment += timedelta(minutes=gap)
        run = run.go_on(moment) if number % 2 else run.pause(moment)
    found, plain = due(run.go_on(moment), limit, office()), due(Run(MONDAY), limit, office())
    assert found
    assert plain
    assert found >= plain - timedelta(seconds=1)


STEPS = st.lists(st.tuples(st.sampled_from(Event), st.sampled_from(Status), st.integers(0, 600)), max_size=12)


@given(st.sampled_from(ClockKind), STEPS)
def test_whatever_happens_a_clock_stays_in_order(
    kind: ClockKind, steps: list[tuple[Event, Status, int]]
) -> None:
    run, moment = Run(MONDAY), MONDAY
    for event, status, minutes in steps:
        moment += timedelta(minutes=minutes)
        run = after_event(kind, run, event, status, moment)
        times: list[datetime | None] = [t for pause in run.pauses for t in pause]
        assert all(times[:-1])
        assert [t for t in times if t] == sorted(t for t in times if t)
        assert run.met_at is None or run.met_at >= MONDAY
