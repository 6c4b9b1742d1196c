"""Replies and notes: the composer of the ticket page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, NotFound
from helpdesk.core.web import requires
from tickets.domain.kinds import MessageKind
from tickets.domain.seen import Seen
from tickets.domain.status import Status
from tickets.errors import ChildrenOpen
from tickets.forms import AnswerForm
from tickets.models import MacroRun, Message, Ticket
from tickets.selectors.access import ticket_for
from tickets.services.drafts import waiting_files
from tickets.services.files import store_uploads
from tickets.services.macros.carry_out import ToldMeanwhile, answer_with
from tickets.views.actions import CHANGED
from tickets.views.composer import Along, composer_for, may_reply, run_toast, show_problem, typed_composer
from tickets.views.composing import ask_to_finish
from tickets.views.requests import Request
from tickets.views.typed import Typed


@requires(Permission.TICKETS_EDIT)
@require_POST
def note(request: Request, number: int) -> HttpResponse:
    return _answer(request, number, MessageKind.NOTE)


@requires(Permission.TICKETS_EDIT)
@require_POST
def reply(request: Request, number: int) -> HttpResponse:
    """A form that says it holds a note stays a note, whatever button sent it: no note reaches a customer."""
    is_note = request.POST.get("kind") == MessageKind.NOTE
    return _answer(request, number, MessageKind.NOTE if is_note else MessageKind.REPLY)


def _answer(request: Request, number: int, kind: MessageKind) -> HttpResponse:
    ticket = ticket_for(request.user, number, to=Permission.TICKETS_EDIT)
    form = AnswerForm(request.POST)
    message: Message | None = None
    errors, status = [str(e) for found in form.errors.values() for e in found], 422
    if form.is_valid():
        try:
            message = _write(request, ticket, kind, form.cleaned_data["body"])
        except NotFound:
            raise
        except ToldMeanwhile as error:
            composer = typed_composer(request, ticket, news=error.news, kind=kind.value)
            return show_problem(request, ticket, composer, status=error.http_status)
        except ChildrenOpen as error:
            return ask_to_finish(request, ticket.pk, error, kind=kind.value, then=_then(request.POST))
        except DeskbellError as error:
            errors, status = list((error.fields or {"": str(error.detail)}).values()), error.http_status
    if message is not None:
        return _done(request, ticket, message)
    ticket = ticket_for(request.user, number, to=Permission.TICKETS_EDIT)
    composer = typed_composer(request, ticket, errors=errors, kind=kind.value)
    return show_problem(request, ticket, composer, status=status)


def _write(request: Request, ticket: Ticket, kind: MessageKind, body: str) -> Message:
    along, typed = Along.of_post(request.POST), Typed.of(request.POST)
    waiting = waiting_files(ticket=ticket, by=request.user, ids=typed.kept)
    return answer_with(
        ticket=ticket,
        kind=kind,
        body=body,
        actions=along.actions,
        macros=along.macros,
        by=request.user,
        now=timezone.now(),
        then=_then(request.POST),
        stored=[*waiting, *store_uploads(request.FILES.getlist("files"))],
        without=typed.without,
        cc=typed.copies,
        seen=Seen.read(typed.seen),
        anyway=bool(typed.finish),
    )


def _then(post: QueryDict) -> Status | None:
    """Waiting as a rule; "" leaves the status as it is. Who was asked says it by `finish`, or by
    what they `meant` before.
    """
    value = post.get("then", post.get("finish", post.get("meant") if "anyway" in post else None))
    if value == "":
        return None
    known = {status.value: status for status in Status if status is not Status.CLOSED}
    return known.get(value or "", Status.WAITING)


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
    """The way back, as long as the answer is on hold; of a note for what macros changed with it."""
    mail = message.mail
    if mail is None:
        run = MacroRun.objects.filter(message=message).first()
        return run_toast(request, run) if run and run.changes else None
    if mail.hold_until is None:
        return None
    get_token(request)
    seconds = int((mail.hold_until - mail.created_at).total_seconds())
    text = render_to_string("tickets/_sent.html", {"mail": mail, "seconds": seconds}, request)
    return {"level": "success", "text": text, "seconds": seconds}
