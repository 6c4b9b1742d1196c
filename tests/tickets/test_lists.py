"""Ticket lists: who sees what, paging both ways, filters, counts, and the number of queries."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Client, Contact, Device, RoleScope
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Role, Team, User
from tests.conftest import make_user
from tests.tickets.conftest import make_tickets
from tickets.domain.counts import CAP
from tickets.domain.cursor import LAST, Cursor, decode
from tickets.domain.filters import Sort, TicketFilters
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.errors import TicketNotFound
from tickets.models import Tag, Ticket
from tickets.selectors import list_heads
from tickets.selectors.access import client_scope, ticket_for, tickets_visible_to
from tickets.selectors.choices import all_tags, assignable_teams, assignable_users, may_work_on
from tickets.selectors.lists import TicketList, quick_counts, ticket_list
from tickets.selectors.search_index import learn_changes

ALL = TicketFilters()
OPEN = frozenset({Status.OPEN})


def numbers(user: User, filters: TicketFilters, cursor: Cursor | None = None, limit: int = 25) -> list[int]:
    return [ticket.number for ticket in ticket_list(user, filters, cursor, limit=limit).tickets]


# --- the door


def test_a11_a12_a_scoped_technician_sees_only_their_clients(
    acme: Client, globex: Client, gus: User, ada: User, now: datetime
) -> None:
    (foreign,) = make_tickets(1, now, client=acme)
    (own,) = make_tickets(1, now, client=globex)
    (homeless,) = make_tickets(1, now)
    assert set(tickets_visible_to(ada)) == {foreign, own, homeless}
    assert set(tickets_visible_to(gus)) == {own}
    assert numbers(gus, ALL) == [own.number]
    assert quick_counts(gus, ALL).total.value == 1
    assert numbers(gus, TicketFilters(query=f"#{foreign.number}")) == []
    assert numbers(gus, TicketFilters(query="printer")) == [own.number]
    assert numbers(gus, TicketFilters(client=acme.public_id)) == []
    with pytest.raises(TicketNotFound):
        ticket_for(gus, foreign.number)


@pytest.mark.django_db
def test_strangers_see_nothing(ticket: Ticket) -> None:
    nobody = make_user("nobody@deskbell.example", "No Role")
    gone = make_user("gone@deskbell.example", "Gone Ago", Role.objects.get(name="Administrator"))
    gone.is_active = False
    for user in (AnonymousUser(), nobody, gone):
        assert not tickets_visible_to(user).exists()
        assert TicketList(user, TicketFilters(statuses=OPEN)).page().tickets == []
        assert TicketList(user, ALL).counts().total.value == 0


def test_the_permission_counts_per_role(acme: Client, globex: Client, db: None) -> None:
    sees = Role.objects.create(name="Sees all", permissions=[Permission.TICKETS_VIEW], all_clients=True)
    works = Role.objects.create(name="Works", permissions=[Permission.TICKETS_EDIT])
    RoleScope.objects.create(role=works, client=globex)
    user = make_user("mix@deskbell.example", "Mixed Roles", sees, works)
    assert client_scope(user, Permission.TICKETS_VIEW) is None
    assert client_scope(user, Permission.TICKETS_EDIT) == frozenset({globex.pk})
    assert client_scope(user, Permission.SETTINGS_EDIT) == frozenset()
    assert not may_work_on(user, acme.pk)
    assert may_work_on(user, globex.pk)


def test_choices_are_who_may_work_on_it(acme: Client, globex: Client, ada: User, gus: User) -> None:
    make_user("none@deskbell.example", "No Role")
    assert assignable_users(acme) == [ada]
    assert assignable_users(globex) == [ada, gus]
    assert assignable_users(None) == [ada]
    team = Team.objects.create(name="T")
    tag = Tag.objects.create(name="x")
    assert list(assignable_teams()) == [team]
    assert list(all_tags()) == [tag]


# --- paging


@pytest.fixture
def many(acme: Client, now: datetime) -> list[Ticket]:
    """23 tickets in four states, several of them updated at the same moment."""
    tickets = []
    for index in range(23):
        status = list(Status)[index % 4]
        at = now - timedelta(minutes=index // 3)
        tickets += make_tickets(
            1, at, client=acme, status=status.value, priority=list(Priority)[index % 3].value, updated_at=at
        )
    return tickets


@pytest.mark.parametrize("sort", [sort for sort in Sort if not sort.is_keyed])
@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"statuses": OPEN | {Status.WAITING}},
        {"priorities": frozenset({Priority.LOW})},
        {"query": "printer"},
    ],
)
def test_pages_forwards_and_back_show_every_ticket_once(
    many: list[Ticket], ada: User, sort: Sort, facts: dict[str, Any]
) -> None:
    filters = TicketFilters(sort=sort, **facts)
    chosen = [
        t
        for t in many
        if (not filters.statuses or t.status in filters.statuses)
        and (not filters.priorities or t.priority in filters.priorities)
    ]
    chosen.sort(key=lambda t: t.pk if sort.by_number else (t.updated_at, t.pk), reverse=sort.is_down)
    expected = [t.number for t in chosen]

    pages, cursor = [], Cursor()
    for _ in range(20):
        page = ticket_list(ada, filters, cursor, limit=4)
        pages.append(page)
        if page.next is None:
            break
        cursor = decode(page.next.encode())
    assert [t.number for page in pages for t in page.tickets] == expected
    assert pages[0].previous is None

    back = ticket_list(ada, filters, decode(LAST), limit=4)
    assert [t.number for t in back.tickets] == expected[-4:]
    assert back.next is None
    seen = [t.number for t in back.tickets]
    while back.previous is not None:
        back = ticket_list(ada, filters, decode(back.previous.encode()), limit=4)
        assert back.next is not None
        seen = [t.number for t in back.tickets] + seen
    assert seen == expected


def test_a_page_beyond_the_end_leads_back(ticket: Ticket, ada: User, now: datetime) -> None:
    late = Cursor(at=now - timedelta(days=9), number=1)
    page = ticket_list(ada, ALL, late)
    assert (page.tickets, page.next) == ([], None)
    assert page.previous is not None
    assert numbers(ada, ALL, page.previous) == [ticket.number]


def test_an_empty_list_has_no_neighbours(ada: User) -> None:
    page = ticket_list(ada, TicketFilters(statuses=OPEN))
    assert (page.tickets, page.previous, page.next) == ([], None, None)


# --- filters


def test_each_filter_finds_its_tickets(
    acme: Client, globex: Client, anna: Contact, pc: Device, ada: User, bob: User, now: datetime
) -> None:
    tag = Tag.objects.create(name="Printer")
    (a,) = make_tickets(1, now, client=acme, contact=anna, device=pc, assignee=ada)
    (b,) = make_tickets(1, now, client=globex, team=Team.objects.create(name="T"))
    (c,) = make_tickets(1, now, priority="urgent", status="closed")
    a.tags.add(tag)
    cases = {
        TicketFilters(assignee=ada.pk): {a},
        TicketFilters(assignee=bob.pk): set(),
        TicketFilters(is_unassigned=True): {c},
        TicketFilters(client=globex.public_id): {b},
        TicketFilters(client=uuid4()): set(),
        TicketFilters(device=pc.public_id): {a},
        TicketFilters(device=uuid4()): set(),
        TicketFilters(contact=anna.public_id): {a},
        TicketFilters(tag="printer"): {a},
        TicketFilters(tag="none"): set(),
        TicketFilters(tag="printer", statuses=frozenset({Status.CLOSED})): set(),
        TicketFilters(statuses=UNFINISHED): {a, b},
        TicketFilters(priorities=frozenset({Priority.URGENT})): {c},
        TicketFilters(client=acme.public_id, statuses=OPEN, assignee=ada.pk): {a},
    }
    for filters, expected in cases.items():
        assert set(TicketList(ada, filters).page().tickets) == expected, filters
        counts = TicketList(ada, filters).counts()
        assert counts.total.value == len(expected), filters


def test_counts_stand_beside_their_list(many: list[Ticket], ada: User) -> None:
    filters = TicketFilters(statuses=OPEN)
    counts = quick_counts(ada, filters)
    assert counts.total.value == len(numbers(ada, filters)) == counts.status[Status.OPEN].value
    for status in Status:
        assert counts.status[status].value == sum(t.status == status for t in many)
    for priority in Priority:
        assert counts.priority[priority].value == sum(
            t.priority == priority for t in many if t.status == Status.OPEN
        )


def test_counts_end_at_the_cap(acme: Client, ada: User, now: datetime) -> None:
    make_tickets(CAP + 50, now, client=acme)
    assert str(quick_counts(ada, ALL).total) == "1,000+"
    common = TicketFilters(query="printer")
    assert str(quick_counts(ada, common).total) == "1,000+"
    assert len(numbers(ada, common)) == 25
    assert len(numbers(ada, TicketFilters(query="printer", statuses=OPEN))) == 25


# --- cost


@pytest.mark.parametrize(
    "filters",
    [
        ALL,
        TicketFilters(statuses=UNFINISHED),
        TicketFilters(query="printer"),
        TicketFilters(statuses=UNFINISHED, is_unassigned=True),
    ],
)
def test_a_list_costs_the_same_at_10_and_at_1000_tickets(
    acme: Client, ada: User, now: datetime, filters: TicketFilters
) -> None:
    def queries() -> int:
        learn_changes(parts=100)
        user = User.objects.get(pk=ada.pk)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            tickets = TicketList(user, filters)
            for ticket in tickets.page().tickets:
                str((ticket.client, ticket.assignee, ticket.team, list(ticket.tags.all())))
            tickets.counts()
        return len(seen)

    make_tickets(10, now, client=acme)
    at_ten = queries()
    make_tickets(990, now, client=acme)
    assert queries() == at_ten <= 6


def test_the_index_serves_pages_and_counts(acme: Client, ada: User, now: datetime) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's query plan")  # PostgreSQL explains itself in other words
    make_tickets(50, now, client=acme)
    plans = []
    for filters in (ALL, TicketFilters(statuses=UNFINISHED), TicketFilters(client=acme.public_id)):
        with CaptureQueriesContext(connection) as seen:
            TicketList(User.objects.get(pk=ada.pk), filters).page()
            quick_counts(ada, filters)
        for query in seen.captured_queries:
            if "tickets_ticket" in query["sql"]:
                with connection.cursor() as cursor:
                    cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                    plans += [row[3] for row in cursor.fetchall()]
    assert plans
    assert not [step for step in plans if step.startswith("SCAN tickets_ticket") and "INDEX" not in step]


def test_what_is_more_than_counted_is_not_counted_again_at_once(
    acme: Client, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_heads, "CAP", 1)
    make_tickets(3, now, client=acme, priority=Priority.LOW)
    filters = TicketFilters(statuses=frozenset({Status.OPEN}), priorities=frozenset({Priority.LOW}))
    listed = TicketList(User.objects.get(pk=ada.pk), filters)
    first = listed.size()
    with CaptureQueriesContext(connection) as seen:
        assert listed.size() == first
    assert len(seen) == 0
