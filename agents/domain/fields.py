"""Fields that a desk adds to tickets, contacts and devices: what a value of each type looks like."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

MAX_VALUE = 400
MAX_CHOICES = 50


class FieldOf(StrEnum):
    """What the field belongs to."""

    TICKET = "ticket"
    CONTACT = "contact"
    DEVICE = "device"


class FieldType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    YES_NO = "yes-no"


YES, NO = "yes", "no"


class NotAValue(ValueError):
    """What was typed is no value of this type."""


def canonical(kind: FieldType, text: str, choices: tuple[str, ...] = ()) -> str:
    """The one way to write this value, by which it is kept, compared and filtered; "" is no value.

    Numbers in plain decimals ("1.5", a comma is a point), dates as 2026-11-22, "yes" or "no". Raises
    `NotAValue`.
    """
    text = " ".join(text.split())
    if not text:
        return ""
    if kind is FieldType.NUMBER:
        return _number(text)
    if kind is FieldType.DATE:
        return _date(text)
    if kind is FieldType.YES_NO and text not in {YES, NO}:
        raise NotAValue
    if (kind is FieldType.CHOICE and text not in choices) or len(text) > MAX_VALUE:
        raise NotAValue
    return text


def _number(text: str) -> str:
    try:
        number = Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise NotAValue from None
    # `abs` fails at a number of a million zeros, 1e1000000.
    if not number.is_finite() or number.adjusted() >= 15 or number.as_tuple().exponent < -6:  # type: ignore[operator]
        raise NotAValue
    whole = number.normalize()
    return f"{whole if whole else Decimal(0):f}"


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotAValue from None
