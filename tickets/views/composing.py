"""Canned replies in the composer: offered, put into the text, carried out, taken back.

With script `/` asks for the list as a fragment; without, each step is a page that keeps what was typed.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, DeskbellError, Invalid, NotFound
from helpdesk.core.models import User
from helpdesk.core.web import requires
from tickets.domain.kinds import MessageKind
from tickets.domain.macros import WrittenAs, status_of
from tickets.domain.rule_letters import fill
from tickets.domain.status import Status
from tickets.errors import ChildrenOpen
from tickets.models import Macro, MacroRun, Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.macros import macros_for, search_macros
from tickets.selectors.placeholders import customer_language, placeholder_values
from tickets.services.macros.carry_out import carry_out
from tickets.services.undo_reply import undo_run
from tickets.views.actions import CHANGED
from tickets.views.composer import (
    Along,
    Composer,
    answer_page,
    chips_by_macro,
    may_reply,
    readable,
    run_toast,
    show_problem,
    typed_composer,
)
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT
#: So many at a time; the search finds the others.
OFFERED, LISTED = 10, 50
_LEVELS = {"info": messages.INFO, "success": messages.SUCCESS, "error": messages.ERROR}


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def macros(request: Request, number: int) -> HttpResponse:
    """GET: the list for `/`. POST: the same as a page, or, with `insert`, the composer with that reply."""
    ticket = ticket_for(request.user, number, to=EDIT)
    if request.method == "POST" and "insert" in request.POST:
        return _insert(request, ticket)
    typed = request.POST if request.method == "POST" else request.GET
    query = typed.get("q", "").strip()
    is_page = not request.htmx
    found = search_macros(macros_for(request.user), query)[: LISTED if is_page else OFFERED]
    context = {
        "ticket": ticket,
        "q": query,
        "offers": _offers(list(found), ticket, request.user),
        "composer": _typed(request, ticket),
        "has_files": bool(request.FILES),
        "nav": "tickets",
    }
    return render(request, f"tickets/macros/{'insert' if is_page else '_offers'}.html", context)


def _offers(found: list[Macro], ticket: Ticket, by: User) -> list[dict[str, Any]]:
    values, chips = _values(ticket, by), chips_by_macro(found)
    return [{"macro": macro, "text": fill(macro.text, values), "chips": chips[macro.pk]} for macro in found]


def _values(ticket: Ticket, by: User) -> dict[str, str]:
    return placeholder_values(ticket, by, language=customer_language(ticket))


def _typed(request: Request, ticket: Ticket, errors: Sequence[str] = ()) -> Composer:
    """The composer as it was posted."""
    return typed_composer(request, ticket, errors=errors)


def _insert(request: Request, ticket: Ticket) -> HttpResponse:
    """The composer with the reply after what was typed; `insert=0` goes back without one."""
    pk, typed = request.POST["insert"], request.POST
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 10):
        raise NotFound
    body, kind, along = typed.get("body", ""), typed.get("kind", ""), Along.lenient(typed)
    if int(pk):
        macro = get_object_or_404(macros_for(request.user), pk=int(pk))
        text = fill(macro.text, _values(ticket, request.user))
        body = "\n\n".join(part for part in (body.rstrip(), text) if part)
        kind = MessageKind.NOTE.value if macro.written_as == WrittenAs.NOTE else kind
        along = Along([*along.actions, *readable(macro.actions)], [*along.macros, macro.pk])
    return answer_page(request, ticket, typed_composer(request, ticket, kind=kind, body=body, along=along))


@requires(EDIT)
@require_POST
def run(request: Request, number: int) -> HttpResponse:
    """What the chips say, at once and without an answer; the typed text stays."""
    ticket, typed = ticket_for(request.user, number, to=EDIT), request.POST
    try:
        along = Along.of_post(typed)
        if not along.actions:
            raise Invalid(fields={"also": _("Nothing is chosen to be done.")})
        done = carry_out(
            ticket=ticket,
            actions=along.actions,
            macros=along.macros,
            by=request.user,
            now=timezone.now(),
            anyway=bool(typed.get("finish")),
        )
    except NotFound:
        raise
    except ChildrenOpen as error:
        return ask_to_finish(request, number, error, way="tickets:run-macros")
    except DeskbellError as error:
        return refused(request, number, error)
    toast = run_toast(request, done)
    composer = typed_composer(request, ticket, along=Along())
    context = {"ticket": ticket, "composer": composer, "may_reply": may_reply(ticket), "nav": "tickets"}
    if not request.htmx:
        seconds = str(toast.get("seconds", ""))
        messages.add_message(request, _LEVELS[toast["level"]], toast["text"], extra_tags=seconds)
        is_writing = bool(composer.body.strip())
        return answer_page(request, ticket, composer) if is_writing else redirect("web:ticket", number)
    response = render(request, "tickets/_composer_and_toast.html", {**context, "toast": toast})
    response["HX-Trigger"] = CHANGED
    return response


def ask_to_finish(
    request: Request,
    number: int,
    error: ChildrenOpen,
    *,
    way: str = "tickets:reply",
    kind: str = "",
    then: Status | None = None,
) -> HttpResponse:
    """Tickets below are open: the sentence, and a button for who means it. A status beside Send counts."""
    ticket, along = ticket_for(request.user, number, to=EDIT), Along.lenient(request.POST)
    to = status_of(along.actions) or then or Status.RESOLVED
    composer = typed_composer(
        request,
        ticket,
        errors=[str(error.detail)],
        kind=kind,
        along=along,
        finish=to.value,
        finish_at=reverse(way, args=[number]),
    )
    return show_problem(request, ticket, composer, status=error.http_status)


def refused(request: Request, number: int, error: DeskbellError) -> HttpResponse:
    """The sentence beside the composer; the page without script gets the whole composer back."""
    ticket = ticket_for(request.user, number, to=EDIT)
    said = list((error.fields or {"": str(error.detail)}).values())
    return show_problem(request, ticket, _typed(request, ticket, said), status=error.http_status)


@requires(EDIT)
@require_POST
def undo(request: Request, number: int, run: int) -> HttpResponse:
    """What macros changed with one click, or along with a note. Of one's own alone."""
    ticket = ticket_for(request.user, number, to=EDIT)
    found = MacroRun.objects.filter(pk=run, ticket=ticket, by=request.user).first()
    level, words, status = "info", _("Taken back. What somebody changed since stays as it is."), 200
    try:
        if found is None:
            raise Conflict(_("This was taken back already."))
        undo_run(run=found, now=timezone.now())
    except Conflict as error:
        level, words, status = "error", str(error), error.http_status
    if not request.htmx:
        messages.add_message(request, _LEVELS[level], words)
        return redirect("web:ticket", number)
    context = {"toast": {"level": level, "text": words}}
    response = render(request, "ui/_toast_oob.html", context, status=status)
    response["HX-Reswap"], response["HX-Trigger"] = "none", CHANGED
    return response
