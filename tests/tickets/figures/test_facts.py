"""What one ticket adds to the figures."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest

from agents.models import Client, Contact
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tickets.domain.counted import Counted
from tickets.domain.figures import ALL, LIVE, Facts, changes_between, median_of, step_of, who_of
from tickets.domain.hours import ALWAYS
from tickets.domain.targets import Run
from tickets.models import FigureDay, ServiceTarget, Ticket, TicketClock
from tickets.selectors.figures import counted_as, figures_of
from tickets.services.figures.counting import catch_up
from tickets.services.figures.facts import facts_of_tickets, open_minutes
from tickets.services.figures.recount import recount_if_needed

DAY = date(2026, 11, 22)


def hour(number: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 22, number, minute, tzinfo=UTC)


def test_pauses_are_not_counted() -> None:
    assert open_minutes(Run(hour(8)), hour(9), ALWAYS) == 60
    waited = Run(hour(8), ((hour(8, 10), hour(8, 40)),))
    assert open_minutes(waited, hour(9), ALWAYS) == 30
    assert open_minutes(Run(hour(8), ((hour(8), None),)), hour(9), ALWAYS) == 0


def test_a_promise_that_was_broken_and_is_open_still_is_late(ticket: Ticket, now: datetime) -> None:
    target = ServiceTarget.objects.create(name="All")
    facts = {"ticket": ticket, "target": target, "priority": "medium", "amount": 1, "unit": "h"}
    TicketClock.objects.create(**facts, kind="first", started_at=now, due_at=now)
    catch_up()
    assert "late" not in FigureDay.objects.get(scope=ALL, day=LIVE).counts
    TicketClock.objects.update(missed_at=now)
    catch_up()
    assert FigureDay.objects.get(scope=ALL, day=LIVE).counts["late"] == 1
    met = now + timedelta(minutes=90)
    TicketClock.objects.update(met_at=met)
    catch_up()
    assert "late" not in FigureDay.objects.get(scope=ALL, day=LIVE).counts
    counts = FigureDay.objects.get(scope=ALL, day=DAY).counts
    assert (counts["f.90"], counts["f-missed"]) == (1, 1)
    TicketClock.objects.all().delete()
    catch_up()
    assert "f-missed" not in FigureDay.objects.get(scope=ALL, day=DAY).counts


def test_what_was_merged_tells_no_times(acme: Client, anna: Contact, now: datetime) -> None:
    target, source = make_tickets(2, now, client=acme, contact=anna)
    Ticket.objects.filter(pk=source.pk).update(
        merged_into=target, status="closed", closed_at=now, resolved_at=now + timedelta(hours=1)
    )
    facts = facts_of_tickets([source.pk], "UTC")[source.pk]
    assert (facts.resolved_on, facts.solve_minutes, facts.answered_on) == (DAY, None, None)


def test_what_ended_before_the_time_does_not_count(
    acme: Client, anna: Contact, ada: User, now: datetime
) -> None:
    (old,) = make_tickets(1, now - timedelta(days=50), client=acme, contact=anna, assignee=ada)
    Ticket.objects.filter(pk=old.pk).update(status="resolved", resolved_at=now)
    catch_up()
    figures = figures_of(ada, first=DAY, last=DAY, people=[], client=acme.pk, whose=[who_of(ada.pk, None)])
    assert figures.on(DAY)["resolved"] == 1
    assert figures.total["created"] == 0
    assert figures.total_of[who_of(ada.pk, None)]["resolved"] == 1
    assert figures.live == {}
    assert figures.on(DAY - timedelta(days=1)) == {}


def test_sums_of_one_version_are_read_once(
    ticket: Ticket, ada: User, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    ada.may("tickets.view")
    for number in range(9):
        figures_of(ada, first=DAY, last=DAY + timedelta(days=number), people=[], version=catch_up())
    version = catch_up()
    with django_assert_num_queries(0):
        again = figures_of(ada, first=DAY, last=DAY + timedelta(days=8), people=[], version=version)
    assert again.live["open"] == 1
    Ticket.objects.update(status="waiting")
    assert catch_up() != version
    now_waits = figures_of(ada, first=DAY, last=DAY + timedelta(days=8), people=[], version=catch_up())
    assert now_waits.live["waiting"] == 1


def test_figures_that_are_up_to_date_are_not_recounted(ticket: Ticket, now: datetime) -> None:
    recount_if_needed(now)  # nothing is counted yet, but every ticket waits to be
    catch_up()
    recount_if_needed(now)
    assert FigureDay.objects.get(scope=ALL, day=LIVE).counts["open"] == 1


@pytest.mark.parametrize(
    ("minutes", "step"), [(0, 0), (59, 59), (61, 60), (119, 110), (600, 600), (659, 600), (7300, 7200)]
)
def test_times_are_kept_in_steps(minutes: int, step: int) -> None:
    assert step_of(minutes) == step


def test_the_median_is_the_middle_one() -> None:
    assert median_of({"f.3": 2, "f.10": 1, "r.1": 9, "f-kept": 5}, "f") == 3
    assert median_of({"f.3": 1, "f.10": 2}, "f") == 10
    assert median_of({"created": 1}, "f") is None


def test_nothing_changes_between_the_same_facts() -> None:
    facts = Facts(
        client=None, who=who_of(None, 3), status="closed", priority="low", source="mail",
        created_on=DAY, resolved_on=DAY, rated_on=DAY, rating="happy",
    )  # fmt: skip
    assert not any(any(words.values()) for words in changes_between(facts, facts).values())
    assert changes_between(None, facts)["t3", DAY]["rated.happy"] == 1
    assert changes_between(None, None) == {}


def test_asking_for_nothing_finds_every_counted_ticket(ticket: Ticket) -> None:
    catch_up()
    assert list(counted_as(Counted())) == [ticket.pk]
