"""One deed for many tickets of a list: look at what would happen, do it, take it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict
from helpdesk.core.web import requires
from tickets.domain.bulk import MAX_TICKETS, ME, TEAM, Deed, Outcome, Task, Why, outcome_of
from tickets.domain.filters import BadFilter
from tickets.domain.status import Status
from tickets.errors import TicketInvalid
from tickets.models import BulkRun, Ticket
from tickets.models.labels import PRIORITY_CHOICES, STATUS_CHOICES
from tickets.selectors.bulk import chosen_tickets, facts_of_chosen, matching_tickets, takers, task_of
from tickets.selectors.choices import all_tags, assignable_teams
from tickets.selectors.merge_choices import preview
from tickets.services.bulk import do_to_many, undo_bulk
from tickets.services.merge_tickets import refuse
from tickets.views.actions import CHANGED
from tickets.views.addresses import filters_of, safe_query
from tickets.views.bulk_words import TITLES, VERBS, done_words, left_words
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT
NAMED = 6


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str | Promise
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address or the form asks for."""

    deed: Deed
    value: str | None
    tickets: Sequence[Ticket]
    #: The query string of the list, to come back to it.
    back: str

    @property
    def numbers(self) -> str:
        return ",".join(str(ticket.pk) for ticket in self.tickets)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: Request) -> HttpResponse:
    """GET shows what would happen to the chosen tickets, POST does it to those it showed."""
    typed = request.POST if request.method == "POST" else request.GET
    asked = _asked(request, typed)
    if not asked.tickets:
        return _answer(request, asked.back, "error", _("Tick the tickets first."), status=422)
    if request.method != "POST":
        return _preview(request, asked)
    try:
        task = task_of(asked.deed, asked.value or "", request.user)
        done = do_to_many(
            task=task,
            numbers=[ticket.pk for ticket in asked.tickets],
            by=request.user,
            now=timezone.now(),
            keep_highest="keep_highest" in typed,
            across_clients="across_clients" in typed,
        )
    except TicketInvalid as error:
        return _preview(request, asked, error=" ".join((error.fields or {}).values()), status=422)
    except Conflict as error:
        return _preview(request, asked, error=str(error), status=error.http_status)
    text = done_words(task, done.outcome)
    if done.run is None:
        return _answer(request, asked.back, "info", text)
    context = {"text": text, "run": done.run, "back": asked.back}
    return _answer(
        request, asked.back, "success", render_to_string("tickets/bulk/_done.html", context, request)
    )


@requires(EDIT)
@require_POST
def undo(request: Request, run: int) -> HttpResponse:
    """Of one's own deeds alone."""
    found = get_object_or_404(BulkRun.objects.filter(by=request.user), pk=run)
    back = safe_query(request.POST.get("back", ""))
    try:
        as_before, left = undo_bulk(run=found, now=timezone.now())
    except Conflict as error:
        return _answer(request, back, "error", str(error), status=error.http_status)
    said = ngettext("%(n)s ticket is as it was.", "%(n)s tickets are as they were.", as_before)
    text = said % {"n": as_before}
    if left:
        kept = ngettext("%(n)s was changed since and stays.", "%(n)s were changed since and stay.", left)
        text = f"{text} {kept % {'n': left}}"
    return _answer(request, back, "info", text)


def _asked(request: Request, typed: QueryDict) -> Asked:
    try:
        deed = Deed(typed.get("do", ""))
    except ValueError:
        raise Http404 from None
    back = safe_query(typed.get("back", ""))
    if "all" in typed and request.method != "POST":
        try:
            params = QueryDict(back)
            filters = filters_of(request, params, now=timezone.localtime())
            tickets = matching_tickets(request.user, filters)
        except BadFilter:
            tickets = []
    else:
        tickets = chosen_tickets(request.user, _numbers(typed.getlist("n")))
    return Asked(deed, typed.get("value"), tickets, back)


def _numbers(texts: Iterable[str]) -> list[int]:
    parts = [part for text in texts for part in text.split(",")][: 2 * MAX_TICKETS]
    return [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) < 19]


