"""The dashboard: what is there now, what came and went, whether promises were kept, who has how much."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.rows import Kept
from helpdesk.core.selectors.organisation import organisation_name
from helpdesk.core.selectors.people import active_users
from helpdesk.core.templatetags.ui import say_day
from helpdesk.core.web import requires
from tickets.domain.counted import KEPT, MISSED, TIMED
from tickets.domain.figures import NOBODY, Sums, timed_count, user_scope_of
from tickets.domain.filters import LATE
from tickets.domain.filters import NOBODY as NO_ASSIGNEE
from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.domain.reports import ReportKind
from tickets.domain.status import Status
from tickets.domain.targets import ClockKind, Limit, Unit, choose
from tickets.models.labels import PRIORITY_CHOICES, SOURCE_CHOICES, span_words
from tickets.selectors.figures import NOTHING, Figures, figures_of, whose_of
from tickets.selectors.reports import report_title
from tickets.selectors.targets import service_targets
from tickets.services.figures.counting import catch_up
from tickets.services.rules.people import is_present
from tickets.views.charts import Part, Series, lines, stacked
from tickets.views.figure_scope import Asked, read_asked, scope_context
from tickets.views.listing import STATUS_ICONS
from tickets.views.requests import Request

#: The report tells of all.
SHOWN_PEOPLE = 20
HALF = 520
_ACTIVE = Kept(active_users)
#: (minutes from which a chart tells it, minutes of the unit, its sign)
UNITS = ((4320, 1440, gettext_lazy("d")), (180, 60, gettext_lazy("h")), (0, 1, gettext_lazy("m")))
SOURCE_ICONS = {
    Source.MAIL: "mail",
    Source.AGENT: "desktop",
    Source.CONSOLE: "headset",
    Source.API: "transfer",
}
LOAD = (
    (Status.PROCESSING, "c-proc", gettext_lazy("Processing")),
    (Status.OPEN, "c-open", gettext_lazy("Open")),
    (Status.WAITING, "c-wait", gettext_lazy("Waiting")),
)


@dataclass(frozen=True, slots=True)
class Linked:
    """A number, or a bar of `share` percent, and the list of what it counts."""

    label: str | Promise
    count: int
    url: str
    icon: str = ""
    css: str = ""
    share: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something took, and how often that was in time; None and "" where there is nothing to tell."""

    median: str
    timed: Linked
    percent: int | None
    kept: Linked
    missed: Linked
    target: str
    chart: SafeString | str


@dataclass(frozen=True, slots=True)
class Technician:
    user: User
    is_present: bool
    load: SafeString
    assigned: Linked
    late: Linked
    resolved: Linked
    first_answer: str


@dataclass(frozen=True, slots=True)
class Day:
    label: str
    created: Linked
    resolved: Linked
    first_answer: str
    solution: str


@requires(Permission.TICKETS_VIEW)
@require_safe
def dashboard(request: Request) -> HttpResponse:
    """One page for a look from afar; each of its numbers leads to the tickets that it counts."""
    user, now = request.user, timezone.now()
    version = catch_up()
    asked = read_asked(request, user, now)
    technicians = _ACTIVE.rows(0)
    whose = whose_of(user, asked.who)
    figures = figures_of(
        user,
        first=asked.first,
        last=asked.last,
        people=[user_scope_of(one.pk) for one in technicians],
        client=asked.client.pk if asked.client else None,
        whose=whose,
        version=version,
    )
    shown = [one for one in technicians if whose is None or user_scope_of(one.pk) in whose]
    context = {
        "nav": "dashboard",
        **scope_context(user, asked),
        "reports": [
            (report_title(kind), reverse("tickets:report", args=[kind.value]) + asked.query())
            for kind in ReportKind
            if user.may(Permission.REPORTS_VIEW)
        ],
        "figures_key": _key(asked, figures, shown, now),
        # Made where the template asks for them: the same figures are drawn once.
        "counts": partial(_counts, asked, figures),
        "trend": partial(_trend, asked, figures),
        "created": partial(_total, asked, figures, "created"),
        "resolved": partial(_total, asked, figures, "resolved"),
        "days": partial(_days, asked, figures),
        "first": partial(_timing, asked, figures, FIRST),
        "solution": partial(_timing, asked, figures, SOLUTION),
        "priorities": partial(_priorities, asked, figures),
        "sources": partial(_sources, asked, figures),
        "technicians": partial(_technicians, asked, figures, shown, now),
    }
    return render(request, "tickets/figures/dashboard.html", context)


