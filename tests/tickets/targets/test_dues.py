"""What is due beside lists and on tickets, what stands on top, and what would breach."""

from datetime import datetime, timedelta

import pytest

from agents.models import Client, Contact
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.targets.calendars import at
from tests.tickets.targets.test_clocks import HOUR
from tickets.domain.cursor import Cursor
from tickets.domain.filters import BadFilter, Sort, TicketFilters, read_filters
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.domain.targets import ClockKind, Tally
from tickets.models import ServiceTarget, Ticket, TicketClock
from tickets.selectors.access import ticket_for
from tickets.selectors.clocks import MAX_ON_TOP, DueColumn, due_column
from tickets.selectors.dues import Due, DueState, dues_of
from tickets.selectors.forecast import forecast
from tickets.selectors.lists import TicketList
from tickets.selectors.targets import kept_by_target
from tickets.services.change_status import change_status
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.targets.clocks import clocks_for_new
from tickets.services.targets.watch import watch_clocks

pytestmark = pytest.mark.django_db
OPEN = TicketFilters(statuses=UNFINISHED)
NOON = at("2026-11-23 12:00")


@pytest.fixture
def ticket(target: ServiceTarget, anna: Contact, ada: User, now: datetime) -> Ticket:
    return open_ticket(new=NewTicket(subject="Printer", contact=anna), by=ada, now=now)


def states(ticket: Ticket, ada: User, now: datetime) -> list[tuple[str, str]]:
    return [(due.kind.value, due.state.value) for due in dues_of(ticket_for(ada, ticket.pk), now)]


def column(
    user: User, now: datetime, filters: TicketFilters = OPEN, cursor: Cursor | None = None
) -> DueColumn:
    listed = TicketList(user, filters)
    return due_column(listed, listed.page(cursor), now)


@pytest.mark.parametrize(
    ("hours", "first"), [(0, "plain"), (0.99, "plain"), (1, "soon"), (1.99, "soon"), (2, "late"), (9, "late")]
)
def test_a_clock_is_plain_then_soon_then_late(
    ticket: Ticket, ada: User, now: datetime, hours: float, first: str
) -> None:
    assert states(ticket, ada, now + hours * HOUR) == [("first", first), ("resolve", "plain")]


def test_a_clock_knows_its_time(ticket: Ticket, ada: User, now: datetime) -> None:
    assert dues_of(ticket_for(ada, ticket.pk), now)[0] == Due(ClockKind.FIRST, DueState.PLAIN, NOON)


def test_a_kept_promise_tells_when_it_was_kept(ticket: Ticket, ada: User, now: datetime) -> None:
    reply_to_customer(ticket=ticket, body="Try", by=ada, now=now + HOUR)
    assert dues_of(ticket_for(ada, ticket.pk), now + HOUR)[0] == Due(
        ClockKind.FIRST, DueState.MET, now + HOUR
    )


def test_kept_missed_and_paused_are_told_apart(ticket: Ticket, ada: User, now: datetime) -> None:
    reply_to_customer(ticket=ticket, body="Try", by=ada, now=now + HOUR, then=Status.WAITING)
    assert states(ticket, ada, now + HOUR) == [("first", "met"), ("resolve", "paused")]
    change_status(ticket=the_ticket(ticket), to=Status.RESOLVED, by=ada, now=now + 99 * HOUR)
    assert states(ticket, ada, now + 99 * HOUR) == [("first", "met"), ("resolve", "met")]


def test_a_promise_kept_too_late_stays_missed(ticket: Ticket, ada: User, now: datetime) -> None:
    reply_to_customer(ticket=ticket, body="Try", by=ada, now=now + 3 * HOUR)
    assert states(ticket, ada, now + 3 * HOUR)[0] == ("first", "missed")


def test_a_clock_on_hours_that_never_come_is_never_due(ticket: Ticket, ada: User, now: datetime) -> None:
    TicketClock.objects.update(due_at=None, warn_at=None)
    assert states(ticket, ada, now)[0] == ("first", "plain")


def test_a_ticket_without_a_promise_shows_nothing(acme: Client, ada: User, now: datetime) -> None:
    ticket = make_tickets(1, now, client=acme)[0]
    assert dues_of(ticket_for(ada, ticket.pk), now) == []
    assert dues_of(ticket, now) == []
    assert column(ada, now) == DueColumn({}, [])


def test_a_list_shows_what_is_due_first(ticket: Ticket, ada: User, now: datetime) -> None:
    assert column(ada, now).by_ticket[ticket.pk] == Due(ClockKind.FIRST, DueState.PLAIN, NOON)
    reply_to_customer(ticket=ticket, body="Try", by=ada, now=now + HOUR, then=Status.WAITING)
    assert column(ada, now).by_ticket[ticket.pk].state is DueState.PAUSED


@pytest.fixture
def late(target: ServiceTarget, acme: Client, ada: User, now: datetime) -> list[Ticket]:
    """Thirty tickets; the promises of the two oldest are broken."""
    tickets = make_tickets(30, now, client=acme)
    clocks_for_new(tickets[-2:], now=now)
    watch_clocks(now + 3 * HOUR)
    Ticket.objects.filter(pk__in=[t.pk for t in tickets[-2:]]).update(updated_at=now - timedelta(days=1))
    return tickets


