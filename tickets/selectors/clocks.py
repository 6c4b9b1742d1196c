"""The clocks of many tickets: beside a list, and by when they are due."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from helpdesk.core.models import User
from helpdesk.core.rows import ASKED, Kept
from tickets.domain.filters import Sort
from tickets.domain.status import UNFINISHED
from tickets.domain.targets import ClockKind
from tickets.models import Ticket, TicketClock
from tickets.selectors.access import tickets_visible_to
from tickets.selectors.dues import FACTS, Due, due_from
from tickets.selectors.lists import TicketList, TicketPage
from tickets.selectors.search_index import among

#: Tickets that stand above a list because a promise was broken; the rest keep their places.
MAX_ON_TOP = 10
_NEVER = datetime.max.replace(tzinfo=UTC)


_TOLD = ("pk", "ticket", "kind", "is_on_top", *FACTS)


def _clocks(is_first: bool) -> QuerySet[TicketClock, Any]:  # noqa: FBT001 - a shape
    """Of the tickets asked for; beside the first page those that were missed too."""
    running = TicketClock.objects.filter(met_at=None).order_by()
    here = running.filter(ticket__in=among(ASKED)).values_list(*_TOLD)
    if not is_first:
        return here
    # The two have an index each; asked for with "or" neither is used.
    late = running.filter(is_on_top=True).order_by("due_at", "ticket")[: 2 * MAX_ON_TOP]
    return here.union(running.filter(pk__in=late.values("pk")).values_list(*_TOLD))


_CLOCKS: Kept[Any] = Kept(_clocks)


@dataclass(frozen=True, slots=True)
class DueColumn:
    """Beside one page of a list: what is due next, and the tickets that a broken promise lifts above it."""

    by_ticket: Mapping[int, Due]
    lifted: Sequence[Ticket]


def due_column(listed: TicketList, page: TicketPage, now: datetime) -> DueColumn:
    """One query; one more while tickets stand above the list that are not on this page.

    They stand above the first page of the usual order, and in their own place too.
    """
    if not page.tickets:  # a first page without tickets is a list without tickets
        return DueColumn({}, [])
    here = [ticket.pk for ticket in page.tickets]
    is_first = page.previous is None and listed.filters.sort is Sort.UPDATED_DOWN
    rows = [dict(zip(_TOLD, row, strict=True)) for row in _CLOCKS.rows(json.dumps(here), is_first)]
    found: dict[int, list[Due]] = {}
    top: dict[int, None] = {}
    for facts in sorted(rows, key=lambda row: (row["due_at"] or _NEVER, row["pk"])):
        found.setdefault(facts["ticket"], []).append(due_from(ClockKind(facts["kind"]), facts, now))
        if facts["is_on_top"] and is_first:
            top[facts["ticket"]] = None
    lifted = listed.lifted([*top][:MAX_ON_TOP]) if top else []
    return DueColumn({number: _next(dues) for number, dues in found.items()}, lifted)


def _next(dues: Sequence[Due]) -> Due:
    return min(dues, key=lambda due: due.at or _NEVER)


def clocks_running(user: User | AnonymousUser) -> QuerySet[TicketClock]:
    """Clocks of visible unfinished tickets that are not kept yet, first due first."""
    tickets = tickets_visible_to(user).filter(status__in=sorted(UNFINISHED)).order_by().values("pk")
    rows = TicketClock.objects.filter(met_at=None, ticket__in=tickets)
    return rows.select_related("ticket__client", "ticket__assignee", "target").order_by("due_at", "id")
