"""Rows about fields that the desk added, asked of one kept value instead of a table."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from agents.domain.fields import FieldType, NotAValue, canonical
from tickets.domain.conditions import CUSTOM, OPPOSITES, UP_TO, BadRow, Op, Row, ops_of, read_row
from tickets.domain.find import straight

#: A field with its value, else a "phrase" as a whole: what stands in one is text.
_SAID = re.compile(r'(?<!\S)([a-z][a-z0-9_-]*):(?:"([^"]+)"|([^\s"]+))(?!\S)|"[^"]*"?', re.IGNORECASE)
#: Of a field as the search knows it: its type and choices, None where there is none.
Known = Callable[[str], tuple[FieldType, tuple[str, ...]] | None]
#: What a value can be asked once and for all: nothing that changes with the day.
STEADY = tuple(op for op in Op if op not in {Op.WITHIN, Op.OLDER, Op.NEXT})


def holds(row: Row, value: str) -> bool:
    """Whether a kept value, "" for none, is what the row asks for; what is empty is neither more nor less."""
    if row.is_turned:
        return not holds(replace(row, op=OPPOSITES[row.op]), value)
    if row.op is Op.FILLED:
        return bool(value)
    if row.op is Op.IS:
        return value == row.value
    if row.op is Op.HAS:
        return row.value.casefold() in value.casefold()
    return bool(value) and _lies_between(row, value)


def _lies_between(row: Row, value: str) -> bool:
    first, last = row.bounds
    is_number = "-" not in (first or last)[1:]  # 2026-11-22 compares as text
    try:
        here, low, high = (Decimal(text or 0) if is_number else text for text in (value, first, last))
    except InvalidOperation:
        return False
    is_above = here > low if row.op is Op.OVER else here >= low  # type: ignore[operator] # alike
    is_below = here < high if row.op in {Op.UNDER, Op.BEFORE} else here <= high  # type: ignore[operator]
    return (not first or is_above) and (not last or is_below)


def typed_row(name: str, op: str, value: str, *, kind: FieldType, choices: tuple[str, ...] = ()) -> Row:
    """What somebody typed of a field of this type, like "field-impact"; "" as the operator is "is". Raises
    `BadRow`.
    """
    op = op or Op.IS
    if op not in set(STEADY) & set(ops_of("", kind)):
        raise BadRow("op")
    try:
        if op in {Op.IS, Op.NOT}:
            value = canonical(kind, value, choices)
        if op == Op.BETWEEN:
            value = UP_TO.join(canonical(kind, end) for end in value.split(UP_TO, 1))
        if op in {Op.EMPTY, Op.FILLED}:
            value = ""
    except NotAValue:
        raise BadRow("value") from None
    return read_row(name, op, value, me=0, now=None)


def names_in(query: str) -> set[str]:
    """Fields that a search may ask for: "cost" and "device-rack" in `cost:5 device-rack:7 lamp`."""
    return {match[1].lower() for match in _SAID.finditer(straight(query)) if match[1]}


def taken_from(query: str, known: Known) -> tuple[str, tuple[Row, ...]]:
    """The search without what it says of fields of the desk, and that as rows. What is no value of its field
    stays a word.
    """
    rows: list[Row] = []

    def take(match: re.Match[str]) -> str:
        name = (match[1] or "").lower()
        name = name if name.startswith(("contact-", "device-")) else f"{CUSTOM}{name}"
        if (field := known(name)) is None:
            return match[0]
        kind, choices = field
        value = match[2] or match[3]
        value = next((each for each in choices if each.casefold() == value.casefold()), value)
        try:
            op = Op.HAS if kind is FieldType.TEXT else Op.IS
            rows.append(
                typed_row(
                    name, op, value.lower() if kind is FieldType.YES_NO else value, kind=kind, choices=choices
                )
            )
        except BadRow:
            return match[0]
        return ""

    rest = _SAID.sub(take, straight(query))
    return " ".join(rest.split()) if rows else query, tuple(rows)
