"""Who takes part in a ticket by mail, beside its contact."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires
from tickets.selectors.access import ticket_for
from tickets.services.mail.participants import add_participant
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT


@requires(EDIT)
@require_POST
def add(request: Request, number: int) -> HttpResponse:
    ticket = ticket_for(request.user, number, to=EDIT)
    email = request.POST.get("email", "")
    try:
        add_participant(ticket=ticket, email=email, by=request.user, now=timezone.now())
        messages.success(request, _("%(address)s gets the answers, too.") % {"address": email})
    except DeskbellError as error:
        messages.error(request, " ".join((error.fields or {}).values()) or str(error))
    return redirect("web:ticket", number)
