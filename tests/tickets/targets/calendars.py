"""Calendars for tests."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tickets.domain.hours import Closure, Hours, Span

SPLIT = (Span(480, 720), Span(780, 1080))
"""8 to 12 and 13 to 18: nine hours."""
SHORT = (Span(480, 900),)
"""8 to 15."""
CHRISTMAS = (
    Closure(date(2026, 12, 24), date(2026, 12, 24), Span(720, 1440)),
    Closure(date(2026, 12, 25), date(2026, 12, 26)),
)


def office(zone: str = "Europe/Berlin", *closures: Closure) -> Hours:
    """Monday to Thursday split, Friday short, closed at the weekend."""
    return Hours(zone, (SPLIT, SPLIT, SPLIT, SPLIT, SHORT, (), ()), closures)


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    """ "2026-11-23 10:00" on the wall of the zone; 23 November 2026 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


HOUR = 3600
