"""Which tickets stand on a page of a list and how many each quick filter has: one query that reads of a
ticket little more than its key. What the rows say comes from a second one (`list_order.rows_of`), which is
the same for every list, so that PostgreSQL keeps its plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from helpdesk.core.rows import prepared
from tickets.domain.counts import CAP
from tickets.domain.cursor import Cursor
from tickets.domain.filters import TicketFilters
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import Ticket
from tickets.selectors import search_index
from tickets.selectors.list_order import Part, cells, in_states

Cell = tuple[Status, Priority]
#: So long a state that has more tickets than are counted is taken to have them.
FULL_SECONDS = 60
_HITS = ("pk", "status", "priority", "updated_at")
_FOUND: Part = ("SELECT 'found', count(*) FROM found", ())
_UNLEARNED: Part = (f"SELECT 'unlearned', 1 {search_index.UNLEARNED}", ())
_GRID: Part = ("SELECT status || '/' || priority, count(*) FROM hits GROUP BY status, priority", ())


@dataclass(frozen=True, slots=True)
class Head:
    """The numbers of a page in any order, and how many tickets are in each cell."""

    numbers: Sequence[int] = ()
    grid: Mapping[Cell, int] = field(default_factory=dict)
    #: Of a search that was asked within: how many have its words, and whether the index lacks some tickets.
    found: int | None = None
    is_unlearned: bool = False


def head_of_few(
    tickets: QuerySet[Ticket],
    filters: TicketFilters,
    cursor: Cursor,
    limit: int,
    within: search_index.Within | None = None,
) -> Head:
    """Reads each of these tickets once; the grid has all states, whichever are asked for. `within`: a search
    that their condition names.
    """
    try:
        sql, params = tickets.values(*_HITS).query.sql_with_params()
    except EmptyResultSet:
        return Head()
    condition, wanted = _wanted(filters, cursor)
    # Here and below: texts that Django compiled or that stand in this module; every value is a parameter.
    page = f"SELECT pk FROM hits{condition} ORDER BY {_order(filters, cursor)} LIMIT {limit}"  # noqa: S608
    hits = f"hits AS MATERIALIZED ({sql}) "
    if within is None:
        return _read([_page(page, wanted), _GRID], before=(f"WITH {hits}", params))
    before = f"WITH {within.sql}, {hits}", within.params + params
    return _read([_page(page, wanted), _GRID, _FOUND, _UNLEARNED], before=before)


def head_of_many(
    tickets: QuerySet[Ticket],
    filters: TicketFilters,
    cursor: Cursor,
    limit: int,
    counted: "CountedCells | None" = None,
) -> Head:
    """The first rows of each cell, merged."""
    order = order_of(filters, cursor)
    newest = tickets.filter(beyond(filters, cursor)).order_by(*order)
    try:
        if filters.sort.by_number or not needs_cells(filters):
            page = newest.filter(in_states(filters)).values("pk")[:limit].query.sql_with_params()
        else:
            page = _merged(
                cells(newest.values("pk", "updated_at"), filters, limit), _order(filters, cursor), limit
            )
    except EmptyResultSet:
        return Head()
    head = _read([_page(*page), *(counted.parts if counted else ())])
    return Head(head.numbers, counted.learned(head.grid)) if counted else head


class CountedCells:
    """The cells of a list, each counted to the cap. What had more a moment ago is not counted again."""

    def __init__(self, tickets: QuerySet[Ticket], filters: TicketFilters) -> None:
        try:
            parts = list(cells(tickets.values("pk"), filters, CAP + 1))
        except EmptyResultSet:
            parts = []
        self._keys = {cell: _full_key(sql, params) for cell, sql, params in parts}
        full = cache.get_many(self._keys.values())
        self._full = {cell: CAP + 1 for cell, key in self._keys.items() if key in full}
        self.parts = [
            (f"SELECT '{'/'.join(cell)}', count(*) FROM ({sql}) AS counted", params)  # noqa: S608
            for cell, sql, params in parts
            if cell not in self._full
        ]

    def learned(self, grid: Mapping[Cell, int]) -> Mapping[Cell, int]:
        full = {self._keys[cell]: True for cell, n in grid.items() if n > CAP}
        cache.set_many(full, FULL_SECONDS)
        return self._full | dict(grid)

    def read(self) -> Mapping[Cell, int]:
        return self.learned(_read(self.parts).grid)


def needs_cells(filters: TicketFilters) -> bool:
    return bool(
        filters.statuses
        or filters.priorities
        or filters.client
        or filters.assignee is not None
        or filters.is_unassigned
    )


def order_of(filters: TicketFilters, cursor: Cursor) -> tuple[str, ...]:
    is_down = _is_down(filters, cursor)
    names = ("pk",) if filters.sort.by_number else ("updated_at", "pk")
    return tuple(f"-{name}" if is_down else name for name in names)


def beyond(filters: TicketFilters, cursor: Cursor) -> Q:
    """The rows after (or before) the cursor's row in list order."""
    if cursor.at is None:
        return Q()
    side = "lt" if _is_down(filters, cursor) else "gt"
    if filters.sort.by_number:
        return Q(**{f"pk__{side}": cursor.number})
    # The first condition is implied by the second; it is the one that an index range can use.
    return Q(**{f"updated_at__{side}e": cursor.at}) & (
        Q(**{f"updated_at__{side}": cursor.at}) | Q(**{f"pk__{side}": cursor.number})
    )


