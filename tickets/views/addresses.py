"""The address of a ticket list with one thing changed, and the list as the template shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.domain.filters import NAMES, TicketFilters, read_filters
from tickets.views.requests import Request

PAGE = "page"
MAX_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class ListAddress:
    """The parameters of one list as they came in; `to()` gives the address of a neighbouring list."""

    params: Mapping[str, Sequence[str]]

    def pairs(self, leaving_out: Iterable[str] = ()) -> list[tuple[str, str]]:
        without = set(leaving_out)
        return [(k, v) for k in NAMES if k not in without for v in self.params.get(k, ()) if v]

    def to_export(self) -> str:
        """What takes the whole list out as a file."""
        return reverse("tickets:export") + (f"?{query}" if (query := self.query) else "")

    @property
    def query(self) -> str:
        """What a saved view keeps."""
        return urlencode(self.pairs())

    def to(self, *, page: str = "", **changes: str) -> str:
        """The same list with these parameters instead; an empty value takes one out."""
        pairs = [*self.pairs(changes), *((k, v) for k, v in changes.items() if v)]
        pairs.sort(key=lambda pair: NAMES.index(pair[0]))
        query = urlencode([*pairs, *([(PAGE, page)] if page else [])])
        return reverse("tickets:list") + (f"?{query}" if query else "")

    def to_rows(self, rows: Iterable[str]) -> str:
        """The same list with these rows of the filter builder."""
        pairs = [*self.pairs(["f"]), *(("f", row) for row in rows)]
        pairs.sort(key=lambda pair: NAMES.index(pair[0]))
        return list_address(urlencode(pairs))


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """A link with a count: the list behind it has exactly that many rows."""

    label: str | Promise
    icon: str
    count: object
    url: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Pill:
    """A filter that came with the address; its link takes it off."""

    label: str
    url: str


def safe_query(text: str, *, with_page: bool = True) -> str:
    """The query string of a list, with nothing else in it: what a form brings back."""
    given = QueryDict(text[:MAX_ADDRESS])
    names = (*NAMES, PAGE) if with_page else NAMES
    return urlencode([(name, value) for name in names for value in given.getlist(name) if value])


def list_address(query: str) -> str:
    return reverse("tickets:list") + (f"?{query}" if query else "")


HELD_VIEW = "held=yes"
#: The views that every desk has, by what they are called in the page's HTML.
STANDARD_VIEWS = {
    "mine": "assignee=me",
    "nobody": "assignee=nobody",
    "waiting": "status=waiting",
    "late": "due=late",
}
#: What they and the list of held mail are called.
VIEW_NAMES = {
    STANDARD_VIEWS["mine"]: _("Mine, open"),
    STANDARD_VIEWS["nobody"]: _("Unassigned"),
    STANDARD_VIEWS["waiting"]: _("Waiting for customer"),
    STANDARD_VIEWS["late"]: _("Overdue"),
    HELD_VIEW: _("Held mail"),
}


def filters_of(request: Request, query: QueryDict | None = None, *, now: datetime) -> TicketFilters:
    """What a list is asked for; `query` instead of the address of the request. Raises `BadFilter`."""
    params = request.GET if query is None else query
    return read_filters({name: params.getlist(name) for name in params}, me=request.user.pk, now=now)
