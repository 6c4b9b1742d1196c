"""The timer and the entries of time, on a ticket and of the reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from helpdesk.core.web import requires
from tickets.domain.work import NotALength, length_of
from tickets.models import Ticket, TimeEntry
from tickets.models.labels import hours_words
from tickets.selectors.access import ticket_for
from tickets.selectors.times import may_correct, own_times, time_choice, time_for, times_of
from tickets.services.work.time import Spent, add_time, correct_time, remove_time, restore_time
from tickets.services.work.timers import answer_asked, choose_timers, keep_alive, start_timer, stop_timer
from tickets.views.requests import Request
from tickets.views.work import EDIT, Said, part

#: As far back as "My time" goes, and entries of one ticket on its page.
DAYS, MOST = 31, 500


@dataclass(frozen=True, slots=True)
class Line:
    entry: TimeEntry
    may_correct: bool

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.entry.seconds)


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    entries: list[Line]

    @property
    def total(self) -> timedelta:
        """Of what counts."""
        return sum((one.length for one in self.entries if not one.entry.is_asked), timedelta())


def _days(entries: Iterable[TimeEntry], user: User) -> list[Day]:
    by_day = groupby(entries, key=lambda entry: timezone.localtime(entry.started_at).date())
    return [Day(day, [Line(entry, may_correct(user, entry)) for entry in rows]) for day, rows in by_day]


@requires(EDIT)
@require_POST
def timer(request: Request, number: int) -> HttpResponse:
    """`do`: start, stop, alive (a sign of life), away (none for a while), leave (the page is closed)."""
    do, now = request.POST.get("do", ""), timezone.now()

    if do == "alive":
        ticket = ticket_for(request.user, number, to=EDIT)
        if keep_alive(ticket=ticket, by=request.user, now=now):
            return HttpResponse(status=204)

    def change(ticket: Ticket) -> Said:
        if do == "start":
            start_timer(ticket=ticket, by=request.user, now=now)
        elif do in {"stop", "away", "leave"}:
            stop_timer(by=request.user, now=now, ticket=ticket, is_away=do == "away")
        return None

    return part(request, number, "time", change)


@requires(EDIT)
@require_POST
def asked(request: Request, number: int) -> HttpResponse:
    """Keep or drop the time of a timer that stopped by itself, from whatever ticket is open."""

    def change(ticket: Ticket) -> Said:
        entry = time_for(request.user, _key(request.POST.get("entry", "")))
        answer_asked(entry=entry, keep=request.POST.get("do") == "keep")
        return None

    return part(request, number, "time", change)


def _key(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 19 else 0


@requires(Permission.TICKETS_VIEW, post=EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def times(request: Request, number: int) -> HttpResponse:
    """All entries of a ticket; POST adds one by hand."""
    if request.method == "POST":

        def change(ticket: Ticket) -> Said:
            now = timezone.now()
            spent = _spent(request, now)
            add_time(ticket=ticket, spent=spent, by=request.user, now=now)
            return _("%(length)s are added.") % {"length": _words(spent.length)}, {}

        return part(request, number, "time", change)
    ticket = ticket_for(request.user, number)
    context = {"nav": "tickets", "ticket": ticket, "days": _days(times_of(ticket)[:MOST], request.user)}
    return render(request, "tickets/work/times.html", context)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: Request, entry: int) -> HttpResponse:
    """One entry: POST with `do` save, delete or restore."""
    found = time_for(request.user, entry)
    length = timedelta(seconds=found.seconds)
    typed: Any = {
        "length": hours_words(round(length.total_seconds() / 60)),
        "started": timezone.localtime(found.started_at).strftime("%Y-%m-%dT%H:%M"),
        "note": found.note,
        "billable": found.is_billable,
    }
    error, now = "", timezone.now()
    if request.method == "POST":
        do = request.POST.get("do", "save")
        try:
            if do == "delete":
                remove_time(entry=found, by=request.user, now=now)
                words = {"entry": found, "length": _words(length)}
                messages.success(request, render_to_string("tickets/work/_time_gone.html", words, request))
            elif do == "restore":
                restore_time(entry=found, by=request.user, now=now)
            else:
                correct_time(entry=found, spent=_spent(request, now, found), by=request.user, now=now)
        except Invalid as problem:
            error, typed = " ".join((problem.fields or {}).values()), request.POST
        else:
            return redirect("tickets:times", found.ticket_id)
    context = {"nav": "tickets", "entry": found, "typed": typed, "error": error}
    return render(request, "tickets/work/time.html", context, status=422 if error else 200)


@requires(Permission.TICKETS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def my_time(request: Request) -> HttpResponse:
    """The reader's own entries by day; POST answers one that is asked, or switches timers for them or, with
    the right, for the desk.
    """
    may_set = request.user.may(Permission.SETTINGS_EDIT)
    if request.POST.get("entry"):
        answer_asked(
            entry=time_for(request.user, _key(request.POST["entry"])), keep=request.POST.get("do") == "keep"
        )
        return redirect("tickets:my-time")
    if request.method == "POST":
        is_of_desk = request.POST.get("whose") == "desk"
        if is_of_desk and not may_set:
            raise PermissionDenied
        choose_timers(user=None if is_of_desk else request.user, is_on=request.POST.get("is_on") == "1")
        return redirect("tickets:my-time")
    of_desk, own = time_choice(request.user)
    since = timezone.now() - timedelta(days=DAYS)
    context = {
        "nav": "tickets",
        "days": _days(own_times(request.user, since), request.user),
        "is_timed": own,
        "is_time_off": not of_desk,
        "may_set": may_set,
    }
    return render(request, "tickets/work/times.html", context)


def _spent(request: Request, now: datetime, entry: TimeEntry | None = None) -> Spent:
    """What was typed. Without a beginning it has just ended, or begins when `entry` did."""
    try:
        length = length_of(request.POST.get("length", ""))
    except NotALength:
        words = _("Write how long it took, for example 1 h 20 m or 45 m; at most a day.")
        raise Invalid(fields={"length": words}) from None
    begins = request.POST.get("started", "")
    started_at = entry.started_at if entry else now - length
    if begins:
        try:
            started_at = datetime.fromisoformat(begins)
        except ValueError:
            raise Invalid(fields={"started": _("Choose a day and a time.")}) from None
        if timezone.is_naive(started_at):
            started_at = timezone.make_aware(started_at)
    return Spent(
        length=length,
        started_at=started_at,
        is_billable=bool(request.POST.get("billable")),
        note=request.POST.get("note", ""),
    )


def _words(length: timedelta) -> str:
    return hours_words(round(length.total_seconds() / 60))
