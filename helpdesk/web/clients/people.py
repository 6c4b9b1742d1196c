"""One person at a client."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agents.services.fields import fill_contact
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires, user_of
from helpdesk.web.clients.client import visible_client
from helpdesk.web.clients.device import typed_fields
from tickets.services.mail.strangers import ignore_contact_mail


@requires(Permission.CLIENTS_EDIT)
@require_POST
def fields(request: HttpRequest, client: UUID, contact: UUID) -> HttpResponse:
    """The person's values of the fields that the desk added."""
    user = user_of(request)
    found = get_object_or_404(visible_client(user, client).contacts, public_id=contact)
    try:
        fill_contact(contact=found, typed=typed_fields(request), by=user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, " ".join((error.fields or {"": str(error)}).values()))
    return redirect("agents:client-people", client)


@requires(Permission.CLIENTS_EDIT)
@require_POST
def mail(request: HttpRequest, client: UUID, contact: UUID) -> HttpResponse:
    """Ignore the person's mail, or take it again."""
    user = user_of(request)
    found = get_object_or_404(visible_client(user, client).contacts, public_id=contact)
    ignores = request.POST.get("ignores") == "1"
    ignore_contact_mail(contact=found, ignores=ignores, by=user, now=timezone.now())
    words = _("Mail of %(name)s makes no tickets.") if ignores else _("Mail of %(name)s makes tickets again.")
    messages.success(request, words % {"name": found.full_name})
    return redirect("agents:client-people", client)
