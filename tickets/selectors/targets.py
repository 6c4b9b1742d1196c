"""Which promises count, and how well they were kept."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet

from helpdesk.core.selectors.organisation import organisation_time_zone
from tickets.domain.hours import Hours
from tickets.domain.targets import Kept, TargetSpec
from tickets.models import Calendar, ServiceTarget, TicketClock

_KEY = "service-targets"
KEPT_DAYS = 30

Book = dict[int, TargetSpec]


def service_targets(needed: Iterable[int] = ()) -> Book:
    """All targets by their key, remembered for a minute: every new ticket asks for them.

    Read anew at once when a `needed` one is not among them: another process has just made it.
    """
    book: Book | None = cache.get(_KEY)
    if book is None or not book.keys() >= set(needed):
        zone = organisation_time_zone()
        book = {row.pk: row.spec(zone) for row in target_rows()}
        cache.set(_KEY, book, timeout=60)
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


def kept_by_target(now: datetime) -> dict[int, dict[str, Kept]]:
    """Target -> priority -> how often it was kept, of the clocks that were met or missed in the last 30 days.

    One query.
    """
    since = now - timedelta(days=KEPT_DAYS)
    ended = Q(met_at__gt=since) | Q(met_at=None, due_at__gt=since, due_at__lte=now)
    rows = TicketClock.objects.filter(ended).order_by().values_list("target", "priority")
    in_time = Q(met_at__isnull=False, missed_at=None) & (Q(due_at=None) | Q(met_at__lte=F("due_at")))
    found: dict[int, dict[str, Kept]] = defaultdict(dict)
    for target, priority, kept, count in rows.annotate(kept=Count("pk", filter=in_time), count=Count("pk")):
        found[target][priority] = Kept(kept, count)
    return found
