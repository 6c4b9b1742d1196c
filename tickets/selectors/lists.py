"""Ticket lists that cost the same at a thousand and at a million tickets.

Two shapes of query, chosen by the filters:
- few: a search, a device, a contact, a tag or a rating leaves a bounded number of tickets, read and sorted.
- many: every pair of status and priority asked for is a cell, a range of one index, already in list order.
  A page is the first rows of each cell, merged; a count is the sum of the cells, each counted up to the cap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet

from agents.models import Client, Contact, Device
from helpdesk.core.models import Team, User
from tickets.domain.counts import CAP, Count, QuickCounts, quick_counts_of
from tickets.domain.cursor import Cursor, Direction
from tickets.domain.filters import TicketFilters
from tickets.domain.find import narrowed_by_words
from tickets.models import Message, Tag, Ticket, TicketClock
from tickets.models.ticket import KEYSET
from tickets.selectors import search
from tickets.selectors.access import tickets_visible_to
from tickets.selectors.conditions import condition_of
from tickets.selectors.figures import counted_as
from tickets.selectors.list_heads import Cell, CountedCells, Head, head_of_few, head_of_many, needs_cells
from tickets.selectors.list_order import Ordered, as_rows, cells, in_states, key_of, rows_of, united
from tickets.selectors.own_rows import DEPTH, OwnRows, with_own_words
from tickets.selectors.surveys import rated_as

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class TicketPage:
    """One page of a list. `previous` and `next` are None where nothing lies there; encode them into links."""

    tickets: list[Ticket]
    previous: Cursor | None
    next: Cursor | None


class TicketList:
    """The visible tickets under some filters, narrowed once, for a page and for the counts beside it.

    `page` takes 3 queries, one of them for the tags, and `counts` 1 unless the page has counted; a narrowing
    filter 1 more. However many tickets there are.
    """

    def __init__(self, user: User | AnonymousUser, filters: TicketFilters) -> None:
        filters = with_own_words(narrowed_by_words(filters, me=user.pk or 0), user)
        self.filters = filters
        self._search = search.Search(filters.query, me=user.pk) if filters.query else None
        visible = tickets_visible_to(user).filter(_led_by(filters)).order_by()
        if filters.is_of_team:
            visible = visible.filter(_of_teams(user))
        self._shows = {"with_tags": False, "with_excerpts": False}
        self._grid: Mapping[Cell, int] | None = None
        self._narrowed = partial(_narrowed, user, visible, filters)

    @property
    def search(self) -> search.Found | None:
        """What a search understood; None without one."""
        return self._search.found if self._search else None

    @cached_property
    def _left(self) -> tuple[bool, QuerySet[Ticket]]:
        return self._narrowed(self.search)

    @property
    def is_few(self) -> bool:
        return self._left[0]

    @property
    def candidates(self) -> QuerySet[Ticket]:
        return self._left[1]

    def page(
        self,
        cursor: Cursor | None = None,
        *,
        limit: int = PAGE_SIZE,
        with_tags: bool = True,
        with_excerpts: bool = False,
        with_counts: bool = False,
    ) -> TicketPage:
        """Tickets with client, assignee, team and tags (a query of their own), without descriptions; or with
        their first words, as `excerpt`. `with_counts`: `counts` will be asked for as well.
        """
        cursor, filters = cursor or Cursor(), self.filters
        self._shows = {"with_tags": with_tags, "with_excerpts": with_excerpts}
        if filters.sort.is_keyed:
            found = Ordered(self, cursor, limit + 1, with_tags, with_excerpts).rows()
            return _turned(found, cursor, limit)
        if head := self._head_with_search(cursor, limit + 1):
            self._grid = head.grid
        elif self.is_few:
            head = head_of_few(self.candidates, filters, cursor, limit + 1)
            self._grid = head.grid
        else:
            counted = CountedCells(self.candidates, filters.without_states()) if with_counts else None
            head = head_of_many(self.candidates, filters, cursor, limit + 1, counted)
            self._grid = head.grid if counted else None
        found = rows_of(head.numbers, **self._shows)
        found.sort(
            key=lambda ticket: (0 if filters.sort.by_number else ticket.updated_at, ticket.pk),
            reverse=filters.sort.is_down is not cursor.is_backwards,
        )
        return _turned(found, cursor, limit)

    def _head_with_search(self, cursor: Cursor, limit: int) -> Head | None:
        """Words and page in one statement; None without words, and where they have to be looked at again."""
        asked = self._search.within() if self._search else None
        if self._search is None or asked is None:
            return None
        hits, condition = asked
        _is_few, tickets = self._narrowed(search.Found(self._search.read, condition, is_few=True))
        head = head_of_few(tickets, self.filters, cursor, limit, hits)
        if head.found is None or not self._search.learned(head.found, is_unlearned=head.is_unlearned):
            return None
        return head

    def lifted(self, numbers: Sequence[int]) -> list[Ticket]:
        """Those of these tickets that belong to the list, in this order."""
        rows = self.candidates.filter(in_states(self.filters), pk__in=numbers)
        return sorted(as_rows(rows, **self._shows), key=lambda ticket: numbers.index(ticket.pk))

    def counts(self) -> QuickCounts:
        """What each quick filter would show, the other filters left as they are."""
        filters, grid = self.filters, self._grid
        if grid is None and self.is_few:
            grid = head_of_few(self.candidates, TicketFilters(), Cursor(), 0).grid
        elif grid is None:
            grid = CountedCells(self.candidates, filters.without_states()).read()
        return quick_counts_of(grid, statuses=filters.statuses, priorities=filters.priorities)

    def size(self) -> Count:
        """How many tickets the list has, capped."""
        if self.is_few or not needs_cells(self.filters):
            return Count(self.candidates.filter(in_states(self.filters)).values("pk")[: CAP + 1].count())
        return Count(sum(CountedCells(self.candidates, self.filters).read().values()))


def ticket_list(
    user: User | AnonymousUser,
    filters: TicketFilters,
    cursor: Cursor | None = None,
    *,
    limit: int = PAGE_SIZE,
) -> TicketPage:
    """A page of visible tickets; also feeds the inbox column. `TicketList` has page and counts together."""
    return TicketList(user, filters).page(cursor, limit=limit)


def found_tickets(user: User | AnonymousUser, query: str, *, limit: int) -> list[Ticket]:
    """For the palette: the ticket with this number first, then the latest with these words, open or not."""
    listed = TicketList(user, TicketFilters(query=query))
    if listed.search is None:
        return []
    number = listed.search.asked.number
    found = list(listed.candidates.filter(pk=number).select_related("client")) if number else []
    others = listed.page(limit=limit, with_tags=False).tickets
    return (found + [ticket for ticket in others if ticket.pk != number])[:limit]


def quick_counts(user: User | AnonymousUser, filters: TicketFilters) -> QuickCounts:
    """Capped counts by status and by priority under the other filters."""
    return TicketList(user, filters).counts()


def _led_by(filters: TicketFilters) -> Q:
    """The filters that lead an index of their own."""
    condition = Q()
    if filters.assignee is not None:
        condition &= Q(assignee=filters.assignee, team=None)
    if filters.is_unassigned:
        condition &= Q(assignee=None, team=None)
    if filters.client:
        condition &= Q(client=_key_of(Client, filters.client))
    return condition


def _of_teams(user: User | AnonymousUser) -> Q:
    """What the user's teams have, and who is in them."""
    teams = Team.objects.filter(members=user.pk).order_by().values("pk")
    members = Team.members.through.objects.filter(team__in=teams).values("user")
    return Q(team__in=teams) | Q(assignee__in=members)


