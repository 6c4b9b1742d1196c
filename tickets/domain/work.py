"""Time, links and checklists of a ticket."""

import re
from datetime import datetime, timedelta
from enum import StrEnum


class TimeOrigin(StrEnum):
    TIMER = "timer"
    MANUAL = "manual"
    SESSION = "session"


class LinkKind(StrEnum):
    PARENT = "parent"
    RELATED = "related"


class LinkRole(StrEnum):
    """What the other ticket is to this one."""

    PARENT = "parent"
    CHILD = "child"
    RELATED = "related"


#: After so long without a sign of life a timer stops.
IDLE = timedelta(minutes=10)
#: Who looks at a ticket for less has not worked on it.
GLANCE = timedelta(minutes=1)
MAX_ENTRY = timedelta(hours=24)
MAX_ITEMS = 50
MAX_ITEM_LENGTH = 200


def is_idle(seen_at: datetime, now: datetime) -> bool:
    return now - seen_at >= IDLE


class NotALength(ValueError):
    """What was typed is no length of time between a minute and a day."""


_HOURS = r"(?:(?P<h>\d{1,2}(?:[.,]\d{1,2})?)\s*h)?"
_MINUTES = r"(?:(?P<m>\d{1,4})\s*(?:m|min)?)?"
_LENGTH = re.compile(rf"{_HOURS}\s*{_MINUTES}", re.IGNORECASE)
_CLOCK = re.compile(r"(?P<h>\d{1,2}):(?P<m>[0-5]\d)")


def length_of(text: str) -> timedelta:
    """ "1 h 20 m", "1:20", "1,5h", "80" (minutes). Raises `NotALength`."""
    text = text.strip()
    found = _CLOCK.fullmatch(text) or _LENGTH.fullmatch(text)
    if found is None:
        raise NotALength
    hours = float((found["h"] or "0").replace(",", "."))
    length = timedelta(minutes=round(hours * 60) + int(found["m"] or 0))
    if not GLANCE <= length <= MAX_ENTRY:
        raise NotALength
    return length
