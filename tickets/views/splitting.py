"""A message that becomes a ticket of its own, with the way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.web import requires
from tickets.domain.text import MAX_SUBJECT
from tickets.errors import MergeAcrossClients, NotToSplit
from tickets.forms.merge import SplitForm
from tickets.models import Message, Ticket
from tickets.selectors.messages import message_for
from tickets.services.mail.opening import subject_of
from tickets.services.mail.strangers import split_off_held
from tickets.services.split_ticket import split_ticket, splittable
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def split_off(request: Request, message: int) -> HttpResponse:
    """GET asks about what and whose the new ticket is, POST makes it; a held mail needs no questions."""
    found = message_for(request.user, message, to=EDIT)
    ticket = found.ticket
    try:
        if request.method == "POST" and "subject" not in request.POST:  # the button of a held mail
            new = split_off_held(ticket=ticket, message=found, by=request.user, now=timezone.now())
            messages.success(request, _("The mail is ticket #%(number)s now.") % {"number": new.number})
            return redirect("web:ticket", ticket.pk)
        if not splittable(ticket).filter(pk=found.pk).exists():
            raise NotToSplit
        return _asked(request, found)
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("web:ticket", ticket.pk)


def _asked(request: Request, message: Message) -> HttpResponse:
    if request.method != "POST":
        return _page(request, message, SplitForm(initial=_initial(message)))
    form = SplitForm(request.POST)
    if form.is_valid():
        try:
            new = split_ticket(message=message, split=form.split(), by=request.user, now=timezone.now())
        except Invalid as error:
            for name, words in (error.fields or {}).items():
                form.add_error(name, words)
        except MergeAcrossClients as error:
            return _page(request, message, form, str(error))
        else:
            return _done(request, message.ticket, new)
    return _page(request, message, form)


def _initial(message: Message) -> dict[str, Any]:
    mail, ticket = message.mail_in, message.ticket
    subject = subject_of(mail.subject) if mail else ""
    return {
        "subject": (subject or ticket.subject)[:MAX_SUBJECT],
        "email": message.author_email or ticket.contact_email,
    }


def _page(request: Request, message: Message, form: SplitForm, stranger: str = "") -> HttpResponse:
    context = {
        "ticket": message.ticket,
        "message": message,
        "form": form,
        "stranger": stranger,
        "nav": "tickets",
    }
    status = 409 if stranger else 422 if form.errors else 200
    return render(request, "tickets/merge/split.html", context, status=status)


def _done(request: Request, ticket: Ticket, new: Ticket) -> HttpResponse:
    words = _("The message is ticket #%(number)s now.") % {"number": new.number}
    context = {"text": words, "back": new.number, "into": ticket.number}
    messages.success(request, render_to_string("tickets/merge/_done.html", context, request))
    return redirect("web:ticket", new.number)