def _key(asked: Asked, figures: Figures, shown: list[User], now: datetime) -> Hashable:
    """All that the figures on the page depend on."""
    if figures.key is None:
        return None
    return (
        *(figures.key, asked.first, asked.last, asked.who),
        (asked.client.public_id, asked.client.name) if asked.client else None,
        organisation_name(),
        tuple(_promised(asked, kind.clock) for kind in (FIRST, SOLUTION)),
        tuple((user.pk, user.full_name, user.is_away, is_present(user, now)) for user in shown),
    )


def _counts(asked: Asked, figures: Figures) -> list[Linked]:
    live = figures.live
    found = [
        Linked(label, live[status], asked.list_url(status=status.value), STATUS_ICONS[status], css)
        for status, label, css in (
            (Status.OPEN, _("Open"), "open"),
            (Status.PROCESSING, _("Processing"), "proc"),
            (Status.WAITING, _("Waiting"), "wait"),
        )
    ]
    free = figures.live_of.get(NOBODY, NOTHING)[NOBODY]
    everybodys = Asked(asked.first, asked.last, "", asked.client)
    today = figures.on(asked.last)
    return [
        *found,
        Linked(_("Unassigned"), free, everybodys.list_url(assignee=NO_ASSIGNEE), "user"),
        Linked(_("Overdue"), live[LATE], asked.list_url(due=LATE), "alert", "danger" if live[LATE] else ""),
        Linked(_("New today"), today["created"], asked.in_days("created", asked.last), "inbox"),
    ]


def _total(asked: Asked, figures: Figures, word: str) -> Linked:
    return Linked("", figures.total[word], asked.in_days(word))


def _trend(asked: Asked, figures: Figures) -> SafeString:
    def line(word: str, css: str, told: str) -> Series:
        values = tuple(figures.on(day)[word] for day in asked.dates)
        return Series(
            css,
            values,
            tuple(asked.in_days(word, day) for day in asked.dates),
            tuple(told % {"day": _short(day), "n": n} for day, n in zip(asked.dates, values, strict=True)),
        )

    series = (
        line("created", "c-idle", _("%(day)s: %(n)s created")),
        line("resolved", "c-accent", _("%(day)s: %(n)s resolved")),
    )
    labels = tuple(_short(day) for day in asked.dates)
    return lines(series, labels, label=_("Tickets created and resolved each day"))


