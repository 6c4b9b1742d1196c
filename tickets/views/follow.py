"""Following a ticket, and letting a colleague follow it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.web import requires
from tickets.models import Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.followers import followers_of, watch_choices
from tickets.services.follow import follow_ticket, unfollow_ticket
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT


@requires(Permission.TICKETS_VIEW)
@require_POST
def follow(request: Request, number: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    follow_ticket(ticket=ticket, user=request.user, by=request.user, now=timezone.now())
    return _button(request, ticket, follows=True)


@requires(Permission.TICKETS_VIEW)
@require_POST
def unfollow(request: Request, number: int) -> HttpResponse:
    """Oneself; or, for who may edit the ticket, the colleague named by `user`."""
    ticket = ticket_for(request.user, number)
    if "user" not in request.POST:
        unfollow_ticket(ticket=ticket, user=request.user)
        return _button(request, ticket, follows=False)
    ticket = ticket_for(request.user, number, to=EDIT)
    user = _chosen(request, followers_of(ticket))
    unfollow_ticket(ticket=ticket, user=user)
    messages.success(request, _("%(name)s does not follow this ticket any more.") % {"name": user.full_name})
    return redirect("web:ticket", number)


@requires(EDIT)
def watchers(request: Request, number: int) -> HttpResponse:
    """Choose a colleague; with a POST they follow from now on and are told so."""
    ticket = ticket_for(request.user, number, to=EDIT)
    choices = watch_choices(ticket)
    if request.method == "POST":
        user = _chosen(request, choices)
        follow_ticket(ticket=ticket, user=user, by=request.user, now=timezone.now())
        messages.success(request, _("%(name)s follows this ticket now.") % {"name": user.full_name})
        return redirect("web:ticket", number)
    return render(request, "tickets/watchers.html", {"nav": "tickets", "ticket": ticket, "choices": choices})


def _chosen(request: Request, among: list[User]) -> User:
    """404 for anybody else: who is not offered does not exist here (A11)."""
    wanted = request.POST.get("user", "")
    found = next((user for user in among if str(user.pk) == wanted), None)
    if found is None:
        raise Http404
    return found


def _button(request: Request, ticket: Ticket, *, follows: bool) -> HttpResponse:
    if not request.htmx:
        return redirect("web:ticket", ticket.pk)
    return render(request, "tickets/_follow.html", {"ticket": ticket, "follows": follows})