def _narrowed(
    user: User | AnonymousUser, visible: QuerySet[Ticket], filters: TicketFilters, found: search.Found | None
) -> tuple[bool, QuerySet[Ticket]]:
    """(whether few tickets are left, those tickets)."""
    conditions = [found.condition] if found and found.condition else []
    if filters.device:
        conditions.append(Q(device=_key_of(Device, filters.device)))
    if filters.contact:
        conditions.append(Q(contact=_key_of(Contact, filters.contact)))
    if filters.tag:
        tags = Tag.objects.filter(name__iexact=filters.tag).order_by().values("pk")
        tagged = Ticket.tags.through.objects.filter(tag__in=tags)
        conditions.append(Q(pk__in=tagged.values("ticket_id")))
    if filters.is_late:
        late = TicketClock.objects.filter(met_at=None, missed_at__isnull=False)
        conditions.append(Q(pk__in=late.order_by().values("ticket")))
    if filters.is_held:
        conditions.append(_has_held_mail())
    if filters.rating:
        conditions.append(Q(pk__in=rated_as(filters.rating)))
    conditions += _behind_a_figure(filters)
    narrowed = visible.filter(*conditions)
    own = OwnRows(filters.rows, user)
    if found and found.is_few:
        return True, narrowed.filter(condition_of(filters.rows, own, is_any=filters.is_any))
    if filters.rows:
        asked = condition_of(filters.rows, own, is_any=filters.is_any)
        led = None if filters.is_any else own.led()
        return True, (narrowed.filter(led) if led else _newest(narrowed, filters)).filter(asked)
    if not conditions:
        return False, visible
    ids = list(narrowed.values_list("pk", flat=True)[: CAP + 1])
    return (True, Ticket.objects.filter(pk__in=ids)) if len(ids) <= CAP else (False, narrowed)


