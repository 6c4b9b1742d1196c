"""Counting on Django's cache in windows that begin with the first use: there is no edge to wait for."""

import hashlib
from datetime import datetime

from django.core.cache import cache

from helpdesk.core.errors import TooMany


def _name(scope: str, key: str) -> str:
    """It hides `key` (A17)."""
    return f"throttle:{scope}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _begun(name: str, per_seconds: int, at: int) -> int | None:
    """When the window began that `at` falls into."""
    begun: int | None = cache.get(name)
    return begun if begun is not None and begun <= at < begun + per_seconds else None


def hit(scope: str, key: str, *, limit: int, per_seconds: int, now: datetime) -> int:
    """Counts one use and returns the count; the use after `limit` in a window raises TooMany."""
    name, at = _name(scope, key), int(now.timestamp())
    begun = _begun(name, per_seconds, at)
    if begun is None:
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
    begun = _begun(name, per_seconds, int(now.timestamp()))
    try:
        cache.decr(f"{name}:{begun}")
    except ValueError:  # the window has been dropped meanwhile
        return
