"""One person at a client."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires, user_of
from helpdesk.web.clients.client import visible_client
from tickets.services.mail.strangers import ignore_contact_mail


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