def _newest(tickets: QuerySet[Ticket], filters: TicketFilters) -> QuerySet[Ticket]:
    """Those that moved last, so that conditions without an index never read all of them; of states that are
    only counted fewer.
    """
    newest = tickets.order_by(*KEYSET).values("pk")
    asked, depth = set(filters.cells), DEPTH // len(filters.cells)
    try:
        deep = [(sql, params) for _cell, sql, params in cells(newest, filters, depth)]
        others = cells(newest, filters.without_states(), DEPTH // 20)
        return united(deep + [(sql, params) for cell, sql, params in others if cell not in asked])
    except EmptyResultSet:
        return Ticket.objects.none()


def _behind_a_figure(filters: TicketFilters) -> Iterator[Q]:
    if filters.source:
        yield Q(source=filters.source)
    if filters.counted:
        yield Q(pk__in=counted_as(filters.counted))


def with_held_mail(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Of these, finished ones too, those on which mail of a stranger waits for a decision."""
    return tickets.filter(_has_held_mail())


def _has_held_mail() -> Q:
    return Q(pk__in=Message.objects.filter(is_held=True).order_by().values("ticket"))


def _key_of(model: type[Client] | type[Device] | type[Contact], public_id: UUID) -> QuerySet[Any, Any]:
    """The primary key as a subquery: one value, so that an index can be asked for it."""
    return model._default_manager.filter(public_id=public_id).order_by().values("pk")[:1]


def _turned(found: list[Ticket], cursor: Cursor, limit: int) -> TicketPage:
    """Rows as they were read, one more than wanted, as a page in list order."""
    has_more = len(found) > limit
    del found[limit:]
    if cursor.is_backwards:
        found.reverse()
    return _page_of(found, cursor, has_more=has_more)


def _page_of(found: list[Ticket], cursor: Cursor, *, has_more: bool) -> TicketPage:
    """Where the neighbours lie: we came from one side; a row too many tells of the other."""
    if not found:
        came_from_somewhere = cursor.at is not None
        return TicketPage([], Cursor(Direction.BEFORE) if came_from_somewhere else None, None)
    previous = Cursor(Direction.BEFORE, found[0].updated_at, found[0].pk, key_of(found[0]))
    following = Cursor(Direction.AFTER, found[-1].updated_at, found[-1].pk, key_of(found[-1]))
    if cursor.is_backwards:
        return TicketPage(found, previous if has_more else None, following if cursor.at else None)
    return TicketPage(found, previous if cursor.at else None, following if has_more else None)
