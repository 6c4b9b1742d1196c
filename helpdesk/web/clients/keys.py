"""Enrolment keys of a client: make, rotate, revoke. A key is shown on the next page only."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.services import create_key, revoke_key, rotate_key
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires, user_of
from helpdesk.web.clients.client import NEW_KEY, visible_client


@requires(Permission.CLIENTS_EDIT)
@require_POST
def new(request: HttpRequest, client: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    label = request.POST.get("label", "").strip()[:80] or _("Key of %(date)s") % {
        "date": timezone.localdate()
    }
    _key, secret = create_key(client=found, label=label, by=user, now=timezone.now())
    request.session[f"{NEW_KEY}:{found.pk}"] = secret
    return redirect("agents:client-settings", found.public_id)


@requires(Permission.CLIENTS_EDIT)
@require_POST
def act(request: HttpRequest, client: UUID, key: int) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    row = get_object_or_404(found.keys.all(), pk=key)
    if request.POST.get("do") == "rotate":
        _new, secret = rotate_key(key=row, by=user, now=timezone.now())
        request.session[f"{NEW_KEY}:{found.pk}"] = secret
    elif request.POST.get("do") == "revoke":
        revoke_key(key=row, by=user, now=timezone.now())
        messages.success(request, _("The key was revoked. Devices that joined with it stay."))
    return redirect("agents:client-settings", found.public_id)
