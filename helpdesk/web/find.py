"""Finding one's way: where somebody starts, and what the palette finds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from agents.selectors import clients_visible_to
from agents.selectors.names import clients_named, contacts_named, devices_named
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.search import search_text
from helpdesk.core.models import User
from helpdesk.core.selectors.people import active_users
from helpdesk.core.web import signed_in, user_of
from helpdesk.web.context_processors import places_of
from tickets.domain.spelling import likest
from tickets.selectors.figures import starts_at_dashboard
from tickets.selectors.lists import found_tickets

SHOWN, NAMES = 8, 4
#: Letters of a word that may be a mistyped name, and how many names are looked at for it.
SHORTEST_NAME, MOST_NAMES = 4, 5_000


@dataclass(slots=True)
class Found:
    tickets: Sequence[Any] = ()
    contacts: Sequence[Any] = ()
    colleagues: Sequence[Any] = ()
    clients: Sequence[Any] = ()
    devices: Sequence[Any] = ()
    #: Names that a mistyped word may have meant.
    instead: list[str] = field(default_factory=list)

    @property
    def has_names(self) -> bool:
        return any((self.contacts, self.colleagues, self.clients, self.devices))


@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """The first place in the sidebar that this user may enter; the dashboard for who chose it."""
    user = user_of(request)
    places = places_of(user)
    if not starts_at_dashboard(user):
        places = [place for place in places if place["key"] != "dashboard"]
    return redirect(places[0]["url"] if places else "web:profile")


@signed_in
def find(request: HttpRequest) -> HttpResponse:
    """The ticket with this number first, then the latest with these words; then people, clients and devices.

    "#" keeps to tickets, "@" to people; ">" are commands, which the page has itself.
    """
    user = user_of(request)
    user.acts_by = Permission.CLIENTS_VIEW  # whose names are found; tickets ask by a permission of their own
    text = search_text(request.GET.get("q", ""))
    scope, text = (text[:1], text[1:].strip()) if text[:1] in {"#", "@", ">"} else ("", text)
    found = Found()
    if text and scope in {"", "#"} and user.may(Permission.TICKETS_VIEW):
        found.tickets = found_tickets(user, text, limit=SHOWN)
    if text and scope in {"", "@"}:
        words = text.split()
        _names(user, words, found, with_things=not scope)
        if not found.has_names and len(words) == 1 and len(text) >= SHORTEST_NAME:
            found.instead = _meant(user, text)
            if found.instead:
                _names(user, found.instead[:1], found, with_things=not scope)
    return render(request, "web/_found.html", {"found": found})


def _names(user: User, words: Sequence[str], found: Found, *, with_things: bool) -> None:
    if user.may(Permission.CLIENTS_VIEW):
        found.contacts = contacts_named(user, words, limit=NAMES)
        if with_things:
            found.clients = clients_named(user, words, limit=NAMES)
            found.devices = devices_named(user, words, limit=NAMES)
    if user.may(Permission.TICKETS_VIEW):
        rows = active_users()
        for word in words:
            rows = rows.filter(full_name__icontains=word)
        found.colleagues = list(rows[:NAMES])


def _meant(user: User, word: str) -> list[str]:
    """Words of names of clients and colleagues that are spelled almost so."""
    names: list[str] = []
    if user.may(Permission.CLIENTS_VIEW):
        names += clients_visible_to(user).order_by("pk").values_list("name", flat=True)[:MOST_NAMES]
    if user.may(Permission.TICKETS_VIEW):
        names += active_users().values_list("full_name", flat=True)[:MOST_NAMES]
    return likest(word.lower(), {part for name in names for part in name.lower().split()})