def _days(asked: Asked, figures: Figures) -> list[Day]:
    found = []
    for day in reversed(asked.dates):
        counts = figures.on(day)
        found.append(
            Day(
                _short(day),
                Linked("", counts["created"], asked.in_days("created", day)),
                Linked("", counts["resolved"], asked.in_days("resolved", day)),
                _minutes(counts.median("f")),
                _minutes(counts.median("r")),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is timed: its letter in the sums, the names of its filters in a list, and its chart."""

    clock: ClockKind
    letter: str
    days: str
    promise: str
    css: str
    label: Promise


FIRST = _Kind(
    ClockKind.FIRST, "f", "answered", "first", "c-proc", gettext_lazy("Median of the first answer each day")
)
SOLUTION = _Kind(
    ClockKind.RESOLVE, "r", "resolved", "solved", "c-open", gettext_lazy("Median of the solution each day")
)


def _timing(asked: Asked, figures: Figures, kind: _Kind) -> Timing:
    total = figures.total
    kept, missed = total[f"{kind.letter}-kept"], total[f"{kind.letter}-missed"]
    timed, limit = timed_count(total, kind.letter), _promised(asked, kind.clock)
    return Timing(
        median=_minutes(total.median(kind.letter)),
        timed=Linked("", timed, asked.in_days(kind.days, **{kind.promise: TIMED})),
        percent=100 * kept // (kept + missed) if kept + missed else None,
        kept=Linked("", kept, asked.in_days(kind.days, **{kind.promise: KEPT})),
        missed=Linked("", missed, asked.in_days(kind.days, **{kind.promise: MISSED})),
        target=_target_words(limit),
        chart=_timing_chart(asked, figures, kind, _target_minutes(limit)) if timed else "",
    )


def _timing_chart(asked: Asked, figures: Figures, kind: _Kind, target: int | None) -> SafeString:
    medians = [figures.on(day).median(kind.letter) for day in asked.dates]
    highest = max([each for each in medians if each is not None] + [target or 0])
    width, unit = next((width, unit) for least, width, unit in UNITS if highest >= least)
    told = _("%(day)s: %(time)s in the middle")
    series = Series(
        kind.css,
        tuple(None if each is None else each / width for each in medians),
        tuple(asked.in_days(kind.days, day, **{kind.promise: TIMED}) for day in asked.dates),
        tuple(
            told % {"day": _short(day), "time": _minutes(each)}
            for day, each in zip(asked.dates, medians, strict=True)
        ),
    )
    return lines(
        (series,),
        tuple(_short(day) for day in asked.dates),
        label=str(kind.label),
        width=HALF,
        unit=str(unit),
        target=target / width if target else None,
        target_label=_("target %(time)s") % {"time": _minutes(target)} if target else "",
    )


def _promised(asked: Asked, kind: ClockKind) -> Limit | None:
    """What is promised to tickets of usual priority."""
    target = choose(service_targets().values(), client=asked.client.pk if asked.client else None, tags=())
    return target.promises[Priority.MEDIUM].limit(kind) if target else None


def _target_minutes(limit: Limit | None) -> int | None:
    """In open minutes; None for whole days, which no chart of hours can show, and for nothing."""
    if limit is None or limit.unit is Unit.DAYS:
        return None
    return limit.amount * (60 if limit.unit is Unit.HOURS else 1)


def _target_words(limit: Limit | None) -> str:
    if limit and limit.unit is Unit.DAYS:
        return ngettext("%(n)s day", "%(n)s days", limit.amount) % {"n": limit.amount}
    return _minutes(_target_minutes(limit))


def _priorities(asked: Asked, figures: Figures) -> list[Linked]:
    live = figures.live
    counts = {value: live[f"p.{value}"] for value, _label in PRIORITY_CHOICES}
    longest = max(counts.values()) or 1
    css = {"urgent": "c-danger", "high": "c-high", "medium": "c-open", "low": "c-idle"}
    return [
        Linked(
            label,
            counts[value],
            asked.list_url(priority=value),
            value,
            css[value],
            100 * counts[value] // longest,
        )
        for value, label in reversed(PRIORITY_CHOICES)
    ]


def _sources(asked: Asked, figures: Figures) -> list[Linked]:
    total = figures.total
    found = [
        Linked(
            label,
            total[f"s.{value}"],
            asked.in_days("created", source=value),
            SOURCE_ICONS[Source(value)],
            "c-accent",
            100 * total[f"s.{value}"] // (total["created"] or 1),
        )
        for value, label in SOURCE_CHOICES
    ]
    return sorted((one for one in found if one.count), key=lambda one: -one.count)


def _technicians(asked: Asked, figures: Figures, users: list[User], now: datetime) -> list[Technician]:
    """Who has most first."""

    def load(user: User) -> Sums:
        return figures.live_of.get(user_scope_of(user.pk), NOTHING)

    loads = [(sum(load(user)[status] for status, *_ in LOAD), load(user), user) for user in users]
    loads.sort(key=lambda row: -row[0])
    most = loads[0][0] if loads else 0
    return [
        _technician(asked, figures, user, live, most=most, now=now)
        for _count, live, user in loads[:SHOWN_PEOPLE]
    ]


def _technician(
    asked: Asked, figures: Figures, user: User, live: Sums, *, most: int, now: datetime
) -> Technician:
    scope = user_scope_of(user.pk)
    over = figures.total_of.get(scope, NOTHING)
    parts = tuple(
        Part(f"{label}: {live[status]}", live[status], css, asked.list_url(person=scope, status=status.value))
        for status, css, label in LOAD
    )
    assigned = sum(part.value for part in parts)
    return Technician(
        user=user,
        is_present=is_present(user, now),
        load=stacked(
            parts, total=most, label=ngettext("%(n)s ticket", "%(n)s tickets", assigned) % {"n": assigned}
        ),
        assigned=Linked("", assigned, asked.list_url(person=scope)),
        late=Linked("", live[LATE], asked.list_url(person=scope, due=LATE)),
        resolved=Linked("", over["resolved"], asked.in_days("resolved", person=scope)),
        first_answer=_minutes(over.median("f")),
    )


def _minutes(minutes: int | None) -> str:
    return "" if minutes is None else span_words(minutes)


def _short(day: date) -> str:
    return _short_in(day, get_language() or "")


@lru_cache(maxsize=2_000)
def _short_in(day: date, _language: str) -> str:
    """The same days stand in every chart."""
    return say_day(day, "j M")
