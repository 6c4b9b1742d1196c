"""Enrolment keys of a client: make, rotate, revoke.

A new key is in the answer to the very POST that made it. A redirect would need to keep it somewhere until the
next page: in the session it would lie in the database, in clear, for as long as nobody looks.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.services import create_key, revoke_key, rotate_key
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires, stepped_up, user_of
from helpdesk.web.clients.client import settings_page, visible_client


@requires(Permission.CLIENTS_EDIT)
@stepped_up
@require_POST
def new(request: HttpRequest, client: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    label = request.POST.get("label", "").strip()[:80]
    label = label or _("Key of %(date)s") % {"date": timezone.localdate()}
    try:
        _key, secret = create_key(client=found, label=label, by=user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, " ".join((error.fields or {"": str(error)}).values()))
        return redirect("agents:client-settings", found.public_id)
    return settings_page(request, found, new_key=secret)


@requires(Permission.CLIENTS_EDIT)
@stepped_up
@require_POST
def act(request: HttpRequest, client: UUID, key: int) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    row = get_object_or_404(found.keys.all(), pk=key)
    try:
        if request.POST.get("do") == "rotate":
            _new, secret = rotate_key(key=row, by=user, now=timezone.now())
            return settings_page(request, found, new_key=secret)
        if request.POST.get("do") == "revoke":
            revoke_key(key=row, by=user, now=timezone.now())
            messages.success(request, _("The key was revoked. Devices that joined with it stay."))
    except DeskbellError as error:
        messages.error(request, str(error))
    return redirect("agents:client-settings", found.public_id)
