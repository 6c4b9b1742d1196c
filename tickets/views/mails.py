"""A mail of an answer: taken back while it is on hold, or sent once more."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict
from helpdesk.core.web import requires
from tickets.domain.kinds import MessageKind
from tickets.models import MacroRun
from tickets.selectors.access import ticket_for
from tickets.selectors.drafts import draft_of
from tickets.selectors.letters import reply_of
from tickets.services.undo_reply import resend_reply, undo_reply
from tickets.views.actions import CHANGED
from tickets.views.composer import Along, composer_for, may_reply, readable
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT


@requires(EDIT)
@require_POST
def undo(request: Request, mail: int) -> HttpResponse:
    """The text comes back into the composer."""
    message, _letter = reply_of(request.user, mail)
    run = MacroRun.objects.filter(message=message).first()
    along = Along(readable(run.actions)) if run else None
    number = message.ticket_id
    try:
        text = undo_reply(message=message, now=timezone.now())
    except Conflict as error:
        return _answer(request, number, str(error), level="error", status=error.http_status)
    words = _("Nothing was sent. Your text is back.")
    ticket = ticket_for(request.user, number, to=EDIT)
    draft = draft_of(request.user, ticket)
    context = {
        "ticket": ticket,
        "composer": composer_for(
            ticket, kind=MessageKind.REPLY.value, body=draft.body or text, along=along, draft=draft
        ),
        "may_reply": may_reply(ticket),
        "may_edit": True,
        "nav": "tickets",
    }
    if not request.htmx:
        messages.info(request, words)
        return render(request, "tickets/answer.html", context)
    context["toast"] = {"level": "info", "text": words}
    response = render(request, "tickets/_composer_and_toast.html", context)
    response["HX-Trigger"] = CHANGED
    return response


@requires(EDIT)
@require_POST
def resend(request: Request, mail: int) -> HttpResponse:
    message, letter = reply_of(request.user, mail)
    try:
        resend_reply(message=message, mail=letter, now=timezone.now())
    except Conflict as error:
        return _answer(request, message.ticket_id, str(error), level="error", status=error.http_status)
    words = _("The mail to %(address)s is on its way again.") % {"address": letter.to}
    return _answer(request, message.ticket_id, words, level="success")


def _answer(request: Request, number: int, words: str, *, level: str, status: int = 200) -> HttpResponse:
    """A toast, over the page that is open or on the ticket's page."""
    if not request.htmx:
        (messages.error if level == "error" else messages.success)(request, words)
        return redirect("web:ticket", number)
    context = {"toast": {"level": level, "text": words}}
    response = render(request, "ui/_toast_oob.html", context, status=status)
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = CHANGED
    return response
