"""Every order leads through every ticket once, forwards, backwards and from the end."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from agents.models import Client
from helpdesk.core.models import Team, User
from tests.tickets.conftest import make_tickets
from tickets.domain.cursor import LAST, BadCursor, Cursor, decode
from tickets.domain.filters import Sort, TicketFilters
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import ServiceTarget, Tag, Ticket, TicketClock
from tickets.selectors.lists import TicketList, ticket_list

pytestmark = pytest.mark.django_db
KEYED = [sort for sort in Sort if sort.is_keyed]
OPEN = frozenset({Status.OPEN, Status.WAITING})


def test_a_cursor_keeps_the_words_of_its_row(now: datetime) -> None:
    cursor = Cursor(at=now, number=7, key="vpn. drückt")
    assert decode(cursor.encode()) == cursor
    for key in ("x" * 301, "a\x00b"):
        with pytest.raises(BadCursor):
            decode(Cursor(at=now, number=7, key=key).encode())


@pytest.fixture
def many(acme: Client, globex: Client, ada: User, bob: User, now: datetime) -> list[Ticket]:
    night = Team.objects.create(name="Night")
    target = ServiceTarget.objects.create(name="Business")
    owners: list[dict[str, Any]] = [{"assignee": ada}, {"assignee": bob}, {"team": night}, {}]
    tickets: list[Ticket] = []
    for i in range(40):
        at = now - timedelta(minutes=i // 2)
        tickets += make_tickets(
            1,
            at,
            subject=f"{'Ab'[i % 2]} printer {i % 5}",
            client=(acme, globex, None)[i % 3],
            status=list(Status)[i % 4].value,
            priority=list(Priority)[i % 3].value,
            **owners[i % 4],
        )
    for i, ticket in enumerate(tickets[::2]):
        for kind, wait in (("first", i % 4), ("resolve", 9)):
            TicketClock.objects.create(
                ticket=ticket, target=target, kind=kind, priority="low", amount=1, unit="h",
                started_at=now, due_at=now + timedelta(hours=wait) if i % 5 else None,
            )  # fmt: skip
    return tickets


def key(ticket: Ticket, sort: Sort) -> object:
    match sort.column:
        case "subject":
            return ticket.subject.lower()
        case "client":
            return ticket.client.name.lower() if ticket.client else ""
        case "assignee":
            return str(ticket.assignee or ticket.team or "").lower()
        case "status":
            return list(Status).index(Status(ticket.status))
        case "priority":
            return list(Priority).index(Priority(ticket.priority))
    running = [clock.due_at for clock in ticket.clocks.all() if clock.due_at]
    return min(running).isoformat() if running else "9999"


@pytest.mark.parametrize("sort", KEYED)
def test_pages_forwards_and_back_show_every_ticket_once(many: list[Ticket], ada: User, sort: Sort) -> None:
    """Few tickets, which a tag has, and many; pages that end inside of equals and hold several of them."""
    Tag.objects.create(name="all").tickets.set(many)
    for tag, statuses in product(("all", ""), (frozenset[Status](), OPEN)):
        filters = TicketFilters(sort=sort, statuses=statuses, tag=tag)
        forwards, backwards = walk(ada, filters, Cursor()), walk(ada, filters, decode(LAST))
        assert [t.pk for t in forwards] == [t.pk for t in backwards], filters
        chosen = [ticket for ticket in many if not statuses or ticket.status in statuses]
        assert sorted(t.pk for t in forwards) == sorted(t.pk for t in chosen), filters
        keys = [key(ticket, sort) for ticket in forwards]
        assert keys == sorted(keys, reverse=sort.is_down), filters  # type: ignore[type-var]
        assert TicketList(ada, filters).is_few is bool(tag)


def walk(user: User, filters: TicketFilters, cursor: Cursor) -> list[Ticket]:
    seen: list[Ticket] = []
    for _ in range(30):
        page = ticket_list(user, filters, cursor, limit=7)
        follows = page.previous if cursor.is_backwards else page.next
        seen = page.tickets + seen if cursor.is_backwards else seen + page.tickets
        if follows is None:
            break
        cursor = decode(follows.encode())
    return seen


def test_more_groups_than_are_read_at_once_are_read_in_turn(ada: User, now: datetime) -> None:
    for i in range(35):
        make_tickets(1, now, client=Client.objects.create(name=f"Firm {i:02}"))
    filters = TicketFilters(sort=Sort.CLIENT_UP, statuses=OPEN)
    names = [t.client.name for t in ticket_list(ada, filters, limit=32).tickets if t.client]
    assert names == [f"Firm {i:02}" for i in range(32)]


@pytest.mark.parametrize("sort", KEYED)
def test_who_sees_no_client_sees_no_ticket_in_any_order(many: list[Ticket], gus: User, sort: Sort) -> None:
    gus.roles.first().scopes.all().delete()  # type: ignore[union-attr]
    nobody = User.objects.get(pk=gus.pk)
    assert ticket_list(nobody, TicketFilters(sort=sort, statuses=OPEN)).tickets == []


@pytest.mark.parametrize("sort", KEYED)
def test_a_cursor_of_another_order_leads_somewhere(
    many: list[Ticket], ada: User, sort: Sort, now: datetime
) -> None:
    for cursor in (Cursor(at=now, number=3), Cursor(at=now, number=3, key="2026-01-01T00:00:00")):
        ticket_list(ada, TicketFilters(sort=sort, statuses=OPEN), cursor)
