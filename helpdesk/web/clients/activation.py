"""Enable or disable the helpdesk agent on many devices: preview, apply, look at the result, undo."""

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from agents.domain.activation import Action, Outcome, Scope
from agents.models import Client, Device
from agents.selectors import PreviewGroup, may_undo, preview_activation, run_results, runs_visible_to
from agents.services import apply_activation, undo_activation
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires, user_of
from helpdesk.web.clients.client import shell_of, visible_client

NAMED = 5
ICONS = {
    Outcome.NOW: ("ok", "ink-done"),
    Outcome.WHEN_BACK: ("clock", "ink-wait"),
    Outcome.SKIPPED: ("minus", "ink-idle"),
}


def chosen_devices(request: HttpRequest, client: Client) -> QuerySet[Device]:
    """The ticked devices of this client; ids of others and nonsense are left out."""
    return client.devices.filter(public_id__in=list(_uuids(request.POST.getlist("device"))))


def _uuids(texts: list[str]) -> Iterator[UUID]:
    for text in texts:
        with suppress(ValueError):
            yield UUID(text)


def chosen_action(request: HttpRequest) -> Action:
    return Action.DISABLE if request.POST.get("action") == Action.DISABLE else Action.ENABLE


def sentence(group: PreviewGroup) -> str:
    n = len(group.devices)
    match group.outcome:
        case Outcome.NOW:
            text = ngettext("%(n)s device gets it within a minute", "%(n)s devices get it within a minute", n)
        case Outcome.WHEN_BACK:
            text = ngettext(
                "%(n)s is offline and gets it when it comes back",
                "%(n)s are offline and get it when they come back",
                n,
            )
        case Outcome.SKIPPED:
            text = ngettext("%(n)s is skipped, %(reason)s", "%(n)s are skipped, %(reason)s", n)
    return text % {"n": n, "reason": group.reason_text}


def names(group: PreviewGroup) -> str:
    shown = ", ".join(device.name for device in group.devices[:NAMED])
    more = len(group.devices) - NAMED
    return f"{shown} +{more}" if more > 0 else shown


def verb(action: Action, count: int) -> str:
    if action is Action.ENABLE:
        return ngettext("Enable on %(n)s device", "Enable on %(n)s devices", count) % {"n": count}
    return ngettext("Disable on %(n)s device", "Disable on %(n)s devices", count) % {"n": count}


@requires(Permission.AGENTS_ENABLE)
@require_POST
def preview(request: HttpRequest, client: UUID) -> HttpResponse:
    """Says what would happen, changes nothing. A POST because a long selection does not fit an address."""
    user = user_of(request)
    found = visible_client(user, client)
    devices = chosen_devices(request, found)
    action = chosen_action(request)
    plan = preview_activation(devices, action=action, scope=Scope.EVERY_PROFILE, now=timezone.now())
    if not plan.total:
        return _nothing_ticked(request, found)
    context = {
        "client": found,
        "devices": [device for group in plan.groups for device in group.devices],
        "action": action.value,
        "affected": plan.affected,
        "verb": verb(action, plan.affected),
        "groups": [
            {"icon": ICONS[g.outcome][0], "ink": ICONS[g.outcome][1], "text": sentence(g), "names": names(g)}
            for g in plan.groups
        ],
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "clients/_activation_dialog.html", context)
    return render(request, "clients/activation.html", {**shell_of(user, found, "devices"), **context})


def _nothing_ticked(request: HttpRequest, client: Client) -> HttpResponse:
    messages.info(request, _("Tick the devices first, then choose Helpdesk agent…"))
    response = redirect("agents:client", client.public_id)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response


@requires(Permission.AGENTS_ENABLE)
@require_POST
def apply(request: HttpRequest, client: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    devices = chosen_devices(request, found)
    if not devices.exists():
        return _nothing_ticked(request, found)
    run = apply_activation(
        client=found,
        devices=devices,
        action=chosen_action(request),
        scope=Scope.EVERY_PROFILE,
        by=user,
        now=timezone.now(),
    )
    return redirect("agents:activation-run", run.public_id)


@requires(Permission.AGENTS_ENABLE)
def result(request: HttpRequest, run: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(runs_visible_to(user), public_id=run)
    results = list(run_results(found))
    enabled = found.action == Action.ENABLE
    count = sum(row.outcome != Outcome.SKIPPED for row in results)
    text = (
        ngettext("Helpdesk agent enabled on %(n)s device", "Helpdesk agent enabled on %(n)s devices", count)
        if enabled
        else ngettext(
            "Helpdesk agent disabled on %(n)s device", "Helpdesk agent disabled on %(n)s devices", count
        )
    )
    context = {
        **shell_of(user, found.client, "devices"),
        "run": found,
        "results": results,
        "headline": text % {"n": count},
        "action_done": _("Enabled") if enabled else _("Disabled"),
        "may_undo": may_undo(found, timezone.now()),
    }
    return render(request, "clients/activation_run.html", context)


@requires(Permission.AGENTS_ENABLE)
@require_POST
def undo(request: HttpRequest, run: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(runs_visible_to(user), public_id=run)
    try:
        undo_activation(run=found, by=user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Undone. What somebody changed meanwhile was left alone."))
    return redirect("agents:activation-run", found.public_id)
