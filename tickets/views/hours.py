"""Settings > Business hours: calendars, days off, public holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.selectors.organisation import organisation_time_zone
from helpdesk.core.templatetags.ui import say_day
from helpdesk.core.web import requires
from tickets.domain.hours import WHOLE_DAY, Span, next_change
from tickets.forms.hours import CalendarForm, DayOffForm, WeekForm, write_time
from tickets.models import Calendar, DayOff
from tickets.models.labels import hours_words, span_words
from tickets.selectors.targets import calendar_rows, hours_of
from tickets.services.targets.calendars import (
    Free,
    add_days_off,
    countries,
    delete_calendar,
    public_holidays,
    regions,
    remove_day_off,
    save_calendar,
)
from tickets.views.requests import Request

EDIT = Permission.SETTINGS_EDIT
FIRST_WEEK = [[[540, 1020]]] * 5 + [[], []]


@dataclass(frozen=True, slots=True)
class OffLine:
    """A day off as the table shows it."""

    row: DayOff
    days: str
    words: str


@requires(EDIT)
def hours(request: Request) -> HttpResponse:
    rows = list(calendar_rows())
    return _page(request, rows, rows[0]) if rows else redirect("desk:new-hours")


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_hours(request: Request) -> HttpResponse:
    return _edit(request, None)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Request, calendar: int) -> HttpResponse:
    return _edit(request, _found(calendar))


def _edit(request: Request, found: Calendar | None) -> HttpResponse:
    """`more` gives a day one more pair of fields and keeps what is typed."""
    if request.method != "POST":
        return _page(request, list(calendar_rows()), found)
    week = WeekForm.typed(request.POST)
    form = _form(request, found)
    if "more" in request.POST:
        return _page(request, list(calendar_rows()), found, week=week, form=form)
    if form.is_valid() and week.is_valid():
        try:
            saved = save_calendar(
                calendar=found,
                name=form.cleaned_data["name"],
                zone=form.cleaned_data["zone"],
                week=week.week,
                by=request.user,
                now=timezone.now(),
            )
        except DeskbellError as error:
            for name, text in (error.fields or {"": str(error)}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, _("Saved. Open tickets keep their times until they are recalculated."))
            return redirect("desk:calendar", saved.pk)
    return _page(request, list(calendar_rows()), found, week=week, form=form, status=422)


@requires(EDIT)
@require_POST
def delete_hours(request: Request, calendar: int) -> HttpResponse:
    found = _found(calendar)
    try:
        delete_calendar(calendar=found, by=request.user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
        return redirect("desk:calendar", found.pk)
    messages.success(request, _("The calendar %(name)s was deleted.") % {"name": found.name})
    return redirect("desk:hours")


@requires(EDIT)
@require_POST
def days_off(request: Request, calendar: int) -> HttpResponse:
    found = _found(calendar)
    form = DayOffForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        free = Free(given["first"], given["last"], given["name"], Span(given["start"], given["end"]))
        try:
            added = add_days_off(calendar=found, days=[free], by=request.user, now=timezone.now())
        except DeskbellError as error:
            for name, text in (error.fields or {"": str(error)}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, _("Added.") if added else _("That day is there already."))
            return redirect("desk:calendar", found.pk)
    return _page(request, list(calendar_rows()), found, day_form=form, status=422)


@requires(EDIT)
@require_POST
def remove_day(request: Request, calendar: int, day: int) -> HttpResponse:
    row = get_object_or_404(DayOff.objects.select_related("calendar"), pk=day, calendar=calendar)
    remove_day_off(day=row, by=request.user, now=timezone.now())
    messages.success(request, _("%(name)s was removed.") % {"name": row.name})
    return redirect("desk:calendar", calendar)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def public_days(request: Request, calendar: int) -> HttpResponse:
    """Choose country and region, look at the days, add those that are ticked."""
    found = _found(calendar)
    asked = request.POST if request.method == "POST" else request.GET
    this_year = timezone.localdate().year
    years = [this_year, this_year + 1]
    country, region = asked.get("country", ""), asked.get("region", "")
    known, parts = countries(), regions(country)
    region = region if region in parts else ""
    try:
        year = int(asked.get("year", "")) if int(asked.get("year", "")) in years else 0
    except ValueError:
        year = 0
    days: list[Free] = []
    if country in known:
        days = public_holidays(
            country=country, region=region, years=[year] if year else years, language=get_language() or ""
        )
    if request.method == "POST" and days:
        chosen = set(request.POST.getlist("day"))
        wanted = [day for day in days if day.first.isoformat() in chosen]
        added = add_days_off(calendar=found, days=wanted, by=request.user, now=timezone.now())
        words = ngettext("%(n)s day was added.", "%(n)s days were added.", len(added))
        messages.success(request, words % {"n": len(added)})
        return redirect("desk:calendar", found.pk)
    there = set(found.days_off.values_list("first", flat=True))
    context = {
        "nav": "settings",
        "tab": "hours",
        "calendar": found,
        "countries": known.items(),
        "regions": parts.items(),
        "years": years,
        "asked": {"country": country, "region": region, "year": year},
        "days": [(day, day_words(day.first, day.last), day.first in there) for day in days],
        "is_unknown": bool(country) and country not in known,
    }
    return render(request, "tickets/targets/holidays.html", context)


def _found(pk: int) -> Calendar:
    return get_object_or_404(calendar_rows(), pk=pk)


def _form(request: Request, found: Calendar | None) -> CalendarForm:
    initial = {"name": found.name, "zone": found.zone} if found else {}
    return CalendarForm(request.POST or None, initial=initial, house_zone=organisation_time_zone())


def _page(
    request: Request,
    rows: Sequence[Calendar],
    found: Calendar | None,
    *,
    week: WeekForm | None = None,
    form: CalendarForm | None = None,
    day_form: DayOffForm | None = None,
    status: int = 200,
) -> HttpResponse:
    zone = organisation_time_zone()
    initial = {"name": found.name, "zone": found.zone} if found else {}
    context: dict[str, Any] = {
        "nav": "settings",
        "tab": "hours",
        "calendars": rows,
        "chosen": found,
        "week": week or WeekForm.of(found.week if found else FIRST_WEEK),
        "form": form or CalendarForm(initial=initial, house_zone=zone),
        "day_form": day_form or DayOffForm(),
    }
    if found:
        context |= {
            "zone": found.zone or zone,
            "use": _use(found),
            "now": now_words(found, timezone.now()),
            "sum": hours_words(hours_of(found).week_minutes),
            "days_off": [_off_line(row) for row in found.days_off.all()],
        }
    return render(request, "tickets/targets/hours.html", context, status=status)


def _use(found: Calendar) -> str:
    targets = list(found.targets.all())
    if not targets:
        return _("not used yet")
    clients = {client.pk for target in targets for client in target.clients.all()}
    if any(not target.clients.all() for target in targets):
        return _("used for all clients")
    return ngettext("used by %(n)s client", "used by %(n)s clients", len(clients)) % {"n": len(clients)}


def now_words(found: Calendar, now: datetime) -> str:
    """ "Now 9:58 on Tuesday: open, closes in 2 h 02 m." """
    reckoned = hours_of(found)
    local = now.astimezone(ZoneInfo(reckoned.zone))
    is_open, until = next_change(reckoned, now)
    facts = {"time": date_format(local, "G:i"), "day": _weekday(local)}
    if until:
        facts["left"] = span_words((until - now) / timedelta(minutes=1))
        text = (
            _("Now %(time)s on %(day)s: open, closes in %(left)s.")
            if is_open
            else _("Now %(time)s on %(day)s: closed, opens in %(left)s.")
        )
    else:
        text = _("Now %(time)s on %(day)s: always open.") if is_open else _("It never opens.")
    return text % facts


def _weekday(local: datetime) -> str:
    """Within a sentence: German writes it large, English, too."""
    name = date_format(local, "l")
    return name if (get_language() or "en")[:2] in {"en", "de"} else name.lower()


def day_words(first: date, last: date) -> str:
    """ "24 December 2026", "25 and 26 December 2026", "24 December 2026 to 2 January 2027"."""
    end = say_day(last, "j F Y")
    if first == last:
        return end
    facts = {"first": say_day(first, "j"), "last": end}
    if (first.year, first.month) != (last.year, last.month):
        return _("%(first)s to %(last)s") % {**facts, "first": say_day(first, "j F Y")}
    if (last - first).days == 1:
        return _("%(first)s and %(last)s") % facts
    return _("%(first)s to %(last)s") % facts


def _off_line(row: DayOff) -> OffLine:
    start, end = write_time(row.start), write_time(row.end)
    facts = {"name": row.name, "start": start, "end": end}
    if (row.start, row.end) == (WHOLE_DAY.start, WHOLE_DAY.end):
        words = row.name
    elif row.end == WHOLE_DAY.end:
        words = _("%(name)s, closed from %(start)s") % facts
    elif row.start == WHOLE_DAY.start:
        words = _("%(name)s, closed until %(end)s") % facts
    else:
        words = _("%(name)s, closed from %(start)s to %(end)s") % facts
    return OffLine(row, day_words(row.first, row.last), words)
