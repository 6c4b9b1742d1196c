"""The small things beside a ticket: sleep, links, the checklist. Each is a plain form that answers its part
of the page to htmx.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, Invalid, NotFound
from helpdesk.core.templatetags.ui import say_day
from helpdesk.core.web import requires
from tickets.domain.sleep import Nap, end_of
from tickets.domain.work import LinkRole
from tickets.models import Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.beside import beside
from tickets.selectors.work import work_of
from tickets.services.work.checklist import add_item, move_item, remove_item, rename_item, tick_item
from tickets.services.work.links import link_tickets, unlink_tickets
from tickets.services.work.snooze import snooze_ticket, wake_ticket
from tickets.views.actions import CHANGED
from tickets.views.naps import naps
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT
#: What a change says afterwards, and the form that takes it back: (words, template, its context).
Said = tuple[str, dict[str, Any]] | None
_ADDRESS = re.compile(r"/tickets/(\d+)(?:/|$)", re.ASCII)


def part(request: Request, number: int, name: str, change: Callable[[Ticket], Said]) -> HttpResponse:
    """Do it, then show the part `tickets/work/_<name>.html`, with the sentence of a refusal in it."""
    ticket = ticket_for(request.user, number, to=EDIT)
    said: Said = None
    problem: DeskbellError | None = None
    try:
        said = change(ticket)
    except NotFound:
        raise
    except DeskbellError as error:
        problem = error
    words = _sentence(problem) if problem else ""
    toast = _toast(request, ticket, said)
    if not request.htmx:
        if words:
            messages.error(request, words)
        if toast:
            messages.success(request, toast["text"], extra_tags="8")
        return redirect("web:ticket", number)
    found = beside(request.user, ticket)
    context = {
        "ticket": ticket,
        "work": work_of(found, timezone.now()),
        "naps": naps(timezone.localtime()),
        "may_edit": True,
        "is_answer": True,
        "error": words,
        "typed": request.POST if problem else None,
        "toast": toast,
    }
    response = render(request, "tickets/work/part.html", {**context, "part": f"tickets/work/_{name}.html"})
    response.status_code = problem.http_status if problem else 200
    if not problem:
        response["HX-Trigger"] = CHANGED
    return response


def _toast(request: Request, ticket: Ticket, said: Said) -> dict[str, Any] | None:
    if said is None:
        return None
    words, undo = said
    get_token(request)
    context = {"ticket": ticket, "words": words, **undo}
    return {"level": "success", "text": render_to_string("tickets/work/_said.html", context, request)}


def _sentence(problem: DeskbellError) -> str:
    return " ".join(problem.fields.values()) if problem.fields else str(problem.detail)


def _number(request: Request, name: str) -> int:
    """Typed, or as the address of its page."""
    value = request.POST.get(name, "").strip().removeprefix("#")
    if pasted := _ADDRESS.search(value):
        value = pasted[1]
    if not value.isdecimal() or len(value) > 12:
        raise Invalid(fields={name: _("Write the number of a ticket, for example 1284.")})
    return int(value)


@requires(EDIT)
@require_POST
def checklist(request: Request, number: int) -> HttpResponse:
    """`do`: add, tick, untick, rename, up, down, remove, restore."""

    def change(ticket: Ticket) -> Said:
        do, text = request.POST.get("do", "add"), request.POST.get("text", "")
        typed = request.POST.get("item", "")
        item = int(typed) if typed.isdecimal() and len(typed) < 19 else 0
        now = timezone.now()
        if do in {"add", "restore"}:
            place = request.POST.get("place", "")
            at = int(place) if place.isdecimal() and len(place) < 9 else None
            again = add_item(ticket=ticket, text=text, place=at)
            if request.POST.get("done"):
                tick_item(ticket=ticket, item=again.pk, is_done=True, by=request.user, now=now)
        elif do in {"tick", "untick"}:
            tick_item(ticket=ticket, item=item, is_done=do == "tick", by=request.user, now=now)
        elif do == "rename":
            rename_item(ticket=ticket, item=item, text=text)
        elif do in {"up", "down"}:
            move_item(ticket=ticket, item=item, steps=-1 if do == "up" else 1)
        else:
            gone = remove_item(ticket=ticket, item=item)
            return _("“%(text)s” is off the checklist.") % {"text": gone.text}, {"undo": "item", "gone": gone}
        return None

    return part(request, number, "checklist", change)


@requires(EDIT)
@require_POST
def snooze(request: Request, number: int) -> HttpResponse:
    """`nap` is one of the usual moments, "until" a moment of one's own, "wake" ends it."""

    def change(ticket: Ticket) -> Said:
        now = timezone.now()
        nap = request.POST.get("nap", "")
        if nap == "wake":
            wake_ticket(ticket=ticket, by=request.user, now=now)
            return None
        until = _until(request) if nap == "until" else _end_of(nap, now)
        snooze_ticket(ticket=ticket, until=until, by=request.user, now=now)
        if until is None:
            return _("Sleeps until the customer answers."), {"undo": "snooze"}
        words = _("Sleeps until %(when)s, or until the customer answers.")
        when = say_day(timezone.localtime(until), "j M Y G:i")
        return words % {"when": when}, {"undo": "snooze"}

    return part(request, number, "snooze", change)


def _end_of(nap: str, now: datetime) -> datetime | None:
    try:
        return end_of(Nap(nap), timezone.localtime(now))
    except ValueError:
        raise Invalid(fields={"until": _("Choose one from the list.")}) from None


def _until(request: Request) -> datetime:
    try:
        at = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        raise Invalid(fields={"until": _("Choose a day and a time.")}) from None
    return at if timezone.is_aware(at) else timezone.make_aware(at)


@requires(EDIT)
@require_POST
def links(request: Request, number: int) -> HttpResponse:
    """Link another ticket that the user may work on, too, or remove the link."""

    def change(ticket: Ticket) -> Said:
        now = timezone.now()
        other = _other(request)
        if request.POST.get("do") == "remove":
            role = unlink_tickets(ticket=ticket, other=other, by=request.user, now=now)
            words = _("#%(number)s is not linked any more.") % {"number": other.number}
            return (words, {"undo": "link", "other": other, "role": role}) if role else None
        try:
            role = LinkRole(request.POST.get("role", ""))
        except ValueError:
            raise Invalid(fields={"role": _("Choose one from the list.")}) from None
        link_tickets(ticket=ticket, other=other, role=role, by=request.user, now=now)
        return None

    def _other(request: Request) -> Ticket:
        wanted = _number(request, "other")
        try:
            return ticket_for(request.user, wanted, to=EDIT)
        except NotFound:
            words = _("There is no ticket #%(number)s, or it is not yours to see.")
            raise Invalid(fields={"other": words % {"number": wanted}}) from None

    return part(request, number, "links", change)
