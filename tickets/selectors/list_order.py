"""Lists in the order of a column that no index of tickets leads.

What keeps it cheap at a million tickets: the order falls into groups (a status, a client, somebody's tickets,
those that are due), the groups of a page are found first, and of each only its first rows are read, by index.
Within a group the newest activity comes first. Where few tickets are left they are simply sorted.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    Exists,
    Expression,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Left, Lower

from agents.models import Client
from helpdesk.core.models import Team, User
from helpdesk.core.rows import ASKED, Kept
from tickets.domain.cursor import Cursor
from tickets.domain.filters import TicketFilters
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import Ticket, TicketClock
from tickets.selectors.search_index import among

#: What a line of the list tells of others.
_TOLD = {
    "client": {"public_id", "name"},
    "assignee": {"email", "full_name"},
    "team": {"name"},
    "snooze": {"until"},
}
#: What no line of a list tells of the ticket itself.
_UNTOLD = (
    *("description", "details", "client_key", "request_digest"),
    *("taken_at", "profile", "mailbox", "follows"),
)
EXCERPT = 160
#: Of tickets that are not due: they stand behind all that are.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
#: Groups that are read at once: the first few nearly always fill a page, and SQLite unites at most 500 parts.
FIRST_GROUPS, MORE_GROUPS = 4, 24
_RUNNING = TicketClock.objects.filter(met_at=None, due_at__isnull=False)
_GROUP: dict[str, Callable[[int], Q]] = {
    "client": lambda pk: Q(client=pk),
    "user": lambda pk: Q(assignee=pk, team=None),
    "team": lambda pk: Q(assignee=None, team=pk),
}
#: (column, whether it falls) of what tells tickets with the same key apart.
Ties = tuple[tuple[str, bool], ...]
Part = tuple[str, tuple[Any, ...]]


class Listed(Protocol):
    """What an order needs to know of a list."""

    filters: TicketFilters

    @property
    def is_few(self) -> bool: ...

    @property
    def candidates(self) -> QuerySet[Ticket]: ...


def in_states(filters: TicketFilters) -> Q:
    condition = Q()
    if filters.statuses:
        condition &= Q(status__in=sorted(filters.statuses))
    if filters.priorities:
        condition &= Q(priority__in=sorted(filters.priorities))
    return condition


def cells(
    tickets: QuerySet[Ticket, Any], filters: TicketFilters, limit: int
) -> Iterator[tuple[tuple[Status, Priority], str, tuple[Any, ...]]]:
    """(cell, SQL, parameters) for the first `limit` rows of every cell; compiled once, with marks."""
    marks = ("\x00status", "\x00priority")
    sql, params = tickets.filter(status=marks[0], priority=marks[1])[:limit].query.sql_with_params()
    for cell in filters.cells:
        values = dict(zip(marks, (str(part) for part in cell), strict=True))
        yield cell, sql, tuple(values.get(p, p) if isinstance(p, str) else p for p in params)


def united(parts: Sequence[Part]) -> QuerySet[Ticket]:
    """The tickets that any of these queries finds."""
    union = " UNION ALL ".join(
        f"SELECT * FROM ({sql}) AS part{i}"  # noqa: S608 - compiled by Django, values are parameters
        for i, (sql, _params) in enumerate(parts)
    )
    return Ticket.objects.filter(pk__in=RawSQL(union, [param for _sql, own in parts for param in own]))  # noqa: S611


def as_rows(rows: QuerySet[Ticket], *, with_tags: bool, with_excerpts: bool) -> QuerySet[Ticket]:
    """With what a line of the list shows."""
    rows = rows.select_related(*_TOLD).prefetch_related(*(["tags"] if with_tags else []))
    rows = rows.annotate(excerpt=Left("description", EXCERPT)) if with_excerpts else rows
    return rows.defer(*_UNTOLD, *_untold())


def _untold() -> Iterator[str]:
    for relation, told in _TOLD.items():
        model = Ticket._meta.get_field(relation).related_model
        for column in model._meta.concrete_fields:  # type: ignore[union-attr]
            if not column.primary_key and column.name not in told:
                yield f"{relation}__{column.name}"


_ROWS: Kept[Ticket] = Kept(
    lambda with_excerpts: as_rows(
        Ticket.objects.filter(pk__in=among(ASKED)).order_by(), with_tags=False, with_excerpts=with_excerpts
    )
)


def rows_of(numbers: Sequence[int], *, with_tags: bool, with_excerpts: bool) -> list[Ticket]:
    """`as_rows` of these tickets, in any order."""
    found = _ROWS.rows(json.dumps(numbers), with_excerpts) if numbers else []
    if with_tags:
        prefetch_related_objects(found, "tags")
    return found


def key_of(ticket: Ticket) -> str:
    """The value of the column that the list is sorted by, for a cursor."""
    key = getattr(ticket, "sort_key", "")
    return key.isoformat() if isinstance(key, datetime) else str(key)


@dataclass(frozen=True, slots=True)
class Ordered:
    """The rows of one page, `limit` of them, in the order in which they are read."""

    listed: Listed
    cursor: Cursor
    limit: int
    with_tags: bool = False
    with_excerpts: bool = False

    def rows(self) -> list[Ticket]:
        """One query where the list is short or sorted by subject, else one or two more."""
        filters = self.listed.filters
        if self.listed.is_few or filters.sort.column == "subject":
            rows = self.listed.candidates.filter(in_states(filters))
            return self._read(rows, self._ties)
        found: list[Ticket] = []
        for parts, ties in self._parts():
            if parts:
                part = replace(self, limit=self.limit - len(found))
                found += part._read(united(parts), ties)
            if len(found) >= self.limit:
                break
        return found

    def _read(self, rows: QuerySet[Ticket], ties: Ties) -> list[Ticket]:
        order = (("sort_key", self._is_down), *ties)
        rows = rows.annotate(sort_key=self._key()).filter(self._beyond(order))
        columns = [f"-{name}" if falls else name for name, falls in order]
        return list(
            as_rows(rows, with_tags=self.with_tags, with_excerpts=self.with_excerpts).order_by(*columns)[
                : self.limit
            ]
        )

    # --- the order

    @property
    def _is_down(self) -> bool:
        return self.listed.filters.sort.is_down is not self.cursor.is_backwards

    def _key(self) -> Expression | Lower:
        column = self.listed.filters.sort.column
        if column == "subject":
            return Lower("subject")
        if column == "client":
            return Lower(Coalesce("client__name", Value("")))
        if column == "assignee":
            return Lower(Coalesce("assignee__full_name", "team__name", Value("")))
        if column == "due":
            first = (
                _RUNNING.filter(ticket=OuterRef("pk"))
                .order_by()
                .values("ticket")
                .annotate(first=Min("due_at"))
                .values("first")
            )
            return Coalesce(Subquery(first), Value(NEVER, output_field=DateTimeField()))
        values: Iterable[str] = Status if column == "status" else Priority
        ranks = [When(**{column: value}, then=Value(str(rank))) for rank, value in enumerate(values)]
        return Case(*ranks, default=Value(""), output_field=CharField())

    @property
    def _ties(self) -> Ties:
        """What tells equals apart. Of subjects and dues the number, as their indexes have it."""
        is_by_number = self.listed.filters.sort.column in {"subject", "due"}
        return (("id", self._is_down),) if is_by_number else self._by_activity

    @property
    def _by_activity(self) -> Ties:
        falls = not self.cursor.is_backwards
        return (("updated_at", falls), ("id", falls))

    def _beyond(self, order: Ties) -> Q:
        """The rows after (or before) the cursor's row."""
        cursor = self.cursor
        if cursor.at is None:
            return Q()
        values = {"updated_at": cursor.at, "id": cursor.number, "sort_key": self._start}
        condition = Q()
        for name, falls in reversed(order):
            beyond = Q(**{f"{name}__{'lt' if falls else 'gt'}": values[name]})
            condition = beyond | (Q(**{name: values[name]}) & condition) if condition else beyond
        return condition

    @property
    def _start(self) -> str | datetime:
        """The cursor's key; one that was made for another order counts as the end of this one."""
        if self.listed.filters.sort.column != "due":
            return self.cursor.key
        try:
            at = datetime.fromisoformat(self.cursor.key)
        except ValueError:
            return NEVER
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    # --- the groups

    def _parts(self) -> Iterator[tuple[list[Part], Ties]]:
        """What to read first, and what next if that does not fill the page; with what tells equals apart."""
        column = self.listed.filters.sort.column
        if column == "due":
            yield from self._due_parts()
        elif column in {"status", "priority"}:
            yield self._cells_of(Q()), self._ties
        else:
            groups = self._groups(column)
            for start, end in pairwise((0, *range(FIRST_GROUPS, len(groups), MORE_GROUPS), len(groups))):
                yield [part for group in groups[start:end] for part in self._group(*group)], self._ties

    def _newest(self, condition: Q) -> QuerySet[Ticket, Any]:
        """Tickets of one group in the order of the page, those of the cursor's own group not cut off yet."""
        falls = "" if self.cursor.is_backwards else "-"
        return (
            self.listed.candidates.filter(condition).order_by(f"{falls}updated_at", f"{falls}id").values("pk")
        )

    def _cells_of(self, condition: Q) -> list[Part]:
        """The cells of these tickets; those of the cursor's own group from its row on."""
        filters = self.listed.filters
        column = filters.sort.column
        parts: list[Part] = []
        values = list(Status) if column == "status" else list(Priority)
        with_cursor = self._newest(condition).filter(self._after_in_group())
        for tickets, is_own in ((with_cursor, True), (self._newest(condition), False)):
            try:
                for cell, sql, params in cells(tickets, filters, self.limit):
                    rank = str(values.index(cell[0] if column == "status" else cell[1]))  # type: ignore[arg-type]
                    if (rank == self.cursor.key) is is_own and self._is_ahead(rank):
                        parts.append((sql, params))
            except EmptyResultSet:
                return []
        return parts

    def _after_in_group(self) -> Q:
        at, side = self.cursor.at, "gt" if self.cursor.is_backwards else "lt"
        if at is None:
            return Q()
        return Q(**{f"updated_at__{side}e": at}) & (
            Q(**{f"updated_at__{side}": at}) | Q(**{f"id__{side}": self.cursor.number})
        )

    def _is_ahead(self, rank: str) -> bool:
        if self.cursor.at is None:
            return True
        return rank <= self.cursor.key if self._is_down else rank >= self.cursor.key

    def _groups(self, column: str) -> list[tuple[str, Q]]:
        """Clients, or technicians and teams, with tickets here, in order, from the cursor's on: one query."""
        rows = self._clients() if column == "client" else self._people()
        groups = [(key, _GROUP[kind](pk)) for key, kind, pk in rows]
        nobody = ("", Q(client=None) if column == "client" else Q(assignee=None, team=None))
        if self._is_down:
            return [*groups, nobody]
        return groups if self.cursor.key else [nobody, *groups]

    def _group(self, key: str, condition: Q) -> list[Part]:
        tickets = self._newest(condition)
        if self.cursor.at is not None and key == self.cursor.key:
            tickets = tickets.filter(self._after_in_group())
        try:
            return [(sql, params) for _cell, sql, params in cells(tickets, self.listed.filters, self.limit)]
        except EmptyResultSet:
            return []

    def _named(self, rows: QuerySet[Any, Any], name: str, kind: str, **mine: Any) -> QuerySet[Any, Any]:
        tickets = self.listed.candidates.filter(in_states(self.listed.filters), **mine)
        rows = rows.annotate(list_key=Lower(name)).filter(Exists(tickets))
        if self.cursor.at is not None:
            rows = rows.filter(**{f"list_key__{'lte' if self._is_down else 'gte'}": self.cursor.key})
        return rows.order_by().values_list("list_key", Value(kind), "pk")

    def _clients(self) -> Sequence[tuple[str, str, int]]:
        rows = self._named(Client.objects.all(), "name", "client", client=OuterRef("pk"))
        return list(rows.order_by("-list_key" if self._is_down else "list_key", "pk")[: self.limit])

    def _people(self) -> Sequence[tuple[str, str, int]]:
        users = self._named(User.objects.all(), "full_name", "user", assignee=OuterRef("pk"), team=None)
        teams = self._named(Team.objects.all(), "name", "team", team=OuterRef("pk"), assignee=None)
        rows = users.union(teams, all=True)
        return list(rows.order_by("-list_key" if self._is_down else "list_key")[: self.limit])

    def _due_parts(self) -> Iterator[tuple[list[Part], Ties]]:
        """Tickets that are due, by the index of clocks; those that are not, by the usual cells."""
        filters, start = self.listed.filters, self._start
        is_among = self.cursor.at is not None and start == NEVER
        rest = self._newest(Q(~Exists(_RUNNING.filter(ticket=OuterRef("pk")))))
        rest = rest.filter(self._after_in_group()) if is_among else rest
        try:
            due = [self._due().query.sql_with_params()]
            not_due = [(sql, params) for _cell, sql, params in cells(rest, filters, self.limit)]
        except EmptyResultSet:
            return
        found: list[tuple[list[Part], Ties]] = [(due, self._ties), (not_due, self._by_activity)]
        is_past_first = self.cursor.at is not None and is_among is not self._is_down
        yield from (found[::-1] if self._is_down else found)[1 if is_past_first else 0 :]

    def _due(self) -> QuerySet[TicketClock, Any]:
        """Tickets by the first of their running clocks."""
        tickets = self.listed.candidates.filter(in_states(self.listed.filters), pk=OuterRef("ticket"))
        earlier = Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk"))
        is_later = Exists(_RUNNING.filter(earlier, ticket=OuterRef("ticket")))
        # Asked for each clock in the order of the index: a list of all tickets would be made whole first.
        due = _RUNNING.filter(Exists(tickets.order_by()), ~is_later)
        side, falls = ("lt", "-") if self._is_down else ("gt", "")
        if self.cursor.at is not None:
            due = due.filter(**{f"due_at__{side}e": self._start}).filter(
                Q(**{f"due_at__{side}": self._start}) | Q(**{f"ticket__{side}": self.cursor.number})
            )
        return due.order_by(f"{falls}due_at", f"{falls}ticket").values("ticket")[: self.limit]
