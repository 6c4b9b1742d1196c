"""The support key: the right of one customer to join one request by its code or link, for some hours.

Whoever joins first is the customer. They may come back as long as the request lives, however old the key is:
it is a key for joining, not for staying.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class KeyState(StrEnum):
    VALID = "valid"
    USED = "used"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Renewal(StrEnum):
    """What renewing does."""

    LONGER = "longer"
    NEW_CODE = "new_code"
    NEEDLESS = "needless"


@dataclass(frozen=True, slots=True)
class Key:
    expires_at: datetime
    used_at: datetime | None = None
    withdrawn_at: datetime | None = None


def key_state(key: Key, now: datetime) -> KeyState:
    if key.withdrawn_at is not None:
        return KeyState.WITHDRAWN
    if key.used_at is not None:
        return KeyState.USED
    return KeyState.VALID if now < key.expires_at else KeyState.LAPSED


def key_ends(now: datetime, *, valid_for: timedelta, request_expires_at: datetime) -> datetime:
    """A key is never good for longer than its request takes joins."""
    return min(now + valid_for, request_expires_at)


def renewal(key: Key, *, is_customer_there: bool, now: datetime) -> Renewal:
    """The customer has the code already, so it stays the same as long as nobody else can have used it: a code
    that was withdrawn, or by which somebody came in, never works again.
    """
    state = key_state(key, now)
    if state is KeyState.USED and is_customer_there:
        return Renewal.NEEDLESS
    return Renewal.LONGER if state in (KeyState.VALID, KeyState.LAPSED) else Renewal.NEW_CODE