def _is_down(filters: TicketFilters, cursor: Cursor) -> bool:
    return filters.sort.is_down is not cursor.is_backwards


def _order(filters: TicketFilters, cursor: Cursor) -> str:
    falls = "DESC" if _is_down(filters, cursor) else "ASC"
    return ", ".join(f"{name.lstrip('-')} {falls}" for name in order_of(filters, cursor))


def _wanted(filters: TicketFilters, cursor: Cursor) -> Part:
    """`in_states` and `beyond` for the hits."""
    conditions: list[str] = []
    params: list[Any] = []
    for name, values in (("status", filters.statuses), ("priority", filters.priorities)):
        if values:
            conditions.append(f"{name} IN ({', '.join(['%s'] * len(values))})")
            params += sorted(value.value for value in values)
    side = "<" if _is_down(filters, cursor) else ">"
    if cursor.at is not None and filters.sort.by_number:
        conditions.append(f"pk {side} %s")
        params.append(cursor.number)
    elif cursor.at is not None:
        conditions.append(f"(updated_at, pk) {side} (%s, %s)")
        params += [connection.ops.adapt_datetimefield_value(cursor.at), cursor.number]
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), tuple(params)


def _page(sql: str, params: tuple[Any, ...]) -> Part:
    return f"SELECT '' AS cell, pk FROM ({sql}) AS page", params  # noqa: S608


def _merged(found: Iterable[tuple[Cell, str, tuple[Any, ...]]], order: str, limit: int) -> Part:
    parts = [(f"SELECT * FROM ({sql}) AS cell{i}", own) for i, (_cell, sql, own) in enumerate(found)]  # noqa: S608
    sql, params = _united(parts)
    return f"SELECT pk FROM ({sql}) AS cells ORDER BY {order} LIMIT {limit}", params  # noqa: S608


def _united(parts: Sequence[Part]) -> Part:
    params = tuple(param for _sql, own in parts for param in own)
    return " UNION ALL ".join(sql for sql, _own in parts), params


def _read(parts: Sequence[Part], before: Part = ("", ())) -> Head:
    if not parts:
        return Head()
    sql, params = _united(parts)
    with prepared(connection) as cursor:
        cursor.execute(before[0] + sql, before[1] + params)
        rows = cursor.fetchall()
    told = {name: n for name, n in rows if name}
    found, unlearned = told.pop("found", None), told.pop("unlearned", 0)
    return Head(
        [n for name, n in rows if not name],
        {_cell(name): n for name, n in told.items()},
        found,
        is_unlearned=bool(unlearned),
    )


def _cell(name: str) -> Cell:
    status, _, priority = name.partition("/")
    return Status(status), Priority(priority)


def _full_key(sql: str, params: tuple[Any, ...]) -> str:
    return f"full:{CAP}:{sha256(f'{sql}{params}'.encode()).hexdigest()}"
