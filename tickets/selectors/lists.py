from dataclasses import dataclass

from tickets.domain.counts import QuickCounts
from tickets.domain.cursor import Cursor
from tickets.domain.filters import TicketFilters
from tickets.models import Ticket

from helpdesk.core.models import User

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class TicketPage:
    """One page of a list. `previous` and `next` are None where nothing lies there; encode them into links."""

    tickets: list[Ticket]
    previous: Cursor | None
    next: Cursor | None


def ticket_list(
    user: User, filters: TicketFilters, cursor: Cursor | None = None, *, limit: int = PAGE_SIZE
) -> TicketPage:
    """A page of visible tickets with client, contact names, assignee, team and tags: 2 queries, at most 4 with
    a search and a tag, however many tickets there are. Also feeds the inbox column.
    """
    raise NotImplementedError


def quick_counts(user: User, filters: TicketFilters) -> QuickCounts:
    """Capped counts by status and by priority under the other filters, in one query (two with a search)."""
    raise NotImplementedError