def test_broken_promises_stand_on_top_of_the_first_page(late: list[Ticket], ada: User, now: datetime) -> None:
    assert {ticket.pk for ticket in column(ada, now).lifted} == {t.pk for t in late[-2:]}


def test_on_other_pages_and_in_other_orders_they_keep_their_places(
    late: list[Ticket], ada: User, now: datetime
) -> None:
    second = TicketList(ada, OPEN).page().next
    assert column(ada, now, cursor=second).lifted == []
    assert column(ada, now, TicketFilters(sort=Sort.NUMBER_UP)).lifted == []


def test_only_what_belongs_to_the_list_stands_on_top(
    late: list[Ticket], ada: User, gus: User, now: datetime
) -> None:
    assert column(ada, now, TicketFilters(priorities=frozenset({Priority.URGENT}))).lifted == []
    assert column(ada, now, TicketFilters(query="nothing")).lifted == []
    assert column(gus, now).lifted == []


def test_a_list_of_what_is_overdue(late: list[Ticket], ada: User, gus: User, now: datetime) -> None:
    overdue = read_filters({"due": ["late"]}, me=ada.pk)
    assert {ticket.pk for ticket in TicketList(ada, overdue).page().tickets} == {t.pk for t in late[-2:]}
    assert TicketList(ada, overdue).counts().total.value == 2
    assert TicketList(gus, overdue).page().tickets == []
    change_status(ticket=the_ticket(late[-1]), to=Status.RESOLVED, by=ada, now=now + 4 * HOUR)
    assert [ticket.pk for ticket in TicketList(ada, overdue).page().tickets] == [late[-2].pk]


def test_due_is_late_or_nothing(ada: User) -> None:
    with pytest.raises(BadFilter):
        read_filters({"due": ["soon"]}, me=ada.pk)


def test_so_many_stand_on_top_and_no_more(
    target: ServiceTarget, acme: Client, ada: User, now: datetime
) -> None:
    clocks_for_new(make_tickets(MAX_ON_TOP + 3, now, client=acme), now=now)
    watch_clocks(now + 3 * HOUR)
    assert len(column(ada, now).lifted) == MAX_ON_TOP


def test_the_column_costs_one_query(
    target: ServiceTarget, acme: Client, ada: User, now: datetime, django_assert_num_queries: object
) -> None:
    clocks_for_new(make_tickets(25, now, client=acme), now=now)
    listed = TicketList(ada, OPEN)
    page = listed.page(with_tags=False)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(due_column(listed, page, now).by_ticket) == 25


def breaches(user: User, until: str, now: datetime, *, with_waiting: bool = False) -> list[str]:
    found = forecast(user, until=at(until), now=now, with_waiting=with_waiting)
    return [breach.clock.kind for breach in found.breaches]


def test_which_tickets_breach_by_monday_nine(
    target: ServiceTarget, acme: Client, ada: User, now: datetime
) -> None:
    friday = at("2026-11-27 13:30")
    open_ticket(new=NewTicket(subject="Printer", client=acme), by=ada, now=friday)
    assert breaches(ada, "2026-11-30 08:29", friday) == []
    assert breaches(ada, "2026-11-30 09:00", friday) == ["first"]
    assert breaches(ada, "2026-12-01 18:00", friday) == ["first", "resolve"]


def test_the_forecast_counts_tickets_and_what_is_late_already(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    found = forecast(ada, until=at("2026-12-01 09:00"), now=now + 3 * HOUR)
    assert (found.tickets, found.late, len(found.breaches), found.has_more) == (1, 1, 2, False)
    assert [breach.is_late for breach in found.breaches] == [True, False]


def test_what_waits_breaches_only_if_the_customer_answered(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.WAITING, by=ada, now=now + HOUR)
    assert breaches(ada, "2026-11-30 09:00", now + 2 * HOUR) == []
    assert breaches(ada, "2026-11-23 13:59", now + 2 * HOUR, with_waiting=True) == []
    assert breaches(ada, "2026-11-30 09:00", now + 2 * HOUR, with_waiting=True) == ["first", "resolve"]


def test_a12_the_forecast_knows_no_foreign_tickets(ticket: Ticket, gus: User, now: datetime) -> None:
    assert breaches(gus, "2027-11-30 09:00", now) == []


def test_how_often_promises_were_kept(target: ServiceTarget, acme: Client, ada: User, now: datetime) -> None:
    tickets = [open_ticket(new=NewTicket(subject="x", client=acme), by=ada, now=now) for _ in range(4)]
    change_status(ticket=tickets[0], to=Status.RESOLVED, by=ada, now=now + HOUR)
    change_status(ticket=tickets[1], to=Status.RESOLVED, by=ada, now=now + 3 * HOUR)
    assert kept_by_target(now + 3 * HOUR) == {target.pk: {"medium": Tally(kept=3, ended=6)}}
    assert kept_by_target(now + timedelta(days=40)) == {}
