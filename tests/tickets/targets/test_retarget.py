"""Promises given anew, told from the history of a ticket, and recalculated without an alarm."""

from datetime import datetime, timedelta

import pytest

from agents.models import Client
from helpdesk.core.models import Job, OutgoingMail, User
from helpdesk.core.services.jobs import run_job
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.targets.calendars import at
from tests.tickets.targets.test_clocks import HOUR, clock, kinds
from tickets.domain.status import Status
from tickets.models import Activity, Calendar, Message, ServiceTarget, Ticket, TicketClock
from tickets.selectors.targets import forget_targets
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_status import change_status
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.targets import retarget as module
from tickets.services.targets.promises import start_recalculation
from tickets.services.targets.retarget import Deed, recalculate, retarget, shifts_of
from tickets.services.targets.watch import watch_clocks

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(acme: Client, ada: User, now: datetime) -> Ticket:
    """Opened when nothing was promised."""
    new = NewTicket(subject="Old", client=acme, contact_email="anna@acme.example")
    return open_ticket(new=new, by=ada, now=now)


def promise(acme: Client, calendar: Calendar) -> ServiceTarget:
    limits = {"first": [2, "h"], "next": [4, "h"], "resolve": [2, "days"], "warn": 60}
    target = ServiceTarget.objects.create(name="Late", calendar=calendar, promises={"medium": limits})
    target.clients.add(acme)
    forget_targets()
    return target


def test_an_old_ticket_gets_the_clocks_it_would_have_had(
    old: Ticket, acme: Client, calendar: Calendar, now: datetime
) -> None:
    promise(acme, calendar)
    assert [shift.deed for shift in retarget([old], now=now + HOUR)] == [Deed.NEW, Deed.NEW]
    assert clock(old, "first").due_at == at("2026-11-23 12:00")
    assert clock(old, "resolve").due_at == at("2026-11-25 10:00")


def test_its_story_tells_of_answers_questions_and_waiting(
    old: Ticket, acme: Client, calendar: Calendar, ada: User, now: datetime
) -> None:
    reply_to_customer(ticket=old, body="Try now", by=ada, now=now + HOUR, then=Status.WAITING)
    add_customer_message(ticket=old, body="No", now=at("2026-11-24 09:00"))
    promise(acme, calendar)
    retarget([the_ticket(old)], now=at("2026-11-24 10:00"))
    assert kinds(old) == ["next", "resolve"]
    assert clock(old, "next").due_at == at("2026-11-24 14:00")
    assert clock(old, "resolve").due_at == at("2026-11-25 18:00")


def test_machines_strangers_and_notes_are_no_part_of_the_story(
    old: Ticket, acme: Client, calendar: Calendar, ada: User, now: datetime
) -> None:
    reply_to_customer(ticket=old, body="Try now", by=ada, now=now + HOUR)
    for flag in ("is_automatic", "is_held", "is_opening"):
        Message.objects.create(
            ticket=old, kind="customer", body="x", created_at=now + 2 * HOUR, **{flag: True}
        )
    Message.objects.create(ticket=old, kind="note", body="x", created_at=now + 2 * HOUR)
    promise(acme, calendar)
    retarget([the_ticket(old)], now=now + 3 * HOUR)
    assert kinds(old) == ["resolve"]


def test_a_ticket_that_a_machine_opened_is_promised_nothing_until_somebody_writes(
    old: Ticket, acme: Client, calendar: Calendar, now: datetime
) -> None:
    opening = {"is_automatic": True, "is_opening": True, "kind": "customer"}
    Message.objects.create(ticket=old, body="", created_at=now, **opening)
    promise(acme, calendar)
    assert retarget([old], now=now + HOUR) == []
    add_customer_message(ticket=old, body="A human now", now=now + HOUR)
    assert kinds(old) == ["next"]


def test_a_ticket_that_waits_gets_a_clock_that_is_paused(
    old: Ticket, acme: Client, calendar: Calendar, ada: User, now: datetime
) -> None:
    change_status(ticket=old, to=Status.WAITING, by=ada, now=now + HOUR)
    promise(acme, calendar)
    retarget([old], now=now + 2 * HOUR)
    assert clock(old, "resolve").paused_at == now + HOUR
    assert clock(old, "resolve").due_at is None


