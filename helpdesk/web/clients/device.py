"""One device, and what can be done with the helpdesk agent on it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.domain.activation import Action, Scope, current_profile
from agents.domain.profile import ACTIVE
from agents.models import Device
from agents.selectors import devices_visible_to, is_online, profile_rows, profiles_visible_to
from agents.selectors.activation import profile_facts
from agents.selectors.fields import filled_of_device
from agents.services import apply_activation, disable_profile, enable_profile, reset_verification
from agents.services.fields import fill_device
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import User
from helpdesk.core.web import requires, user_of
from helpdesk.web.clients.joins import latest_tickets_of_device
from helpdesk.web.clients.rows import profile_detail

DEEDS = {
    "enable_signed_in": (Action.ENABLE, Scope.SIGNED_IN),
    "enable_every_profile": (Action.ENABLE, Scope.EVERY_PROFILE),
    "disable": (Action.DISABLE, Scope.EVERY_PROFILE),
}
PROFILE_DEEDS = {"enable": enable_profile, "disable": disable_profile, "reset": reset_verification}


def typed_fields(request: HttpRequest) -> dict[str, str]:
    """Key -> what was typed, of fields that the desk added."""
    sent = request.POST.items()
    return {name.removeprefix("field-"): str(text) for name, text in sent if name.startswith("field-")}


def visible_device(user: User, public_id: UUID) -> Device:
    return get_object_or_404(devices_visible_to(user).select_related("client"), public_id=public_id)


@requires(Permission.CLIENTS_VIEW)
def page(request: HttpRequest, device: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_device(user, device)
    now = timezone.now()
    rows = profile_rows(found, now=now)
    latest = current_profile([profile_facts(row.profile) for row in rows])
    current = next((row.profile for row in rows if latest and row.profile.pk == latest.pk), None)
    context = {
        "nav": "devices",
        "device": found,
        "is_online": is_online(found, now),
        "profiles": [
            {
                "profile": row.profile,
                "is_online": row.is_online,
                "is_active": row.profile.state in ACTIVE,
                "detail": profile_detail(row, now=now),
            }
            for row in rows
        ],
        "to_enable": current if current and current.state not in ACTIVE else None,
        "tickets": latest_tickets_of_device(user, found),
        "fields": filled_of_device(found),
        "may_fill": user.may(Permission.CLIENTS_EDIT),
        "may_enable": user.may(Permission.AGENTS_ENABLE),
        "may_edit_tickets": user.may(Permission.TICKETS_EDIT),
    }
    return render(request, "clients/device.html", context)


@requires(Permission.CLIENTS_EDIT)
@require_POST
def fields(request: HttpRequest, device: UUID) -> HttpResponse:
    """The device's values of the fields that the desk added."""
    user = user_of(request)
    found = visible_device(user, device)
    try:
        fill_device(device=found, typed=typed_fields(request), by=user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, " ".join((error.fields or {"": str(error)}).values()))
    return redirect("agents:device", found.public_id)


@requires(Permission.AGENTS_ENABLE)
@require_POST
def agent(request: HttpRequest, device: UUID) -> HttpResponse:
    """Manage > Helpdesk agent: the same run as in bulk, so it shows its result and can be undone."""
    user = user_of(request)
    found = visible_device(user, device)
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        messages.error(request, _("Choose what to do in the menu Manage."))
        return redirect("agents:device", found.public_id)
    action, scope = deed
    run = apply_activation(
        client=found.client,
        devices=Device.objects.filter(pk=found.pk),
        action=action,
        scope=scope,
        by=user,
        now=timezone.now(),
    )
    return redirect("agents:activation-run", run.public_id)


@requires(Permission.AGENTS_ENABLE)
@require_POST
def profile_action(request: HttpRequest, profile: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(profiles_visible_to(user).select_related("device"), public_id=profile)
    deed = PROFILE_DEEDS.get(request.POST.get("do", ""))
    try:
        if deed is not None:
            deed(profile=found, by=user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
    return redirect("agents:device", found.device.public_id)
