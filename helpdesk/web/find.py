"""Finding one's way: where somebody starts, and what the palette finds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.search import search_text
from helpdesk.core.web import requires, signed_in, user_of
from helpdesk.web.context_processors import places_of
from tickets.models import Ticket
from tickets.selectors.access import tickets_visible_to

SHOWN = 8
LONGEST_NUMBER = 12


@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """The first place in the sidebar that this user may enter."""
    places = places_of(user_of(request))
    return redirect(places[0]["url"] if places else "web:profile")


@requires(Permission.TICKETS_VIEW)
def find(request: HttpRequest) -> HttpResponse:
    """The ticket with this number first, then the latest with these words in the subject."""
    text = search_text(request.GET.get("q", "")).lstrip("#")
    visible = tickets_visible_to(user_of(request))
    found: list[Ticket] = []
    if text.isdecimal() and len(text) <= LONGEST_NUMBER:
        found += visible.filter(pk=int(text))
    if text:
        named = visible.filter(subject__icontains=text).exclude(pk__in=[ticket.pk for ticket in found])
        found += named.order_by("-updated_at", "-id")[: SHOWN - len(found)]
    return render(request, "web/_found.html", {"tickets": found})
