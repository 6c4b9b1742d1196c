"""Business hours: calendars, their days off, public holidays."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import holidays
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from holidays.registry import COUNTRIES

from helpdesk.core.domain.zones import zone_names
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from tickets.domain.hours import WEEKDAYS, WHOLE_DAY, Span, tidy
from tickets.domain.text import clean_subject
from tickets.models import Calendar, DayOff
from tickets.selectors.targets import forget_targets

Week = Sequence[Iterable[Span]]


@transaction.atomic
def save_calendar(
    *, calendar: Calendar | None, name: str, zone: str, week: Week, by: User, now: datetime
) -> Calendar:
    """Change a calendar, or make one with None. Clocks that run keep their due times until they are
    recalculated. Raises `Invalid` (name, zone, week).
    """
    row = calendar or Calendar()
    name = clean_subject(name)
    wrong = {}
    if not 1 <= len(name) <= 80:
        wrong["name"] = _("Give the calendar a name of 1 to 80 characters.")
    if zone and zone not in zone_names():
        wrong["zone"] = _("Choose a time zone, like Europe/Berlin.")
    days = [[[span.start, span.end] for span in tidy(day)] for day in week]
    if len(days) != WEEKDAYS or not any(days):
        wrong["week"] = _("Open the calendar on at least one day, or its targets are never due.")
    if wrong:
        raise Invalid(fields=wrong)
    before = {"name": row.name, "zone": row.zone, "week": row.week} if calendar else None
    row.name, row.zone, row.week = name, zone, days
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("There is a calendar with this name. Choose another one.")
        raise Invalid(fields={"name": taken}) from None
    after = {"name": name, "zone": zone, "week": days}
    if before != after:
        record(actor=by, verb="changed hours", target=row, before=before, after=after, now=now)
    transaction.on_commit(forget_targets)
    return row


@transaction.atomic
def delete_calendar(*, calendar: Calendar, by: User, now: datetime) -> None:
    """Raises `Conflict` while a target counts by it, and for the last one."""
    Calendar.objects.select_for_update().order_by("pk").first()
    if calendar.targets.exists():
        raise Conflict(_("A service target uses these hours. Give it others first."))
    if not Calendar.objects.exclude(pk=calendar.pk).exists():
        raise Conflict(_("One calendar stays: change this one instead."))
    record(actor=by, verb="deleted hours", target=calendar, now=now)
    calendar.delete()


@dataclass(frozen=True, slots=True)
class Free:
    """Days off as somebody names them."""

    first: date
    last: date
    name: str
    span: Span = WHOLE_DAY


@transaction.atomic
def add_days_off(*, calendar: Calendar, days: Sequence[Free], by: User, now: datetime) -> list[DayOff]:
    """Add them; what is there already (same days and hours) is not added twice. Raises `Invalid`."""
    for day in days:
        if not 1 <= len(clean_subject(day.name)) <= 120:
            raise Invalid(fields={"name": _("Say in 1 to 120 characters why it is closed.")})
        if day.last < day.first:
            raise Invalid(fields={"last": _("The last day comes after the first.")})
        if (day.last - day.first).days > 366:
            raise Invalid(fields={"last": _("Close at most a year at once.")})
    there = set(calendar.days_off.values_list("first", "last", "start", "end"))
    rows = [
        DayOff(
            calendar=calendar,
            first=day.first,
            last=day.last,
            start=day.span.start,
            end=day.span.end,
            name=clean_subject(day.name),
        )
        for day in days
        if (day.first, day.last, day.span.start, day.span.end) not in there
    ]
    DayOff.objects.bulk_create(rows)
    if rows:
        record(
            actor=by, verb="added days off", target=calendar, after={"days": [str(r) for r in rows]}, now=now
        )
    transaction.on_commit(forget_targets)
    return rows


@transaction.atomic
def remove_day_off(*, day: DayOff, by: User, now: datetime) -> None:
    record(actor=by, verb="removed a day off", target=day.calendar, before={"day": str(day)}, now=now)
    day.delete()
    transaction.on_commit(forget_targets)


def countries() -> dict[str, str]:
    """Code -> name of every country whose public holidays are known, by name."""
    names = {codes[1]: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", codes[0]) for codes in COUNTRIES.values()}
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def regions(country: str) -> dict[str, str]:
    """Code -> name of the regions with holidays of their own; empty for an unknown country."""
    if country not in countries():
        return {}
    found = holidays.country_holidays(country)
    names: dict[str, str] = {}
    for name, code in getattr(found, "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    return {code: names.get(code, code) for code in found.subdivisions}


def public_holidays(*, country: str, region: str, years: Collection[int], language: str) -> list[Free]:
    """The public holidays in these years, in the language if they are known in it, else in the country's own.

    Raises `Invalid` (country, region).
    """
    if country not in countries():
        raise Invalid(fields={"country": _("Choose a country from the list.")})
    if region and region not in regions(country):
        raise Invalid(fields={"region": _("Choose a region of this country.")})
    found = holidays.country_holidays(country, subdiv=region or None, years=years, language=language or None)
    return [Free(day, day, name[:120]) for day, name in sorted(found.items())]
