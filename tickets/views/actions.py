"""What people do with one ticket: small forms that work without script and answer a fragment to htmx."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, Invalid, NotFound
from helpdesk.core.models import Team, User
from helpdesk.core.web import requires
from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import TRANSITIONS, Status
from tickets.errors import ChildrenOpen, TicketChanged
from tickets.models import Ticket
from tickets.models.labels import PRIORITY_CHOICES, STATUS_CHOICES, TYPE_CHOICES
from tickets.selectors.access import ticket_for
from tickets.selectors.choices import all_tags, assignable_teams, assignable_users
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.change_subject import change_subject
from tickets.services.change_tags import change_tags
from tickets.services.change_type import change_type
from tickets.services.take_ticket import take_ticket
from tickets.views.as_seen import Changed, see, what_changed
from tickets.views.requests import Request

Choice = TypeVar("Choice", bound=StrEnum)
EDIT = Permission.TICKETS_EDIT
#: The event that makes open pages read again; the live stream sends the same one to everybody else.
CHANGED = "live:ticket"


def _ticket(request: Request, number: int) -> Ticket:
    return ticket_for(request.user, number, to=EDIT)


def choices_of(ticket: Ticket) -> dict[str, Any]:
    """What the pickers of a ticket offer without asking the database."""
    moves = TRANSITIONS[Status(ticket.status)]
    return {
        "status_choices": [(value, label) for value, label in STATUS_CHOICES if Status(value) in moves],
        "priority_choices": PRIORITY_CHOICES[::-1],
        "type_choices": TYPE_CHOICES,
    }


def _act(
    request: Request, number: int, template: str, change: Callable[[Ticket], None], *, field: str = ""
) -> HttpResponse:
    """Do it; a refusal is a sentence beside the value as it is now (htmx) or on the ticket page. With `field`
    who saw another value than there is now is asked.
    """
    ticket = _ticket(request, number)
    problem, changed = _try(request, ticket, change, field)
    if not request.htmx:
        if problem:
            messages.error(request, f"{changed.words}. {problem}" if changed else _sentence(problem))
        if isinstance(problem, ChildrenOpen):
            return redirect(f"{reverse('web:ticket', args=[number])}?anyway={request.POST['status']}")
        return redirect("web:ticket", number)
    if problem or field:
        ticket = _ticket(request, number)
    context = {
        "ticket": ticket,
        "may_edit": True,
        "error": _sentence(problem) if problem else "",
        "changed": changed,
        "anyway": request.POST.get("status") if isinstance(problem, ChildrenOpen) else "",
        **choices_of(ticket),
    }
    if template == "tickets/_tags.html":
        context["tags"] = ticket.tags.all()
    response = render(request, template, context, status=problem.http_status if problem else 200)
    response["HX-Trigger"] = CHANGED
    return response


def _try(
    request: Request, ticket: Ticket, change: Callable[[Ticket], None], field: str
) -> tuple[DeskbellError | None, Changed | None]:
    """What kept it from being done, and for a `field` that is not as the page showed it what it is now."""
    if field and "was" in request.POST:
        see(ticket, field, request.POST["was"])
    try:
        change(ticket)
    except NotFound:
        raise
    except TicketChanged as error:
        if not field:
            return error, None
        changed = what_changed(_ticket(request, ticket.pk), field, request.POST.get(field, ""))
        return (error if changed else None), changed
    except DeskbellError as error:
        return error, None
    return None, None


def _sentence(problem: DeskbellError) -> str:
    return " ".join(problem.fields.values()) if problem.fields else str(problem.detail)


def _chosen(name: str, value: str, choices: type[Choice]) -> Choice:
    try:
        return choices(value)
    except ValueError:
        raise Invalid(fields={name: _("Choose one from the list.")}) from None


@requires(EDIT)
@require_POST
def status(request: Request, number: int) -> HttpResponse:
    def change(ticket: Ticket) -> None:
        to = _chosen("status", request.POST.get("status", ""), Status)
        anyway = bool(request.POST.get("anyway"))
        change_status(ticket=ticket, to=to, by=request.user, now=timezone.now(), anyway=anyway)

    return _act(request, number, "tickets/_fact_status.html", change, field="status")


@requires(EDIT)
@require_POST
def priority(request: Request, number: int) -> HttpResponse:
    def change(ticket: Ticket) -> None:
        to = _chosen("priority", request.POST.get("priority", ""), Priority)
        change_priority(ticket=ticket, to=to, by=request.user, now=timezone.now())

    return _act(request, number, "tickets/_fact_priority.html", change, field="priority")


@requires(EDIT)
@require_POST
def ticket_type(request: Request, number: int) -> HttpResponse:
    """An empty type takes it away."""

    def change(ticket: Ticket) -> None:
        value = request.POST.get("type", "")
        to = _chosen("type", value, TicketType) if value else None
        change_type(ticket=ticket, to=to, by=request.user, now=timezone.now())

    return _act(request, number, "tickets/_fact_type.html", change, field="type")


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: Request, number: int) -> HttpResponse:
    """GET shows who may have the ticket: inside the picker with htmx, as a page of its own without."""
    if request.method != "POST":
        return _choices(request, number, "assign")

    def change(ticket: Ticket) -> None:
        to = _person(ticket, request.POST.get("assignee", ""))
        change_assignee(ticket=ticket, to=to, by=request.user, now=timezone.now())

    return _act(request, number, "tickets/_fact_assignee.html", change, field="assignee")


def _person(ticket: Ticket, value: str) -> User | Team | None:
    """ "" is nobody, "17" a technician, "team-3" a team; only what the picker offers."""
    if not value:
        return None
    for team in assignable_teams() if value.startswith("team-") else ():
        if value == f"team-{team.pk}":
            return team
    for person in assignable_users(ticket.client):
        if value == str(person.pk):
            return person
    raise Invalid(fields={"assignee": _("Choose one from the list.")})


@requires(EDIT)
@require_POST
def take(request: Request, number: int) -> HttpResponse:
    return _act(
        request,
        number,
        "tickets/_fact_assignee.html",
        lambda ticket: take_ticket(ticket=ticket, by=request.user, now=timezone.now()),
    )


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: Request, number: int) -> HttpResponse:
    """POST with `add` puts a tag on, with `remove` takes one off; GET shows the field for a new one."""
    if request.method != "POST":
        return _choices(request, number, "tags")

    def change(ticket: Ticket) -> None:
        names = [tag.name for tag in ticket.tags.all()]
        gone = request.POST.get("remove", "")
        added = request.POST.get("add", "").strip()
        if not gone and not added:
            raise Invalid(fields={"tags": _("Write a word for the tag, for example “printer”.")})
        wanted = [name for name in names if name != gone] + ([added] if added else [])
        change_tags(ticket=ticket, names=wanted, by=request.user, now=timezone.now())

    return _act(request, number, "tickets/_tags.html", change)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def subject(request: Request, number: int) -> HttpResponse:
    """GET shows the field, POST keeps the new subject."""
    if request.method != "POST":
        return _choices(request, number, "subject")

    def change(ticket: Ticket) -> None:
        change_subject(ticket=ticket, to=request.POST.get("subject", ""), by=request.user, now=timezone.now())

    return _act(request, number, "tickets/_title.html", change, field="subject")


def _choices(request: Request, number: int, what: str) -> HttpResponse:
    ticket = _ticket(request, number)
    context: dict[str, Any] = {"ticket": ticket, "what": what, "nav": "tickets"}
    if what == "assign":
        context |= {"people": assignable_users(ticket.client), "teams": assignable_teams()}
    if what == "tags":
        context["known_tags"] = all_tags()
    template = f"tickets/_choose_{what}.html" if request.htmx else "tickets/choose.html"
    return render(request, template, context)