def _preview(request: Request, asked: Asked, *, error: str = "", status: int = 200) -> HttpResponse:
    user, deed, n = request.user, asked.deed, len(asked.tickets)
    choices = _choices(request, asked)
    value = asked.value if asked.value is not None else _usual(asked, choices)
    context: dict[str, Any] = {
        "nav": "tickets",
        "asked": asked,
        "deed": deed.value,
        "title": TITLES[deed](n) % {"n": n},
        "choices": choices,
        "value": value,
        "error": error,
        "is_cut": "all" in request.GET and n == MAX_TICKETS,
        "limit": MAX_TICKETS,
        "tags": all_tags() if deed in {Deed.TAG, Deed.UNTAG} else (),
    }
    try:
        task = task_of(deed, value, user)
        outcome = outcome_of(task, facts_of_chosen(user, asked.tickets))
        context |= _outcome(task, outcome, asked)
    except TicketInvalid as problem:
        typed_wrong = bool(value) and not error
        context["error"] = " ".join((problem.fields or {}).values()) if typed_wrong else error
    is_dialog = bool(request.htmx)
    template = "tickets/bulk/_dialog.html" if is_dialog else "tickets/bulk/page.html"
    return render(request, template, context, status=200 if is_dialog else status)


def _outcome(task: Task, outcome: Outcome, asked: Asked) -> dict[str, Any]:
    done, names = len(outcome.done), {ticket.pk: ticket for ticket in asked.tickets}
    groups = [
        {
            "text": left_words(why, task, len(numbers)),
            "numbers": () if why is Why.TARGET else numbers[:NAMED],  # its sentence names it
            "more": len(numbers) > NAMED,
        }
        for why, numbers in outcome.left.items()
    ]
    context: dict[str, Any] = {
        "done": done,
        "shown": [names[number] for number in outcome.done[:NAMED]],
        "more": max(done - NAMED, 0),
        "left": groups,
        "verb": VERBS[task.deed](done) % {"n": done},
    }
    if task.deed is Deed.MERGE and done:
        context |= _merging(task, [names[number] for number in outcome.done], names)
    return context


def _merging(task: Task, sources: list[Ticket], names: dict[int, Ticket]) -> dict[str, Any]:
    """What the target will hold, or why it cannot be."""
    target = names.get(int(task.value))
    if target is None:
        return {"error": _("Choose a ticket."), "done": 0}
    try:
        for source in sources:
            refuse(source, target, across_clients=True)
    except Conflict as reason:
        return {"error": str(reason), "done": 0}
    return {"merge": preview(sources, target), "target": target}


def _choices(request: Request, asked: Asked) -> list[Choice]:
    match asked.deed:
        case Deed.ASSIGN:
            people = takers({ticket.client_id for ticket in asked.tickets})
            mine = [Choice(str(request.user.pk), gettext_lazy("Me"), "me")]
            others = [
                Choice(str(one.pk), one.full_name, "person") for one in people if one.pk != request.user.pk
            ]
            teams = [Choice(f"{TEAM}{team.pk}", team.name, "team") for team in assignable_teams()]
            return [*mine, *others, *teams, Choice("", gettext_lazy("Nobody"), "nobody")]
        case Deed.STATUS:
            return [Choice(value, label, "status") for value, label in STATUS_CHOICES]
        case Deed.PRIORITY:
            return [Choice(value, label, "priority") for value, label in PRIORITY_CHOICES[::-1]]
        case Deed.MERGE:
            open_ones = [one for one in asked.tickets if not one.is_closed and not one.merged_into_id]
            oldest_first = sorted(open_ones, key=lambda one: one.pk)[:25]
            return [Choice(str(one.pk), f"#{one.pk} {one.subject}", "ticket") for one in oldest_first]
    return []


def _usual(asked: Asked, choices: Sequence[Choice]) -> str:
    """What is chosen before anybody chooses: oneself, the oldest ticket, else what is true of all of them."""
    if asked.deed is Deed.ASSIGN:
        return ME if not choices else choices[0].value
    if asked.deed is Deed.MERGE:
        return choices[0].value if choices else ""
    if asked.deed is Deed.STATUS:
        states = {ticket.status for ticket in asked.tickets}
        return states.pop() if len(states) == 1 else Status.PROCESSING.value
    if asked.deed is Deed.PRIORITY:
        ranks = {ticket.priority for ticket in asked.tickets}
        return ranks.pop() if len(ranks) == 1 else PRIORITY_CHOICES[-1][0]
    return ""


def _answer(request: Request, back: str, level: str, text: str, *, status: int = 200) -> HttpResponse:
    """Back to the list with a toast; htmx closes the dialog and reads the rows again."""
    if not request.htmx:
        level_number = {"error": messages.ERROR, "info": messages.INFO}.get(level, messages.SUCCESS)
        messages.add_message(request, level_number, text)
        return redirect(reverse("tickets:list") + (f"?{back}" if back else ""))
    context = {"toast": {"level": level, "text": text, "seconds": 20 if level == "success" else ""}}
    response = render(request, "tickets/bulk/_toast.html", context, status=200)
    response["HX-Trigger"] = f"{CHANGED}, bulk-done" if level != "error" else CHANGED
    return response
