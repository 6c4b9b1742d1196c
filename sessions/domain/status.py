"""The status of a service request. Nobody sets it: it follows from who is connected, an end and the time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    TECHNICIAN = "technician"
    CUSTOMER = "customer"


class Status(StrEnum):
    NEW = "new"
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    EXPIRED = "expired"


FINAL: Final = frozenset({Status.CLOSED, Status.EXPIRED})
OPEN: Final = frozenset(Status) - FINAL

#: What may follow. Two steps from In progress to New: both sides fall silent at once when a process dies.
TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.NEW: frozenset({Status.PENDING}) | FINAL,
    Status.PENDING: frozenset({Status.NEW, Status.IN_PROGRESS}) | FINAL,
    Status.IN_PROGRESS: frozenset({Status.NEW, Status.PENDING}) | FINAL,
    Status.CLOSED: frozenset(),
    Status.EXPIRED: frozenset(),
}

#: Whoever holds a connection says so this often; a multiple of it without a word, and the connection is gone.
RENEW_EVERY: Final = timedelta(seconds=5)
LEASE_FOR: Final = timedelta(seconds=15)


def sources_of(target: Status) -> frozenset[Status]:
    return frozenset(status for status, targets in TRANSITIONS.items() if target in targets)


def is_past(expires_at: datetime, now: datetime) -> bool:
    """Nobody new joins from this moment on."""
    return now >= expires_at


def status_of(
    ended: Status | None, *, technicians: int, customers: int, expires_at: datetime, now: datetime
) -> Status:
    """The truth at `now`. `ended` is final for good; the numbers count who is connected.

    A request that is live when its time is up goes on until one side leaves.
    """
    if ended is not None:
        return ended
    if technicians and customers:
        return Status.IN_PROGRESS
    if is_past(expires_at, now):
        return Status.EXPIRED
    return Status.PENDING if technicians or customers else Status.NEW


def is_held(heard_at: datetime, now: datetime) -> bool:
    """Whether a connection of which something was last heard then still counts."""
    return now - heard_at < LEASE_FOR
