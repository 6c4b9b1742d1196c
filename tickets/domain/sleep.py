"""The moments that a ticket is usually snoozed until, in the reader's own time."""

from datetime import datetime, time, timedelta
from enum import StrEnum

MORNING = time(9, 0)


class Nap(StrEnum):
    LATER = "later"
    TOMORROW = "tomorrow"
    MONDAY = "monday"
    NEXT_MONTH = "month"
    ANSWER = "answer"


def end_of(nap: Nap, local: datetime) -> datetime | None:
    """In the zone of `local`; None: only an answer ends it. Later is in three hours, others begin at 9."""
    if nap is Nap.ANSWER:
        return None
    if nap is Nap.LATER:
        return local.replace(second=0, microsecond=0) + timedelta(hours=3)
    days = {Nap.TOMORROW: 1, Nap.MONDAY: 7 - local.weekday(), Nap.NEXT_MONTH: 30}[nap]
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, tzinfo=local.tzinfo)
