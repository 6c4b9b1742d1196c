"""How long somebody was there, and how long both sides were: stays overlap when somebody has two windows."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def joined_up(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def time_of(spans: Iterable[Span]) -> timedelta:
    return sum((end - begin for begin, end in joined_up(spans)), timedelta())


def time_together(one: Sequence[Span], other: Sequence[Span]) -> timedelta:
    """While both were there: what was there twice when each is counted by itself."""
    return time_of(one) + time_of(other) - time_of([*one, *other])
