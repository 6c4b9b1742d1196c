"""Rows of the filter builder: field, operator, value, as they stand in the address of a list.

One row is `field.operator.value`, for example `tag.is.vpn` or `updated.within.7`. Only what is listed here is
known, so that nothing in an address reaches the ORM as given (A13).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import Status

MAX_ROWS: Final = 10
MAX_VALUE: Final = 200
MAX_DAYS: Final = 3650
ME: Final = "me"
NOBODY: Final = "nobody"
NONE: Final = "none"
TEAM: Final = "team-"
#: Fields that a desk added are called by their key behind this.
CUSTOM: Final = "field-"
_CUSTOM = re.compile(r"field-[a-z0-9_-]{1,40}")


class Field(StrEnum):
    STATUS = "status"
    PRIORITY = "priority"
    ASSIGNEE = "assignee"
    CLIENT = "client"
    TAG = "tag"
    SUBJECT = "subject"
    TYPE = "type"
    SOURCE = "source"
    OPENED = "opened"
    UPDATED = "updated"


class Op(StrEnum):
    IS = "is"
    NOT = "not"
    HAS = "has"
    LACKS = "lacks"
    WITHIN = "within"
    """In the last so many days."""
    OLDER = "older"
    """Longer ago than so many days."""
    AFTER = "after"
    BEFORE = "before"


#: Operators that turn the sense of another one round.
OPPOSITES: Final = {Op.NOT: Op.IS, Op.LACKS: Op.HAS, Op.OLDER: Op.WITHIN, Op.BEFORE: Op.AFTER}
_IS = (Op.IS, Op.NOT)
_WHEN = (Op.WITHIN, Op.OLDER, Op.AFTER, Op.BEFORE)
_OPS: Final[Mapping[Field, tuple[Op, ...]]] = {
    Field.SUBJECT: (Op.HAS, Op.LACKS),
    Field.OPENED: _WHEN,
    Field.UPDATED: _WHEN,
}
CHOICES: Final[Mapping[Field, Collection[str]]] = {
    Field.STATUS: list(Status),
    Field.PRIORITY: list(Priority),
    Field.TYPE: ["", *TicketType],
    Field.SOURCE: list(Source),
}


class BadRow(ValueError):
    """One part of a row is none of ours: `part` is "field", "op" or "value"."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True)
class Row:
    """`field` is a `Field` or the name of a field that the desk added. `at`: the moment a time means."""

    field: str
    op: Op
    value: str
    at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.field}.{self.op}.{self.value}"

    @property
    def is_turned(self) -> bool:
        return self.op in OPPOSITES


def ops_of(field: str) -> tuple[Op, ...]:
    return _OPS.get(Field(field), _IS) if field in set(Field) else _IS


def read_rows(texts: Iterable[str], *, me: int, now: datetime | None) -> tuple[Row, ...]:
    """Raises `BadRow`, also for days back from a `now` that nobody gave."""
    found = [text for text in texts if text]
    if len(found) > MAX_ROWS:
        raise BadRow("field")
    return tuple(_read(text, me, now) for text in found)


def _read(text: str, me: int, now: datetime | None) -> Row:
    parts = text.split(".", 2)
    if len(parts) != 3:
        raise BadRow("field")
    return read_row(*parts, me=me, now=now)


def read_row(field: str, op: str, value: str, *, me: int, now: datetime | None) -> Row:
    """One row; `me` as a value becomes this user. Raises `BadRow`."""
    if field not in set(Field) and not _CUSTOM.fullmatch(field):
        raise BadRow("field")
    if op not in ops_of(field):
        raise BadRow("op")
    value = value.strip()
    if "\x00" in value or len(value) > MAX_VALUE:
        raise BadRow("value")
    at = _moment(Op(op), value, now) if op in _WHEN else None
    if at is None:
        _check(field, value)
    return Row(field, Op(op), str(me) if field == Field.ASSIGNEE and value == ME else value, at)


def _check(field: str, value: str) -> None:
    if field in CHOICES:
        is_good = value in CHOICES[Field(field)]
    elif field == Field.ASSIGNEE:
        is_good = value in {ME, NOBODY} or _is_number(value.removeprefix(TEAM))
    elif field == Field.CLIENT:
        is_good = value == NONE or _is_uuid(value)
    else:
        is_good = bool(value)
    if not is_good:
        raise BadRow("value")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _moment(op: Op, value: str, now: datetime | None) -> datetime:
    if op in {Op.WITHIN, Op.OLDER}:
        if now is None or not _is_number(value) or not 0 < int(value) <= MAX_DAYS:
            raise BadRow("value")
        return now - timedelta(days=int(value))
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError:
        raise BadRow("value") from None
