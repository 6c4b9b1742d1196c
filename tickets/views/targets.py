"""Settings > Service targets: what is promised, how it was kept, and what would happen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents.selectors import clients_visible_to
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires
from tickets.domain.priority import Priority
from tickets.domain.targets import ClockKind, Tally, Unit
from tickets.forms.targets import KIND_NAMES, MomentForm, PromiseGrid, TargetForm
from tickets.models import ServiceTarget
from tickets.models.labels import UNIT_CHOICES
from tickets.selectors.forecast import Forecast, forecast
from tickets.selectors.targets import kept_by_target, target_rows
from tickets.services.targets.promises import NewTarget, delete_target, save_target, start_recalculation
from tickets.services.targets.retarget import Deed, open_tickets, shifts_of
from tickets.views.requests import Request
from tickets.views.row_pills import row_words

EDIT = Permission.SETTINGS_EDIT
#: A preview of the recalculation looks at so many tickets, and lists so many of their changes.
PREVIEW, LISTED = 2000, 50


@requires(EDIT)
def targets(request: Request) -> HttpResponse:
    rows = list(target_rows())
    return _page(request, rows, rows[0] if rows else None)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_target(request: Request) -> HttpResponse:
    return _edit(request, None)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: Request, target: int) -> HttpResponse:
    return _edit(request, get_object_or_404(target_rows(), pk=target))


def _edit(request: Request, found: ServiceTarget | None) -> HttpResponse:
    rows = list(target_rows())
    if request.method != "POST":
        return _page(request, rows, found, is_new=found is None)
    form, grid = _form(request, found), PromiseGrid.typed(request.POST)
    if form.is_valid() and grid.is_valid():
        try:
            saved = _save(request, found, form, grid)
        except DeskbellError as error:
            for name, text in (error.fields or {"": str(error)}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, _("Saved. It applies to new tickets."))
            return redirect("desk:target", saved.pk)
    return _page(request, rows, found, is_new=found is None, form=form, grid=grid, status=422)


def _save(
    request: Request, found: ServiceTarget | None, form: TargetForm, grid: PromiseGrid
) -> ServiceTarget:
    given = form.cleaned_data
    visible = clients_visible_to(request.user)
    # Clients that this reader does not see stay where they are.
    unseen = found.clients.exclude(pk__in=visible.values("pk")) if found else ()
    return save_target(
        target=found,
        new=NewTarget(
            name=given["name"],
            calendar=given["calendar"],
            clients=[*given["clients"], *unseen],
            tag=given["tag"],
            own=given["own"],
            own_op=given["own_op"],
            own_value=given["own_value"],
            promises=grid.promises,
            tells_people=given["tells_people"],
            goes_on_top=given["goes_on_top"],
            raises_priority=given["raises_priority"],
        ),
        by=request.user,
        now=timezone.now(),
    )


@requires(EDIT)
@require_POST
def remove_target(request: Request, target: int) -> HttpResponse:
    found = get_object_or_404(target_rows(), pk=target)
    delete_target(target=found, by=request.user, now=timezone.now())
    messages.success(request, _("The target %(name)s was deleted.") % {"name": found.name})
    return redirect("desk:targets")


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def recalculation(request: Request) -> HttpResponse:
    """GET shows what would change, POST has it changed."""
    now = timezone.now()
    if request.method == "POST":
        start_recalculation(by=request.user, now=now)
        messages.success(request, _("Open tickets are being recalculated. It takes a moment."))
        return redirect("desk:targets")
    tickets = list(open_tickets().select_related("client")[: PREVIEW + 1])
    shifts = shifts_of(tickets[:PREVIEW], now=now)
    late = [s for s in shifts if s.deed is not Deed.GONE and s.after and s.after <= now]
    was_late = [s for s in shifts if s.before and s.before <= now]
    context = {
        "nav": "settings",
        "tab": "targets",
        "count": len(tickets[:PREVIEW]),
        "is_part": len(tickets) > PREVIEW,
        "shifts": sorted(shifts, key=lambda s: s.after or s.before or now)[:LISTED],
        "total": len(shifts),
        "new": sum(s.deed is Deed.NEW for s in shifts),
        "gone": sum(s.deed is Deed.GONE for s in shifts),
        "earlier": sum(bool(s.before and s.after and s.after < s.before) for s in shifts),
        "later": sum(bool(s.before and s.after and s.after > s.before) for s in shifts),
        "newly_late": len(late) - len([s for s in late if s in was_late]),
    }
    return render(request, "tickets/targets/recalculation.html", context)


@requires(EDIT)
def simulation(request: Request) -> HttpResponse:
    """Which tickets breach by this moment if nobody works on them?"""
    now = timezone.now()
    form = MomentForm(request.GET if "until" in request.GET else None, initial={"until": next_monday(now)})
    until, waiting = next_monday(now), False
    if form.is_bound:
        if form.is_valid():
            until, waiting = form.cleaned_data["until"], form.cleaned_data["waiting"]
        else:
            return _simulation(request, form, None, 422)
    found = forecast(request.user, until=until, now=now, with_waiting=waiting)
    return _simulation(request, form, found, 200)


def _simulation(request: Request, form: MomentForm, found: Forecast | None, status: int) -> HttpResponse:
    today = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    moments = [
        (_("Today 18:00"), today.replace(hour=18)),
        (_("Tomorrow 9:00"), today.replace(hour=9) + timedelta(days=1)),
        (_("Monday 9:00"), timezone.localtime(next_monday(timezone.now()))),
    ]
    # On a Sunday tomorrow is Monday: once is enough.
    ahead = {at.strftime("%Y-%m-%dT%H:%M"): label for label, at in moments if at > timezone.now()}
    context = {
        "nav": "settings",
        "tab": "targets",
        "form": form,
        "found": found,
        "moments": [(label, at) for at, label in ahead.items()],
    }
    return render(request, "tickets/targets/simulation.html", context, status=status)


def next_monday(now: datetime) -> datetime:
    """Monday, nine o'clock of the reader, the next one to come."""
    local = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0)
    monday = local + timedelta(days=-local.weekday() % 7)
    return monday if monday > now else monday + timedelta(weeks=1)


