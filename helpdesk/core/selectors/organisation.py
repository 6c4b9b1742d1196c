from django.core.cache import cache

from helpdesk.core.models import Organisation

_KEY = "organisation:name-and-time-zone"


def current_organisation() -> Organisation:
    """The one row; its defaults (unsaved) before the set-up."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def organisation_name() -> str:
    return _remembered()[0]


def organisation_time_zone() -> str:
    """The house's clock."""
    return _remembered()[1]


def forget_organisation() -> None:
    """Reads it anew; for code that has just changed it."""
    cache.delete(_KEY)


def _remembered() -> tuple[str, str]:
    """Kept for a minute: every page asks for both."""
    known: tuple[str, str] | None = cache.get(_KEY)
    if known is None:
        row = current_organisation()
        known = row.name, row.time_zone
        cache.set(_KEY, known, timeout=60)
    return known
