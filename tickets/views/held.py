"""Mail of strangers on a ticket: let the sender in, or shut the sender out; `splitting` gives it a ticket."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires
from tickets.domain.text import clean_subject
from tickets.models import Message
from tickets.selectors.access import ticket_for
from tickets.selectors.messages import message_for
from tickets.services.mail.strangers import admit_sender, block_sender, remove_participant
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT


@requires(EDIT)
@require_POST
def admit(request: Request, message: int) -> HttpResponse:
    def deed(found: Message) -> str:
        admit_sender(ticket=found.ticket, message=found, by=request.user, now=timezone.now())
        return _("%(address)s takes part in this ticket now.") % {"address": found.author_email}

    return _done(request, message, deed)


@requires(EDIT)
@require_POST
def block(request: Request, message: int) -> HttpResponse:
    def deed(found: Message) -> str:
        block_sender(ticket=found.ticket, message=found, by=request.user, now=timezone.now())
        return _("Mail of %(address)s makes no tickets any more.") % {"address": found.author_email}

    return _done(request, message, deed)


@requires(EDIT)
@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """Somebody was let in, or written to, by mistake."""
    found, email = ticket_for(request.user, number, to=EDIT), clean_subject(request.POST.get("email", ""))
    remove_participant(ticket=found, email=email, by=request.user, now=timezone.now())
    messages.success(request, _("%(address)s gets no answers of this ticket any more.") % {"address": email})
    return redirect("web:ticket", number)


def _done(request: Request, message: int, deed: Callable[[Message], str]) -> HttpResponse:
    """Back to the ticket, with what was done or why it was not."""
    found = message_for(request.user, message, to=EDIT)
    number = found.ticket_id
    try:
        messages.success(request, deed(found))
    except DeskbellError as error:
        messages.error(request, str(error))
    return redirect("web:ticket", number)
