"""The columns of the ticket list: which there are, which a person wants."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class ListColumn(StrEnum):
    """In the order in which they stand."""

    PRIORITY = "priority"
    NUMBER = "number"
    SUBJECT = "subject"
    DESCRIPTION = "description"
    CUSTOMER = "customer"
    CLIENT = "client"
    TAGS = "tags"
    STATUS = "status"
    ASSIGNEE = "assignee"
    DUE = "due"
    OPENED = "opened"
    UPDATED = "updated"


#: A list without the subject is a list of nothing.
FIXED: Final = frozenset({ListColumn.SUBJECT})
USUAL: Final = frozenset(ListColumn) - {
    *(ListColumn.DESCRIPTION, ListColumn.CLIENT, ListColumn.TAGS, ListColumn.OPENED)
}


def chosen_columns(names: Iterable[str]) -> frozenset[ListColumn]:
    """What is known of these names, with what always stands there; the usual ones for no name at all."""
    wanted = {name for name in names if name}
    return (frozenset(c for c in ListColumn if c in wanted) | FIXED) if wanted else USUAL
