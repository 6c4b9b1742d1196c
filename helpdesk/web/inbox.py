"""The column on the left of a ticket: one of the lists that stand at the side of the console."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from tickets.domain.filters import BadFilter
from tickets.selectors.clocks import due_column
from tickets.selectors.frame import frame_of
from tickets.selectors.lists import TicketList
from tickets.views.addresses import HELD_VIEW, STANDARD_VIEWS, VIEW_NAMES, filters_of, safe_query
from tickets.views.requests import Request

SIZE = 30
ALL = "all"


@dataclass(frozen=True, slots=True)
class Inbox:
    """`query` is that of the list."""

    name: str
    title: str
    query: str = ""


def inboxes_of(user: User) -> dict[str, Inbox]:
    """All open tickets, the views that every desk has, then the saved ones, by their names in an address."""
    standard = STANDARD_VIEWS | {"held": HELD_VIEW}
    found = [
        Inbox(ALL, _("All open")),
        *(Inbox(name, str(VIEW_NAMES[query]), query) for name, query in standard.items()),
        *(Inbox(f"view-{pk}", name, query) for _kind, pk, name, query, *_rest in frame_of(user).views),
    ]
    return {each.name: each for each in found}


def inbox_of(request: Request, known: dict[str, Inbox]) -> Inbox:
    """The one that the address names, else the list from which somebody comes."""
    asked = request.GET.get("inbox", "") or _came_from(request, known)
    return known.get(asked, known[ALL])


def _came_from(request: Request, known: dict[str, Inbox]) -> str:
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # no address at all, like http://[
        return ""
    if before.path != reverse("tickets:list"):
        return ""
    here = safe_query(before.query, with_page=False)
    return next((each.name for each in known.values() if safe_query(each.query, with_page=False) == here), "")


def tickets_in(request: Request, inbox: Inbox) -> dict[str, Any]:
    """The first of them in the order of the list, what is due next in each, and whether there are more."""
    now = timezone.localtime()
    try:
        filters = filters_of(request, QueryDict(inbox.query), now=now)
    except BadFilter:  # a view of yesterday whose field or word is gone
        filters = filters_of(request, QueryDict(), now=now)
    listed = TicketList(request.user, filters)
    found = listed.page(limit=SIZE, with_tags=False)
    dues = due_column(listed, found, now).by_ticket
    return {"rows": found.tickets, "dues": dues, "has_more": found.next is not None}
