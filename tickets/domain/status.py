"""The states of a ticket and the moves between them."""

from enum import StrEnum


class Status(StrEnum):
    OPEN = "open"
    PROCESSING = "processing"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


#: Still somebody's work.
UNFINISHED: frozenset[Status] = frozenset({Status.OPEN, Status.PROCESSING, Status.WAITING})

#: Closed is final: a later reply of the customer makes a linked follow-up ticket instead.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.PROCESSING, Status.WAITING, Status.RESOLVED, Status.CLOSED}),
    Status.PROCESSING: frozenset({Status.OPEN, Status.WAITING, Status.RESOLVED, Status.CLOSED}),
    Status.WAITING: frozenset({Status.OPEN, Status.PROCESSING, Status.RESOLVED, Status.CLOSED}),
    Status.RESOLVED: frozenset({Status.OPEN, Status.PROCESSING, Status.WAITING, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}


def may_move(source: Status, target: Status) -> bool:
    return target in TRANSITIONS[source]


def after_customer_reply(status: Status) -> Status:
    """A customer's word reopens what was resolved and ends the waiting for it; other states stay."""
    return Status.OPEN if status in {Status.RESOLVED, Status.WAITING} else status
