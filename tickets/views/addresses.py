"""The address of a ticket list with one thing changed, and the list as the template shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise

from tickets.domain.filters import NAMES

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


#: The views that every desk has, by what they are called in the page's HTML.
STANDARD_VIEWS = {
    "mine": "assignee=me",
    "nobody": "assignee=nobody",
    "waiting": "status=waiting",
    "late": "due=late",
}
