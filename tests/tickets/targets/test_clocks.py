"""Clocks start, pause and end with what happens to their ticket, in the same transaction."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from agents.models import Client, Contact, Profile
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.targets.calendars import at
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import ServiceTarget, Tag, Ticket, TicketClock
from tickets.selectors.targets import forget_targets, service_targets
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.change_tags import change_tags
from tickets.services.open_from_agent import AgentTicket, open_from_agent
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.targets.clocks import clocks_for_new

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(target: ServiceTarget, anna: Contact, ada: User, now: datetime) -> Ticket:
    return open_ticket(new=NewTicket(subject="Printer", contact=anna), by=ada, now=now)


def clock(ticket: Ticket, kind: str) -> TicketClock:
    return TicketClock.objects.filter(ticket=ticket, kind=kind).latest("id")


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketClock.objects.filter(ticket=ticket).values_list("kind", flat=True))


def test_a_new_ticket_starts_the_clocks_that_its_client_was_promised(ticket: Ticket) -> None:
    assert kinds(ticket) == ["first", "resolve"]
    assert clock(ticket, "first").due_at == at("2026-11-23 12:00")
    assert clock(ticket, "first").warn_at == at("2026-11-23 11:00")
    assert clock(ticket, "resolve").due_at == at("2026-11-25 10:00")


def test_a_ticket_of_the_tray_agent_does_so_too(
    target: ServiceTarget, profile: Profile, now: datetime
) -> None:
    opened = open_from_agent(profile=profile, new=AgentTicket(subject="Help"), key=uuid4(), now=now)
    assert kinds(opened.ticket) == ["first", "resolve"]


def test_who_was_promised_nothing_has_no_clock(
    target: ServiceTarget, globex: Client, ada: User, now: datetime
) -> None:
    low = NewTicket(subject="x", client=globex), NewTicket(subject="x", priority=Priority.LOW, client=None)
    assert [kinds(open_ticket(new=new, by=ada, now=now)) for new in low] == [[], []]


def test_a_priority_without_a_promise_has_no_clock(
    target: ServiceTarget, acme: Client, ada: User, now: datetime
) -> None:
    new = NewTicket(subject="x", client=acme, priority=Priority.LOW)
    assert kinds(open_ticket(new=new, by=ada, now=now)) == []


def test_many_new_tickets_cost_one_insert(
    target: ServiceTarget, acme: Client, now: datetime, django_assert_num_queries: object
) -> None:
    tickets = make_tickets(20, now, client=acme)
    clocks_for_new(tickets[:1], now=now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        clocks_for_new(tickets[1:], now=now)
    assert TicketClock.objects.count() == 40


def test_without_a_target_clocks_cost_nothing(
    acme: Client, now: datetime, django_assert_num_queries: object
) -> None:
    tickets = make_tickets(5, now, client=acme)
    clocks_for_new(tickets, now=now)
    with django_assert_num_queries(0):  # type: ignore[operator]
        clocks_for_new(tickets, now=now)


def test_a_ticket_that_is_new_and_solved_has_no_clock_and_one_that_waits_is_paused(
    target: ServiceTarget, acme: Client, now: datetime
) -> None:
    solved, waiting = (make_tickets(1, now, client=acme, status=s)[0] for s in ("resolved", "waiting"))
    clocks_for_new([solved, waiting], now=now)
    assert kinds(solved) == []
    assert clock(waiting, "first").paused_at == now


def test_an_answer_keeps_the_first_promise_and_pauses_the_other(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    reply_to_customer(ticket=ticket, body="Try now", by=ada, now=now + HOUR, then=Status.WAITING)
    assert clock(ticket, "first").met_at == now + HOUR
    assert clock(ticket, "first").missed_at is None
    assert clock(ticket, "resolve").paused_at == now + HOUR
    assert clock(ticket, "resolve").due_at is None


def test_a_late_answer_has_missed_the_promise(ticket: Ticket, ada: User, now: datetime) -> None:
    reply_to_customer(ticket=ticket, body="Sorry", by=ada, now=now + 5 * HOUR)
    assert clock(ticket, "first").missed_at == at("2026-11-23 12:00")


def test_the_customers_word_starts_the_next_clock_once(ticket: Ticket, ada: User, now: datetime) -> None:
    reply_to_customer(ticket=ticket, body="Try now", by=ada, now=now + HOUR, then=Status.WAITING)
    for hours in (3, 4):
        add_customer_message(ticket=ticket, body="No", now=now + hours * HOUR)
    assert kinds(ticket) == ["first", "resolve", "next"]
    assert clock(ticket, "next").started_at == now + 3 * HOUR
    assert clock(ticket, "next").due_at == at("2026-11-23 17:00")
    assert clock(ticket, "resolve").paused_at is None


def test_each_answer_ends_the_next_clock_and_each_question_starts_one(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    for hours in (1, 3, 5):
        reply_to_customer(ticket=the_ticket(ticket), body="So", by=ada, now=now + hours * HOUR)
        add_customer_message(ticket=ticket, body="And?", now=now + (hours + 1) * HOUR)
    clocks = TicketClock.objects.filter(ticket=ticket, kind="next")
    assert [bool(c.met_at) for c in clocks] == [True, True, False]


def test_before_the_first_answer_no_second_promise_runs(ticket: Ticket, now: datetime) -> None:
    add_customer_message(ticket=ticket, body="Hello?", now=now + HOUR)
    assert kinds(ticket) == ["first", "resolve"]


def test_where_no_next_answer_is_promised_no_clock_starts(
    ticket: Ticket, target: ServiceTarget, ada: User, now: datetime
) -> None:
    change_priority(ticket=ticket, to=Priority.URGENT, by=ada, now=now)
    reply_to_customer(ticket=ticket, body="Try now", by=ada, now=now + HOUR)
    add_customer_message(ticket=ticket, body="No", now=now + 2 * HOUR)
    assert kinds(ticket) == ["first", "resolve"]


def test_a_note_is_no_answer(ticket: Ticket, ada: User, now: datetime) -> None:
    add_note(ticket=ticket, body="Hm", by=ada, now=now + HOUR)
    assert clock(ticket, "first").met_at is None


def test_solving_keeps_every_promise_and_the_answer_to_it_opens_one_again(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now + HOUR)
    assert not TicketClock.objects.filter(ticket=ticket, met_at=None).exists()
    add_customer_message(ticket=ticket, body="No!", now=at("2026-11-25 08:00"))
    assert clock(ticket, "resolve").due_at == at("2026-11-26 17:00")
    assert clock(ticket, "next").due_at == at("2026-11-25 12:00")
    assert clock(ticket, "first").met_at == now + HOUR


def test_a_follow_up_starts_anew(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now + HOUR)
    message = add_customer_message(ticket=ticket, body="Again", now=now + 2 * HOUR)
    assert message.ticket != ticket
    assert kinds(message.ticket) == ["first", "resolve"]


def test_a_refused_change_leaves_the_clocks(ticket: Ticket, ada: User, now: datetime) -> None:
    stale = the_ticket(ticket)
    change_status(ticket=ticket, to=Status.PROCESSING, by=ada, now=now)
    with pytest.raises(Exception, match="meanwhile"):
        change_status(ticket=stale, to=Status.WAITING, by=ada, now=now + HOUR)
    assert clock(ticket, "resolve").paused_at is None


def test_a_higher_priority_has_its_own_promises_from_the_start(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    change_priority(ticket=ticket, to=Priority.HIGH, by=ada, now=now + HOUR)
    assert clock(ticket, "first").due_at == now + HOUR
    assert clock(ticket, "resolve").due_at == at("2026-11-24 09:00")
    assert clock(ticket, "resolve").priority == "high"


def test_a_priority_without_promises_takes_them_away_and_back(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    due = clock(ticket, "resolve").due_at
    change_priority(ticket=ticket, to=Priority.LOW, by=ada, now=now + HOUR)
    assert kinds(ticket) == []
    change_priority(ticket=ticket, to=Priority.MEDIUM, by=ada, now=now + 2 * HOUR)
    assert clock(ticket, "resolve").due_at == due


def test_a_tag_can_bring_another_target(
    ticket: Ticket, target: ServiceTarget, ada: User, now: datetime
) -> None:
    word = Tag.objects.create(name="VIP")
    vip = ServiceTarget.objects.create(name="VIP", tag=word, promises={"medium": {"resolve": [1, "h"]}})
    forget_targets()
    change_tags(ticket=ticket, names=["vip"], by=ada, now=now)
    assert kinds(ticket) == ["resolve"]
    assert clock(ticket, "resolve").target == vip
    assert clock(ticket, "resolve").due_at == now + HOUR
    new = NewTicket(subject="x", client=ticket.client, tags=["VIP"])
    assert clock(open_ticket(new=new, by=ada, now=now), "resolve").target == vip


def test_tags_that_no_target_asks_for_change_nothing(ticket: Ticket, ada: User, now: datetime) -> None:
    before = clock(ticket, "resolve")
    change_tags(ticket=ticket, names=["sage"], by=ada, now=now + HOUR)
    assert clock(ticket, "resolve").due_at == before.due_at


def test_a_target_that_another_process_has_just_made_is_read_anew(
    ticket: Ticket, target: ServiceTarget, ada: User, now: datetime
) -> None:
    """What this process remembers of the targets is up to a minute old."""
    book = service_targets()
    book[-1] = book.pop(target.pk)
    change_status(ticket=ticket, to=Status.WAITING, by=ada, now=now)
    assert clock(ticket, "resolve").due_at is None
