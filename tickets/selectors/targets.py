"""Which promises count, and how well they were kept."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet

from helpdesk.core.selectors.organisation import organisation_time_zone
from tickets.domain.hours import Hours
from tickets.domain.targets import Tally, TargetSpec
from tickets.models import Calendar, ServiceTarget, TicketClock

_KEY = "service-targets"
KEPT_DAYS = 30

Book = dict[int, TargetSpec]
#: (version, targets) of this process. The cache holds the version alone: a whole book takes long to unpack.
_kept: list[tuple[str, Book]] = []


def service_targets(needed: Iterable[int] = ()) -> Book:
    """All targets by their key, remembered for a minute: every new ticket asks for them.

    Read anew at once when a `needed` one is not among them: another process has just made it.
    """
    version = cache.get(_KEY)
    if _kept and version == _kept[0][0] and _kept[0][1].keys() >= set(needed):
        return _kept[0][1]
    zone, version = organisation_time_zone(), uuid4().hex
    book = {row.pk: row.spec(zone) for row in target_rows()}
    cache.set(_KEY, version, timeout=60)
    _kept[:] = [(version, book)]
    return book


def forget_targets() -> None:
    """Reads them anew; for code that has just changed them."""
    cache.delete(_KEY)


def target_rows() -> QuerySet[ServiceTarget]:
    """Targets with all that belongs to them."""
    rows = ServiceTarget.objects.select_related("calendar", "tag")
    return rows.prefetch_related("clients", "calendar__days_off")


def calendar_rows() -> QuerySet[Calendar]:
    """Calendars with their days off and the targets that use them."""
    return Calendar.objects.prefetch_related("days_off", "targets__clients")


def hours_of(calendar: Calendar) -> Hours:
    return calendar.hours(organisation_time_zone())


def tags_matter(targets: Iterable[TargetSpec]) -> bool:
    return any(target.tag for target in targets)


def own_fields_matter(targets: Iterable[TargetSpec]) -> bool:
    return any(target.own for target in targets)


def kept_by_target(now: datetime) -> dict[int, dict[str, Tally]]:
    """Target -> priority -> how often it was kept, of the clocks that were met or missed in the last 30 days.

    One query.
    """
    since = now - timedelta(days=KEPT_DAYS)
    ended = Q(met_at__gt=since) | Q(met_at=None, due_at__gt=since, due_at__lte=now)
    rows = TicketClock.objects.filter(ended).order_by().values_list("target", "priority")
    in_time = Q(met_at__isnull=False, missed_at=None) & (Q(due_at=None) | Q(met_at__lte=F("due_at")))
    found: dict[int, dict[str, Tally]] = defaultdict(dict)
    for target, priority, kept, count in rows.annotate(kept=Count("pk", filter=in_time), count=Count("pk")):
        found[target][priority] = Tally(kept, count)
    return found