def test_what_is_solved_gets_nothing(
    old: Ticket, acme: Client, calendar: Calendar, ada: User, now: datetime
) -> None:
    change_status(ticket=old, to=Status.RESOLVED, by=ada, now=now + HOUR)
    promise(acme, calendar)
    assert retarget([old], now=now + 2 * HOUR) == []


def test_other_hours_move_the_due_time_and_pauses_stay(
    target: ServiceTarget, calendar: Calendar, acme: Client, ada: User, now: datetime
) -> None:
    ticket = open_ticket(new=NewTicket(subject="x", client=acme), by=ada, now=now)
    change_status(ticket=ticket, to=Status.WAITING, by=ada, now=now + HOUR)
    change_status(ticket=ticket, to=Status.OPEN, by=ada, now=now + 2 * HOUR)
    assert clock(ticket, "first").due_at == at("2026-11-23 14:00")
    Calendar.objects.update(week=[[[0, 1440]]] * 7)
    forget_targets()
    (shift,) = shifts_of([ticket], now=now)
    assert (shift.deed, shift.before, shift.after) == (
        Deed.CHANGED,
        at("2026-11-23 14:00"),
        at("2026-11-23 13:00"),
    )
    assert clock(ticket, "first").due_at == at("2026-11-23 14:00")


def test_a_target_that_is_gone_takes_its_clocks_along(
    target: ServiceTarget, acme: Client, globex: Client, ada: User, now: datetime
) -> None:
    ticket = open_ticket(new=NewTicket(subject="x", client=acme), by=ada, now=now)
    target.clients.set([globex])
    forget_targets()
    assert {shift.deed for shift in retarget([ticket], now=now)} == {Deed.GONE}
    assert kinds(ticket) == []


def test_nothing_new_changes_nothing(target: ServiceTarget, acme: Client, ada: User, now: datetime) -> None:
    ticket = open_ticket(new=NewTicket(subject="x", client=acme), by=ada, now=now)
    assert retarget([ticket], now=now + HOUR) == []


def test_more_time_takes_a_missed_ticket_off_the_top(
    target: ServiceTarget, acme: Client, ada: User, now: datetime
) -> None:
    ticket = open_ticket(new=NewTicket(subject="x", client=acme), by=ada, now=now)
    watch_clocks(now + 3 * HOUR)
    ServiceTarget.objects.update(promises={"medium": {"first": [9, "h"], "resolve": [9, "days"], "warn": 0}})
    forget_targets()
    retarget([ticket], now=now + 3 * HOUR)
    first = clock(ticket, "first")
    assert (first.missed_at, first.warned_at, first.is_on_top) == (None, None, False)


def test_a_recalculation_alarms_nobody(
    old: Ticket, acme: Client, calendar: Calendar, ada: User, now: datetime
) -> None:
    promise(acme, calendar)
    later = now + timedelta(days=9)
    assert recalculate(after=0, now=later) == old.pk
    assert recalculate(after=old.pk, now=later) == 0
    watch_clocks(later)
    assert clock(old, "first").missed_at == at("2026-11-23 12:00")
    assert not OutgoingMail.objects.exists()
    assert not Activity.objects.filter(verb="missed").exists()


def test_it_goes_on_in_the_background_until_all_are_done(
    acme: Client, calendar: Calendar, carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    make_tickets(5, now, client=acme)
    promise(acme, calendar)
    start_recalculation(by=carla, now=now)
    while job := Job.objects.filter(kind="recalculate_targets", status=Job.Status.QUEUED).first():
        run_job(job.pk, now)
    assert TicketClock.objects.count() == 10


def test_many_tickets_cost_few_queries(
    acme: Client, calendar: Calendar, now: datetime, django_assert_num_queries: object
) -> None:
    tickets = make_tickets(30, now, client=acme)
    promise(acme, calendar)
    shifts_of(tickets[:1], now=now)
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert len(shifts_of(tickets, now=now)) == 60


def test_without_a_target_there_is_nothing_to_do(
    old: Ticket, now: datetime, django_assert_num_queries: object
) -> None:
    shifts_of([old], now=now)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert shifts_of([old], now=now) == []
