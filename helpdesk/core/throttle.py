"""Counting on Django's cache in windows that begin with the first use: there is no edge to wait for."""

import hashlib
from datetime import datetime

from django.core.cache import cache

from helpdesk.core.errors import TooMany


def _name(scope: str, key: str) -> str:
    """It hides `key` (A17)."""
    return f"throttle:{scope}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _is_within(begun: int, per_seconds: int, at: int) -> bool:
    """Who looked at the clock before another's use and is counted after it falls into its window, too: else
    the window would begin anew, and what it has counted were forgotten.
    """
    return abs(at - begun) < per_seconds


def hit(scope: str, key: str, *, limit: int, per_seconds: int, now: datetime) -> int:
    """Counts one use and returns the count; the use after `limit` in a window raises TooMany."""
    name, at = _name(scope, key), int(now.timestamp())
    begun: int = cache.get_or_set(name, at, timeout=per_seconds) or at  # of two at once one begins
    if not _is_within(begun, per_seconds, at):
        begun = at
        cache.set(name, begun, timeout=per_seconds)
    slot = f"{name}:{begun}"
    cache.add(slot, 0, timeout=per_seconds)
    try:
        count: int = cache.incr(slot)
    except ValueError:  # evicted between the two calls
        cache.set(slot, 1, timeout=per_seconds)
        count = 1
    if count > limit:
        raise TooMany(retry_after_seconds=begun + per_seconds - at)
    return count


def take_back(scope: str, key: str, *, per_seconds: int, now: datetime) -> None:
    """Uncounts one use of the same window: what succeeded was no attack."""
    name = _name(scope, key)
    begun: int | None = cache.get(name)
    if begun is None or not _is_within(begun, per_seconds, int(now.timestamp())):
        return
    try:
        cache.decr(f"{name}:{begun}")
    except ValueError:  # the window has been dropped meanwhile
        return
