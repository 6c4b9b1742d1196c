"""Fixed-window counting on Django's cache."""

import hashlib
from datetime import datetime

from django.core.cache import cache

from helpdesk.core.errors import TooMany


def _slot(scope: str, key: str, per_seconds: int, now: datetime) -> tuple[str, int]:
    """The cache key of the window of `now`, and the seconds until it ends. It hides `key` (A17)."""
    window, passed = divmod(int(now.timestamp()), per_seconds)
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"throttle:{scope}:{window}:{digest}", per_seconds - passed


def hit(scope: str, key: str, *, limit: int, per_seconds: int, now: datetime) -> int:
    """Counts one use and returns the count; the use after `limit` in a window raises TooMany."""
    slot, left = _slot(scope, key, per_seconds, now)
    cache.add(slot, 0, timeout=per_seconds)
    try:
        count: int = cache.incr(slot)
    except ValueError:  # evicted between the two calls
        cache.set(slot, 1, timeout=per_seconds)
        count = 1
    if count > limit:
        raise TooMany(retry_after_seconds=left)
    return count


def take_back(scope: str, key: str, *, per_seconds: int, now: datetime) -> None:
    """Uncounts one use of the same window: what succeeded was no attack."""
    try:
        cache.decr(_slot(scope, key, per_seconds, now)[0])
    except ValueError:  # the window has been dropped meanwhile
        return
