"""The head of the ticket list: columns, and the orders that they offer."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.domain.columns import FIXED, ListColumn
from tickets.domain.filters import Sort
from tickets.views.addresses import ListAddress

_WORDS: dict[ListColumn, tuple[str | Promise, str]] = {
    ListColumn.PRIORITY: (_("Priority"), "tight"),
    ListColumn.NUMBER: (_("No."), "tight"),
    ListColumn.SUBJECT: (_("Subject"), "fluid"),
    ListColumn.DESCRIPTION: (_("Description"), "fluid-s"),
    ListColumn.CUSTOMER: (_("Customer"), "fluid-s"),
    ListColumn.CLIENT: (_("Client"), "fluid-s"),
    ListColumn.TAGS: (_("Tags"), "tight"),
    ListColumn.STATUS: (_("Status"), "tight"),
    ListColumn.ASSIGNEE: (_("Who"), "tight"),
    ListColumn.DUE: (_("Due"), "tight"),
    ListColumn.OPENED: (_("Opened"), "tight end"),
    ListColumn.UPDATED: (_("Active"), "tight end"),
}
#: What the first click on a head does: the newest and most urgent on top, names from A, what is due first.
_SORTS: dict[ListColumn, tuple[Sort, Sort]] = {
    ListColumn.PRIORITY: (Sort.PRIORITY_DOWN, Sort.PRIORITY_UP),
    ListColumn.NUMBER: (Sort.NUMBER_DOWN, Sort.NUMBER_UP),
    ListColumn.SUBJECT: (Sort.SUBJECT_UP, Sort.SUBJECT_DOWN),
    ListColumn.CLIENT: (Sort.CLIENT_UP, Sort.CLIENT_DOWN),
    ListColumn.STATUS: (Sort.STATUS_UP, Sort.STATUS_DOWN),
    ListColumn.ASSIGNEE: (Sort.ASSIGNEE_UP, Sort.ASSIGNEE_DOWN),
    ListColumn.DUE: (Sort.DUE_UP, Sort.DUE_DOWN),
    ListColumn.OPENED: (Sort.NUMBER_DOWN, Sort.NUMBER_UP),
    ListColumn.UPDATED: (Sort.UPDATED_DOWN, Sort.UPDATED_UP),
}
_ORDERS: dict[Sort, str | Promise] = {
    Sort.UPDATED_DOWN: _("Latest activity first"),
    Sort.UPDATED_UP: _("Longest silent first"),
    Sort.DUE_UP: _("Due first"),
    Sort.PRIORITY_DOWN: _("Most urgent first"),
    Sort.NUMBER_DOWN: _("Newest first"),
    Sort.NUMBER_UP: _("Oldest first"),
    Sort.STATUS_UP: _("By status"),
    Sort.SUBJECT_UP: _("By subject"),
    Sort.CLIENT_UP: _("By client"),
    Sort.ASSIGNEE_UP: _("By assignee"),
}


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str | Promise
    css: str
    url: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One column that can be chosen, or one order."""

    value: str
    label: str | Promise
    is_on: bool
    is_fixed: bool = False


def head_of(address: ListAddress, sort: Sort, shown: Collection[ListColumn]) -> list[Column]:
    """A click sorts by a column, the next one the other way round."""
    return [_column(address, sort, column) for column in ListColumn if column in shown]


def _column(address: ListAddress, sort: Sort, column: ListColumn) -> Column:
    label, css = _WORDS[column]
    if column not in _SORTS:
        return Column(column, label, css)
    first, second = _SORTS[column]
    # The opened column is sorted by number, too; only one of the two says so.
    is_here = sort in {first, second} and column is not ListColumn.OPENED
    direction = ("descending" if sort.is_down else "ascending") if is_here else ""
    return Column(column, label, css, address.to(sort=(second if sort is first else first).value), direction)


def column_choices(shown: Collection[ListColumn]) -> list[Choice]:
    return [Choice(column, _WORDS[column][0], column in shown, column in FIXED) for column in ListColumn]


def order_choices(address: ListAddress, sort: Sort) -> list[Choice]:
    """What to sort by, where no head of a column is in sight; the values are addresses."""
    return [Choice(address.to(sort=one.value), label, one is sort) for one, label in _ORDERS.items()]


def order_words(sort: Sort) -> str | Promise:
    if sort in _ORDERS:
        return _ORDERS[sort]
    turned = {Sort.DUE_DOWN: _("Due last"), Sort.PRIORITY_UP: _("Least urgent first")}
    return turned.get(sort, _("The other way round"))
