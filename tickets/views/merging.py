"""Merging a ticket into another one: choose, look, confirm; and the way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.search import search_text
from helpdesk.core.errors import Conflict
from helpdesk.core.web import requires
from tickets.domain.text import ticket_number
from tickets.errors import TicketNotFound
from tickets.forms.merge import MergeForm
from tickets.models import Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.merge_choices import preview, search_candidates, suggestions
from tickets.services.merge_tickets import merge_tickets, refuse
from tickets.services.undo_merge import undo_merge
from tickets.views.requests import Request

EDIT = Permission.TICKETS_MERGE


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, number: int) -> HttpResponse:
    """GET offers tickets, with `into` it shows what that one will hold; POST merges. A merged ticket tells so
    on its own page.
    """
    ticket = ticket_for(request.user, number, to=EDIT)
    if request.method == "POST":
        return _merged(request, ticket)
    if ticket.merged_into_id:
        return redirect("web:ticket", number)
    query = search_text(request.GET.get("q", ""))
    asked = request.GET.get("into", "") or (query if ticket_number(query) else "")
    if target := _target(request, asked):
        return _page(request, ticket, target)
    return _choose(request, ticket, query)


@requires(EDIT)
@require_POST
def undo(request: Request, number: int) -> HttpResponse:
    """Back to the source; who may not work on both tickets finds nothing to undo."""
    ticket = ticket_for(request.user, number, to=EDIT)
    if ticket.merged_into_id:
        ticket_for(request.user, ticket.merged_into_id, to=EDIT)
    try:
        target = undo_merge(source=ticket, by=request.user, now=timezone.now())
    except Conflict as error:
        messages.error(request, str(error))
    else:
        words = _("#%(number)s goes its own way again. What came to #%(target)s since stays there.")
        messages.success(request, words % {"number": number, "target": target.number})
    return redirect("web:ticket", number)


def _target(request: Request, asked: str) -> Ticket | None:
    """The ticket with this number if the user may work on it, else none."""
    number = ticket_number(asked)
    try:
        return ticket_for(request.user, number, to=EDIT) if number else None
    except TicketNotFound:
        return None


def _choose(request: Request, ticket: Ticket, query: str, error: str = "") -> HttpResponse:
    context = {
        "ticket": ticket,
        "nav": "tickets",
        "query": query,
        "found": search_candidates(request.user, ticket, query) if query else [],
        "suggestions": suggestions(request.user, ticket),
        "error": error,
    }
    return render(request, "tickets/merge/choose.html", context, status=422 if error else 200)


def _page(request: Request, ticket: Ticket, target: Ticket, error: Conflict | None = None) -> HttpResponse:
    """What the target will hold, or why it cannot be."""
    shown, words = None, str(error) if error else ""
    try:
        refuse(ticket, target, across_clients=True)
        shown = preview([ticket], target)
    except Conflict as reason:
        words = words or str(reason)
    also = [one.ticket for one in suggestions(request.user, ticket) if one.ticket != target]
    context: dict[str, Any] = {
        "ticket": ticket,
        "target": target,
        "nav": "tickets",
        "preview": shown,
        "also": [one for one in also if one.client_id in {ticket.client_id, target.client_id}],
        "chosen": request.POST.getlist("also"),
        "error": words,
    }
    return render(request, "tickets/merge/preview.html", context, status=error.http_status if error else 200)


def _merged(request: Request, ticket: Ticket) -> HttpResponse:
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _choose(request, ticket, "", error=_("Choose a ticket."))
    target = ticket_for(request.user, form.cleaned_data["into"], to=EDIT)
    sources = [ticket, *(ticket_for(request.user, number, to=EDIT) for number in form.also())]
    try:
        merge_tickets(
            sources=sources,
            target=target,
            by=request.user,
            now=timezone.now(),
            keep_highest=form.cleaned_data["keep_highest"],
            across_clients=form.cleaned_data["across_clients"],
        )
    except Conflict as error:
        if not all(_goes_on_in(target, source) for source in sources):
            return _page(request, ticket, target, error)
    names = ", ".join(f"#{source.number}" for source in dict.fromkeys(sources))
    words = ngettext(
        "%(names)s is merged into this ticket.", "%(names)s are merged into this ticket.", len(sources)
    ) % {"names": names}
    context = {"text": words, "undo": ticket.number if len(sources) == 1 else None}
    messages.success(request, render_to_string("tickets/merge/_done.html", context, request))
    return redirect("web:ticket", target.number)


def _goes_on_in(target: Ticket, source: Ticket) -> bool:
    """Also if a second click, or somebody else, came first."""
    return Ticket.objects.filter(pk=source.pk, merged_into=target).exists()
