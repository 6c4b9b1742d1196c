"""Rows of the filter builder: field, operator, value, as they stand in the address of a list.

One row is `field.operator.value`, for example `tag.is.vpn` or `updated.within.7`. Only what is listed here is
known, so that nothing in an address reaches the ORM as given (A13).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from agents.domain.fields import NO, YES, FieldOf, FieldType, NotAValue, canonical
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
#: Fields that a desk added to tickets, to their contacts and devices are called by their key behind this.
CUSTOM: Final = "field-"
OWNERS: Final = {"field": FieldOf.TICKET, "contact": FieldOf.CONTACT, "device": FieldOf.DEVICE}
_CUSTOM = re.compile(r"(field|contact|device)-([a-z0-9_-]{1,40})")
#: Between the two ends of `between`; no value of a number or a day holds it.
UP_TO: Final = ".."


class Field(StrEnum):
    STATUS = "status"
    PRIORITY = "priority"
    ASSIGNEE = "assignee"
    CLIENT = "client"
    TAG = "tag"
    SUBJECT = "subject"
    TYPE = "type"
    SOURCE = "source"
    ASLEEP = "asleep"
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
    # Of fields that the desk added alone.
    NEXT = "next"
    """In the next so many days, today too."""
    OVER = "over"
    UNDER = "under"
    BETWEEN = "between"
    """Two numbers or two days, both ends too."""
    EMPTY = "empty"
    FILLED = "filled"


#: Operators that turn the sense of another one round.
OPPOSITES: Final = {
    Op.NOT: Op.IS,
    Op.LACKS: Op.HAS,
    Op.OLDER: Op.WITHIN,
    Op.BEFORE: Op.AFTER,
    Op.EMPTY: Op.FILLED,
}
#: Of fields of the desk these are no opposites: what is empty is neither.
_OWN_OPPOSITES: Final = {Op.NOT, Op.LACKS, Op.EMPTY}
_IS = (Op.IS, Op.NOT)
_WHEN = (Op.WITHIN, Op.OLDER, Op.AFTER, Op.BEFORE)
_DAYS = (Op.WITHIN, Op.OLDER, Op.NEXT)
_BLANK = (Op.EMPTY, Op.FILLED)
#: What a field of the desk can be asked, by its type.
OWN_OPS: Final[Mapping[FieldType, tuple[Op, ...]]] = {
    FieldType.TEXT: (*_IS, Op.HAS, Op.LACKS, *_BLANK),
    FieldType.NUMBER: (*_IS, Op.OVER, Op.UNDER, Op.BETWEEN, *_BLANK),
    FieldType.DATE: (*_IS, Op.AFTER, Op.BEFORE, Op.BETWEEN, Op.WITHIN, Op.OLDER, Op.NEXT, *_BLANK),
    FieldType.CHOICE: (*_IS, *_BLANK),
    FieldType.YES_NO: (*_IS, *_BLANK),
}
_ANY_OWN: Final = tuple(dict.fromkeys(op for ops in OWN_OPS.values() for op in ops))
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
    Field.ASLEEP: [YES, NO],
}


class BadRow(ValueError):
    """One part of a row is none of ours: `part` is "field", "op" or "value"."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True)
class Row:
    """`field` is a `Field` or the name of a field that the desk added. `at`: the moment a time means.

    Of a field of the desk `bounds` are the ends of what is asked for, as values are kept, "" for none.
    """

    field: str
    op: Op
    value: str
    at: datetime | None = None
    bounds: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        return f"{self.field}.{self.op}.{self.value}"

    @property
    def is_turned(self) -> bool:
        return self.op in (_OWN_OPPOSITES if self.own else OPPOSITES)

    @property
    def own(self) -> tuple[FieldOf, str] | None:
        """Of a field that the desk added: what it belongs to and its key."""
        return own_of(self.field)


def own_of(field: str) -> tuple[FieldOf, str] | None:
    found = _CUSTOM.fullmatch(field)
    return (OWNERS[found[1]], found[2]) if found else None


def name_of_own(owner: str, key: str) -> str:
    return next(f"{name}-{key}" for name, of in OWNERS.items() if of == owner)


def ops_of(field: str, kind: FieldType | None = None) -> tuple[Op, ...]:
    """`kind`: the type of a field that the desk added; without it all that any of them can be asked."""
    if field in set(Field):
        return _OPS.get(Field(field), _IS)
    return OWN_OPS[kind] if kind else _ANY_OWN


def read_rows(texts: Iterable[str], *, me: int, now: datetime | None) -> tuple[Row, ...]:
    """Raises `BadRow`, also for days back from a `now` that nobody gave. Days are those of `now`'s clock."""
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
    if field not in set(Field) and not own_of(field):
        raise BadRow("field")
    if op not in ops_of(field):
        raise BadRow("op")
    value = value.strip()
    if "\x00" in value or len(value) > MAX_VALUE:
        raise BadRow("value")
    if own_of(field):
        return Row(field, Op(op), value, bounds=_bounds(Op(op), value, now))
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
    if op in _DAYS:
        if now is None or not _is_number(value) or not 0 < int(value) <= MAX_DAYS:
            raise BadRow("value")
        return now - timedelta(days=int(value))
    try:
        return datetime.combine(date.fromisoformat(value), time(), now.tzinfo if now else UTC)
    except ValueError:
        raise BadRow("value") from None


def _bounds(op: Op, value: str, now: datetime | None) -> tuple[str, str]:
    """The ends of what a field of the desk is asked for. Raises `BadRow`."""
    if op in _DAYS:
        back = _moment(op, value, now).date()
        today = back + timedelta(days=int(value))
        ends = {Op.WITHIN: (back, today), Op.OLDER: ("", back), Op.NEXT: (today, today + (today - back))}
        first, last = ends[op]
        return str(first), str(last)
    try:
        if op is Op.BETWEEN:
            return _both(*value.split(UP_TO, 1))
        kind = FieldType.NUMBER if op in {Op.OVER, Op.UNDER} else FieldType.DATE
        typed = canonical(kind, value) if op in {Op.OVER, Op.UNDER, Op.AFTER, Op.BEFORE} else value
    except (NotAValue, TypeError):
        raise BadRow("value") from None
    if bool(typed) is (op in _BLANK):
        raise BadRow("value")
    return ("", typed) if op in {Op.UNDER, Op.BEFORE} else (typed, "")


def _both(first: str, last: str) -> tuple[str, str]:
    """Numbers first: 20261101 is a day, too, as ISO 8601 writes it short."""
    try:
        ends = canonical(FieldType.NUMBER, first), canonical(FieldType.NUMBER, last)
        is_right = all(ends) and Decimal(ends[0]) <= Decimal(ends[1])
    except NotAValue:
        ends = canonical(FieldType.DATE, first), canonical(FieldType.DATE, last)
        is_right = ends[0] <= ends[1]
    if not all(ends) or not is_right:
        raise NotAValue
    return ends
