from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.cache import cache

from helpdesk.core.models import Organisation, User

_KEY = "organisation:name-time-zone-and-brake"


def current_organisation() -> Organisation:
    """The one row; its defaults (unsaved) before the set-up."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def organisation_name() -> str:
    return _remembered()[0]


def organisation_time_zone() -> str:
    """The house's clock."""
    return _remembered()[1]


def clock_of(user: User) -> ZoneInfo:
    """By which this person's days begin: the own one, else the house's."""
    try:
        return ZoneInfo(user.time_zone or organisation_time_zone())
    except (ValueError, ZoneInfoNotFoundError):
        return ZoneInfo(settings.TIME_ZONE)


def automatic_mail_stopped_at() -> datetime | None:
    """When the brake of automatic mail caught; None as long as it goes out."""
    return _remembered()[2]


def forget_organisation() -> None:
    """Reads it anew; for code that has just changed it."""
    cache.delete(_KEY)


def _remembered() -> tuple[str, str, datetime | None]:
    """Kept for a minute: every page asks for them."""
    known: tuple[str, str, datetime | None] | None = cache.get(_KEY)
    if known is None:
        row = current_organisation()
        known = row.name, row.time_zone, row.automatic_stopped_at
        cache.set(_KEY, known, timeout=60)
    return known
