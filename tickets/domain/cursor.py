"""Keyset cursors: the place in a sorted list as an opaque, harmless text.

A cursor holds a direction and the sort key of one row, never a field name, so that nothing in it can reach
another column (A13); where people wrote the key (a subject, a name) it holds their text. `LAST` asks for the
last page, which costs as little as the first.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

LAST = "last"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LARGEST = 2**63 - 1
_LONGEST = 300


class Direction(StrEnum):
    AFTER = "a"
    BEFORE = "b"


class BadCursor(ValueError):
    """The text is no cursor of ours."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A page lies after or before the row with this key; without a key it starts at that end of the list."""

    direction: Direction = Direction.AFTER
    at: datetime | None = None
    number: int = 0
    key: str = ""

    @property
    def is_backwards(self) -> bool:
        return self.direction is Direction.BEFORE

    def encode(self) -> str:
        if self.at is None:
            return LAST if self.is_backwards else ""
        micros = (self.at - _EPOCH) // _MICROSECOND
        plain = f"{self.direction}{micros}.{self.number}" + (f".{self.key}" if self.key else "")
        return urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def decode(text: str) -> Cursor:
    """Read a cursor; empty is the first page. Raises `BadCursor`."""
    if not text:
        return Cursor()
    if text == LAST:
        return Cursor(Direction.BEFORE)
    try:
        plain = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        first, second, *rest = plain[1:].split(".", 2)
        micros, number, key = int(first), int(second), rest[0] if rest else ""
        if not (0 <= number <= LARGEST) or len(key) > _LONGEST or "\x00" in key:
            raise BadCursor(text)
        return Cursor(Direction(plain[0]), _EPOCH + micros * _MICROSECOND, number, key)
    except (Base64Error, ValueError, IndexError, OverflowError) as problem:
        raise BadCursor(text) from problem
