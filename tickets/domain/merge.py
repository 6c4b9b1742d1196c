"""What stands against a merge, and which tickets may be one and the same."""

import re
from enum import StrEnum
from typing import NamedTuple

from tickets.domain.mail.ids import without_number


class Obstacle(StrEnum):
    ITSELF = "itself"
    MERGED = "merged"
    TARGET_MERGED = "target-merged"
    CIRCLE = "circle"
    CLOSED = "closed"
    CLIENTS = "clients"


class Side(NamedTuple):
    """One ticket of a merge; `goes_on_in` is the end of the chain of its own merges, 0 without any."""

    number: int
    client: int | None = None
    is_closed: bool = False
    goes_on_in: int = 0


def obstacle(source: Side, target: Side, *, across_clients: bool = False) -> Obstacle | None:
    """The first reason against it. A ticket of no client goes with every other one."""
    if source.number == target.number:
        return Obstacle.ITSELF
    if source.goes_on_in:
        return Obstacle.MERGED
    if target.goes_on_in:
        return Obstacle.CIRCLE if target.goes_on_in == source.number else Obstacle.TARGET_MERGED
    if target.is_closed:
        return Obstacle.CLOSED
    clients = {source.client, target.client} - {None}
    return Obstacle.CLIENTS if len(clients) > 1 and not across_clients else None


_PREFIX = re.compile(r"^(?:\w{2,4}(?:\[\d+\])?:\s*)+", re.IGNORECASE)
SIMILAR = 0.5


def subject_words(subject: str) -> frozenset[str]:
    """Without "Re:" and the like, our number and punctuation."""
    bare = _PREFIX.sub("", without_number(subject))
    return frozenset(word.casefold() for word in re.findall(r"\w+", bare) if len(word) > 1)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of words that two subjects have in common, 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0
