"""Counts that stop at a cap: nobody needs to know whether 20,000 or 20,001 tickets are closed."""

from collections.abc import Mapping
from dataclasses import dataclass

from tickets.domain.priority import Priority
from tickets.domain.status import Status

CAP = 1_000


@dataclass(frozen=True, slots=True)
class Count:
    """A number of tickets; above the cap only "more than"."""

    value: int

    @property
    def is_capped(self) -> bool:
        return self.value > CAP

    def __int__(self) -> int:
        return min(self.value, CAP)

    def __str__(self) -> str:
        return f"{CAP:,}+" if self.is_capped else f"{self.value:,}"


@dataclass(frozen=True, slots=True)
class QuickCounts:
    """What each quick filter would show, the other filters left as they are."""

    status: dict[Status, Count]
    priority: dict[Priority, Count]
    total: Count


def quick_counts_of(
    grid: Mapping[tuple[Status, Priority], int],
    *,
    statuses: frozenset[Status],
    priorities: frozenset[Priority],
) -> QuickCounts:
    """Sum a grid of (status, priority) cells, each exact up to the cap, into the quick filters' counts."""

    def total(in_statuses: frozenset[Status], in_priorities: frozenset[Priority]) -> Count:
        return Count(
            sum(n for (status, prio), n in grid.items() if status in in_statuses and prio in in_priorities)
        )

    shown_statuses = statuses or frozenset(Status)
    shown_priorities = priorities or frozenset(Priority)
    return QuickCounts(
        status={status: total(frozenset({status}), shown_priorities) for status in Status},
        priority={priority: total(shown_statuses, frozenset({priority})) for priority in Priority},
        total=total(shown_statuses, shown_priorities),
    )
