"""People who confirmed an address that belongs to none of their client's mail domains."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.selectors import profiles_visible_to, waiting_approvals
from agents.services import approve_contact, refuse_contact
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires, user_of


@requires(Permission.CONTACTS_APPROVE)
def page(request: HttpRequest) -> HttpResponse:
    profiles = waiting_approvals(profiles_visible_to(user_of(request)))
    return render(request, "clients/approvals.html", {"nav": "approvals", "profiles": profiles})


@requires(Permission.CONTACTS_APPROVE)
@require_POST
def decide(request: HttpRequest, profile: UUID) -> HttpResponse:
    user = user_of(request)
    found = get_object_or_404(profiles_visible_to(user), public_id=profile)
    name = found.full_name
    try:
        if request.POST.get("do") == "approve":
            approve_contact(profile=found, by=user, now=timezone.now())
            messages.success(request, _("%(name)s may open tickets now.") % {"name": name})
        elif request.POST.get("do") == "refuse":
            refuse_contact(profile=found, by=user, now=timezone.now())
            messages.success(request, _("Refused. %(name)s can confirm another address.") % {"name": name})
    except DeskbellError as error:
        messages.error(request, str(error))
    return redirect("agents:approvals")
