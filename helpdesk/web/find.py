"""Finding one's way: where somebody starts, and what the palette finds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.search import search_text
from helpdesk.core.web import requires, signed_in, user_of
from helpdesk.web.context_processors import places_of
from tickets.selectors.figures import starts_at_dashboard
from tickets.selectors.lists import found_tickets

SHOWN = 8


@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """The first place in the sidebar that this user may enter; the dashboard for who chose it."""
    user = user_of(request)
    places = places_of(user)
    if not starts_at_dashboard(user):
        places = [place for place in places if place["key"] != "dashboard"]
    return redirect(places[0]["url"] if places else "web:profile")


@requires(Permission.TICKETS_VIEW)
def find(request: HttpRequest) -> HttpResponse:
    """The ticket with this number first, then the latest with these words."""
    found = found_tickets(user_of(request), search_text(request.GET.get("q", "")), limit=SHOWN)
    return render(request, "web/_found.html", {"tickets": found})
