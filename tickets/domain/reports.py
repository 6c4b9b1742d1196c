"""The reports, and when one that is sent by mail goes out."""

from datetime import date, timedelta
from enum import StrEnum


class ReportKind(StrEnum):
    TECHNICIANS = "technicians"
    CLIENTS = "clients"
    TARGETS = "targets"
    TIME = "time"
    SATISFACTION = "satisfaction"


class Rhythm(StrEnum):
    WEEK = "week"
    MONTH = "month"


def next_day(rhythm: Rhythm, today: date) -> date:
    """The next Monday, or the first of the next month."""
    if rhythm is Rhythm.WEEK:
        return today + timedelta(days=7 - today.weekday())
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def days_before(rhythm: Rhythm, day: date) -> tuple[date, date]:
    """First and last day of the week or month that ended before this day."""
    if rhythm is Rhythm.WEEK:
        monday = day - timedelta(days=day.weekday() + 7)
        return monday, monday + timedelta(days=6)
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def share(part: int, whole: int) -> str:
    """ "93 %", rounded down so that 100 means all; a dash of nothing."""
    return f"{100 * part // whole} %" if whole else "–"
