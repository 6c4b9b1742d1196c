"""A promise that comes near or is broken is acted on once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Contact
from helpdesk.core.jobs import minute_sweeps
from helpdesk.core.models import Notice, OutgoingMail, Team, User
from tests.tickets.conftest import the_ticket
from tests.tickets.targets.calendars import at
from tests.tickets.targets.test_clocks import HOUR, clock
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import TicketChanged
from tickets.models import Rule, ServiceTarget, Ticket, TicketClock
from tickets.services.change_assignee import change_assignee
from tickets.services.change_status import change_status
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.rules import run_on_ticket
from tickets.services.rules.book import turn_page
from tickets.services.targets import watch
from tickets.services.targets.watch import miss, warn, watch_clocks

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(target: ServiceTarget, anna: Contact, ada: User, now: datetime) -> Ticket:
    """Its first answer is due at noon."""
    new = NewTicket(subject="Printer", contact=anna, assignee=ada)
    return open_ticket(new=new, by=ada, now=now)


def mails() -> list[str]:
    return list(OutgoingMail.objects.order_by("id").values_list("to", flat=True))


def test_the_sweep_runs_every_minute() -> None:
    assert watch_clocks in minute_sweeps()


def test_a_second_before_nothing_is_missed(ticket: Ticket, now: datetime) -> None:
    watch_clocks(now + 2 * HOUR - timedelta(seconds=1))
    assert not TicketClock.objects.exclude(missed_at=None).exists()


def test_a_missed_promise_is_marked_and_told_once(ticket: Ticket, ada: User, now: datetime) -> None:
    for seconds in (0, 60):
        watch_clocks(now + 2 * HOUR + timedelta(seconds=seconds))
    assert clock(ticket, "first").missed_at == at("2026-11-23 12:00")
    assert clock(ticket, "first").is_on_top
    assert mails() == [ada.email]
    line = ticket.activities.latest("id")
    assert (line.verb, line.field, line.after) == ("missed", "target", "first")


def test_a_promise_that_comes_near_rings_the_bell_once(ticket: Ticket, ada: User, now: datetime) -> None:
    for seconds in (0, 60):
        watch_clocks(now + HOUR + timedelta(seconds=seconds))
    assert list(Notice.objects.values_list("user", "news", "detail")) == [(ada.pk, "target", "near")]


def test_of_two_sweeps_one_acts(ticket: Ticket, now: datetime) -> None:
    pk = clock(ticket, "first").pk
    assert [miss(pk, now=now + 3 * HOUR), miss(pk, now=now + 3 * HOUR)] == [True, False]
    pk = clock(ticket, "resolve").pk
    late = at("2026-11-25 09:30")
    assert [warn(pk, now=late), warn(pk, now=late)] == [True, False]


def test_a_promise_that_was_kept_meanwhile_is_not_missed(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now + HOUR)
    assert not miss(clock(ticket, "first").pk, now=now + 3 * HOUR)
    assert not warn(clock(ticket, "first").pk, now=now + 3 * HOUR)


def test_what_is_paused_is_neither_missed_nor_near(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.WAITING, by=ada, now=now)
    watch_clocks(now + timedelta(days=30))
    assert not TicketClock.objects.exclude(missed_at=None, warned_at=None).exists()


def test_the_ticket_leaves_the_top_when_the_promise_is_kept_at_last(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    watch_clocks(now + 2 * HOUR)
    change_status(ticket=the_ticket(ticket), to=Status.RESOLVED, by=ada, now=now + 3 * HOUR)
    assert not TicketClock.objects.filter(is_on_top=True).exists()


def test_one_ticket_that_fails_does_not_stop_the_others(
    ticket: Ticket, anna: Contact, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_ticket(new=NewTicket(subject="Screen", contact=anna, assignee=ada), by=ada, now=now)

    def fail_once(**facts: Any) -> object:
        if facts["ticket"] == ticket:
            raise TicketChanged
        return run_on_ticket(**facts)

    monkeypatch.setattr(watch, "run_on_ticket", fail_once)
    watch_clocks(now + 2 * HOUR)
    assert clock(ticket, "first").missed_at is None
    assert clock(other, "first").missed_at
    monkeypatch.undo()
    watch_clocks(now + 2 * HOUR)
    assert clock(ticket, "first").missed_at
    assert len(mails()) == 2


def test_a_team_is_told_as_a_whole_and_nobody_where_nobody_works_on_it(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    team = Team.objects.create(name="Second level")
    team.members.set([ada, bob])
    change_assignee(ticket=ticket, to=team, by=ada, now=now)
    watch_clocks(now + 2 * HOUR)
    assert sorted(mails()) == [ada.email, bob.email]
    change_assignee(ticket=the_ticket(ticket), to=None, by=ada, now=now)
    watch_clocks(now + timedelta(days=9))
    assert len(mails()) == 2


def test_who_left_the_house_is_not_told(ticket: Ticket, ada: User, now: datetime) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    watch_clocks(now + 2 * HOUR)
    assert mails() == []


def test_a_target_may_do_nothing_but_count(ticket: Ticket, target: ServiceTarget, now: datetime) -> None:
    ServiceTarget.objects.update(tells_people=False, goes_on_top=False)
    watch_clocks(now + 2 * HOUR)
    assert mails() == []
    assert not clock(ticket, "first").is_on_top
    assert clock(ticket, "first").missed_at


def test_a_target_may_raise_the_priority_and_the_promises_with_it(
    ticket: Ticket, target: ServiceTarget, now: datetime
) -> None:
    ServiceTarget.objects.update(raises_priority=True)
    watch_clocks(now + 2 * HOUR)
    assert the_ticket(ticket).priority == Priority.HIGH
    assert clock(ticket, "resolve").due_at == at("2026-11-24 09:00")
    assert clock(ticket, "first").missed_at


def test_urgent_is_the_end_of_it(ticket: Ticket, target: ServiceTarget, now: datetime) -> None:
    ServiceTarget.objects.update(raises_priority=True)
    Ticket.objects.update(priority="urgent")
    watch_clocks(now + 2 * HOUR)
    assert the_ticket(ticket).priority == Priority.URGENT
    assert not ticket.activities.filter(field="priority").exists()


def rule(trigger: str, value: str, now: datetime) -> None:
    Rule.objects.create(
        position=0,
        name=trigger,
        trigger=trigger,
        conditions={"mode": "all", "items": [{"field": "target", "op": "is", "value": "first"}]},
        actions=[{"do": "add_tags", "value": [value]}],
        created_at=now,
        updated_at=now,
    )
    turn_page()


def test_rules_hear_of_near_and_missed_targets(ticket: Ticket, now: datetime) -> None:
    rule("target-near", "near", now)
    rule("target-missed", "late", now)
    watch_clocks(now + HOUR)
    assert [tag.name for tag in ticket.tags.all()] == ["near"]
    watch_clocks(now + 2 * HOUR)
    assert sorted(tag.name for tag in ticket.tags.all()) == ["late", "near"]