def _form(request: Request, found: ServiceTarget | None) -> TargetForm:
    initial: dict[str, Any] = {"tells_people": True, "goes_on_top": True}
    if found:
        initial = {
            "name": found.name,
            "calendar": found.calendar,
            "tag": found.tag or "",
            **found.own_parts,
            "clients": found.clients.all(),
            "tells_people": found.tells_people,
            "goes_on_top": found.goes_on_top,
            "raises_priority": found.raises_priority,
        }
    return TargetForm(request.POST or None, initial=initial, clients=clients_visible_to(request.user))


def _page(
    request: Request,
    rows: Sequence[ServiceTarget],
    found: ServiceTarget | None,
    *,
    is_new: bool = False,
    form: TargetForm | None = None,
    grid: PromiseGrid | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = kept_by_target(timezone.now())
    grid = grid or PromiseGrid.of(found)
    own = kept.get(found.pk, {}) if found else {}
    context = {
        "nav": "settings",
        "tab": "targets",
        "chosen": found,
        "chosen_own": row_words([found.own_row], request.user)[0] if found and found.own_row else "",
        "is_new": is_new,
        "form": form or _form(request, found),
        "grid": [(row, own.get(row.priority.value, Tally())) for row in grid.rows],
        "kinds": KIND_NAMES.values(),
        "units": UNIT_CHOICES,
        "others": [_other(row, kept.get(row.pk, {})) for row in rows if row != found],
        "open_count": open_tickets().count(),
    }
    return render(request, "tickets/targets/targets.html", context, status=status)


def _other(row: ServiceTarget, kept: dict[str, Tally]) -> dict[str, Any]:
    limit = row.promise(Priority.URGENT).limit(ClockKind.FIRST)
    unit = dict(UNIT_CHOICES)[limit.unit.value] if limit else ""
    total = Tally(sum(k.kept for k in kept.values()), sum(k.ended for k in kept.values()))
    return {
        "row": row,
        "answer": f"{limit.amount} {_('day') if limit.unit is Unit.DAYS and limit.amount == 1 else unit}"
        if limit
        else "",
        "clients": len(row.clients.all()),
        "kept": total.percent,
    }
