"""Replies and notes: the composer of the ticket page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, NotFound
from helpdesk.core.web import requires
from tickets.domain.kinds import MessageKind
from tickets.domain.status import Status
from tickets.forms import AnswerForm
from tickets.models import Message, Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.recipients import Recipient, recipients_of
from tickets.services.add_note import add_note
from tickets.services.files import StoredFile, store_uploads
from tickets.services.reply_to_customer import reply_to_customer
from tickets.views.actions import CHANGED
from tickets.views.requests import Request

Write = Callable[[Ticket, str, Sequence[StoredFile]], Message]


@dataclass(frozen=True, slots=True)
class Composer:
    """What the composer shows. With a problem the typed text is still in it."""

    kind: str = MessageKind.REPLY.value
    body: str = ""
    errors: list[str] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)


def may_reply(ticket: Ticket) -> bool:
    return bool(ticket.contact_email) and not ticket.is_closed


def composer_for(ticket: Ticket, *, kind: str = "", body: str = "", errors: Sequence[str] = ()) -> Composer:
    """A note where a reply has nowhere to go."""
    kind = kind or (MessageKind.REPLY.value if may_reply(ticket) else MessageKind.NOTE.value)
    recipients = recipients_of(ticket) if may_reply(ticket) else []
    return Composer(kind, body, list(errors), recipients)


@requires(Permission.TICKETS_EDIT)
@require_POST
def note(request: Request, number: int) -> HttpResponse:
    def write(ticket: Ticket, body: str, stored: Sequence[StoredFile]) -> Message:
        return add_note(ticket=ticket, body=body, by=request.user, now=timezone.now(), stored=stored)

    return _answer(request, number, MessageKind.NOTE.value, write)


@requires(Permission.TICKETS_EDIT)
@require_POST
def reply(request: Request, number: int) -> HttpResponse:
    """A form that says it holds a note stays a note, whatever button sent it: no note reaches a customer."""
    if request.POST.get("kind") == MessageKind.NOTE:
        return note(request, number)  # type: ignore[return-value]

    def write(ticket: Ticket, body: str, stored: Sequence[StoredFile]) -> Message:
        then = Status.RESOLVED if request.POST.get("then") == Status.RESOLVED else Status.WAITING
        return reply_to_customer(
            ticket=ticket,
            body=body,
            by=request.user,
            now=timezone.now(),
            then=then,
            stored=stored,
            may_be_undone=True,
        )

    return _answer(request, number, MessageKind.REPLY.value, write)


def _answer(request: Request, number: int, kind: str, write: Write) -> HttpResponse:
    ticket = ticket_for(request.user, number, to=Permission.TICKETS_EDIT)
    form = AnswerForm(request.POST)
    message: Message | None = None
    errors, status = [str(e) for found in form.errors.values() for e in found], 422
    if form.is_valid():
        try:
            message = write(ticket, form.cleaned_data["body"], store_uploads(request.FILES.getlist("files")))
        except NotFound:
            raise
        except DeskbellError as error:
            errors, status = list((error.fields or {"": str(error.detail)}).values()), error.http_status
    if message is not None:
        return _done(request, ticket, message)
    ticket = ticket_for(request.user, number, to=Permission.TICKETS_EDIT)
    composer = composer_for(ticket, kind=kind, body=request.POST.get("body", ""), errors=errors)
    context = {"ticket": ticket, "composer": composer, "may_reply": may_reply(ticket), "nav": "tickets"}
    if not request.htmx:
        return render(request, "tickets/answer.html", context, status=status)
    # Only the sentence is swapped in: the text and the chosen files stay in the browser as they are.
    response = render(request, "tickets/_composer_error.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#composer-error", "innerHTML"
    return response


def _done(request: Request, ticket: Ticket, message: Message) -> HttpResponse:
    toast = _undo_toast(request, message)
    if not request.htmx:
        if toast:
            messages.success(request, toast["text"], extra_tags=str(toast["seconds"]))
        return redirect("web:ticket", ticket.number)
    context = {
        "ticket": ticket,
        "composer": composer_for(ticket),
        "may_reply": may_reply(ticket),
        "may_edit": True,
        "toast": toast,
    }
    response = render(request, "tickets/_composer_and_toast.html", context)
    response["HX-Trigger"] = CHANGED
    return response


def _undo_toast(request: Request, message: Message) -> dict[str, Any] | None:
    """The way back, as long as the answer is on hold."""
    mail = message.mail
    if mail is None or mail.hold_until is None:
        return None
    get_token(request)
    seconds = int((mail.hold_until - mail.created_at).total_seconds())
    text = render_to_string("tickets/_sent.html", {"mail": mail, "seconds": seconds}, request)
    return {"level": "success", "text": text, "seconds": seconds}
