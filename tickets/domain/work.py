"""Time, links and checklists of a ticket."""

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
