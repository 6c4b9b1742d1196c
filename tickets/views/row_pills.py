"""The rows of the filter builder in words, each with a link that takes it off."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.core.models import User
from tickets.domain.conditions import Field, Op, Row
from tickets.domain.filters import TicketFilters
from tickets.selectors.conditions import names_of
from tickets.views.addresses import ListAddress, Pill

FIELD_WORDS: Final[dict[str, str | Promise]] = {
    Field.STATUS: gettext_lazy("Status"),
    Field.PRIORITY: gettext_lazy("Priority"),
    Field.ASSIGNEE: gettext_lazy("Assignee"),
    Field.CLIENT: gettext_lazy("Client"),
    Field.TAG: gettext_lazy("Tag"),
    Field.SUBJECT: gettext_lazy("Subject"),
    Field.TYPE: gettext_lazy("Type"),
    Field.SOURCE: gettext_lazy("Source"),
    Field.ASLEEP: gettext_lazy("Asleep"),
    Field.OPENED: gettext_lazy("Opened"),
    Field.UPDATED: gettext_lazy("Active"),
}
_SENTENCES: Final[dict[Op, str | Promise]] = {
    Op.IS: gettext_lazy("%(field)s: %(value)s"),
    Op.NOT: gettext_lazy("%(field)s: not %(value)s"),
    Op.HAS: gettext_lazy("%(field)s: “%(value)s”"),
    Op.LACKS: gettext_lazy("%(field)s: without “%(value)s”"),
    Op.WITHIN: gettext_lazy("%(field)s in the last %(value)s days"),
    Op.OLDER: gettext_lazy("%(field)s more than %(value)s days ago"),
    Op.AFTER: gettext_lazy("%(field)s since %(value)s"),
    Op.BEFORE: gettext_lazy("%(field)s before %(value)s"),
    Op.NEXT: gettext_lazy("%(field)s in the next %(value)s days"),
    Op.OVER: gettext_lazy("%(field)s: more than %(value)s"),
    Op.UNDER: gettext_lazy("%(field)s: less than %(value)s"),
    Op.BETWEEN: gettext_lazy("%(field)s: %(value)s"),
    Op.EMPTY: gettext_lazy("%(field)s is empty"),
    Op.FILLED: gettext_lazy("%(field)s is not empty"),
}


def row_pills(address: ListAddress, filters: TicketFilters, user: User) -> Iterator[Pill]:
    """No query but for names of people, clients and own fields. With "any" the first pill says so."""
    if filters.is_any and len(filters.rows) > 1:
        yield Pill(_("Any of these:"), address.to(any=""))
    typed = [text for text in address.params.get("f", ()) if text]
    for place, words in enumerate(row_words(filters.rows, user)):
        yield Pill(words, address.to_rows([text for i, text in enumerate(typed) if i != place]))


def row_words(rows: Sequence[Row], user: User) -> list[str]:
    """Each row as a sentence."""
    names = names_of(rows, user)
    return [
        str(_SENTENCES[row.op])
        % {"field": names[str(row)][0] or FIELD_WORDS[row.field], "value": names[str(row)][1]}
        for row in rows
    ]
