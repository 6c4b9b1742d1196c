"""How long a failed piece of work waits before it is tried again."""

from datetime import timedelta

MAX_TRIES = 8
_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200)


def delay_after(tries: int) -> timedelta | None:
    """The pause after the `tries`-th failure (1 is the first), or None: give up, `MAX_TRIES` are used up."""
    return timedelta(seconds=_SECONDS[tries - 1]) if tries < MAX_TRIES else None
