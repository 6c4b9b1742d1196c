"""What a list says about its search: words lit up, places in the text, and what was understood otherwise."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from tickets.domain.counts import CAP
from tickets.domain.find import STATES, plain_words
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import Ticket
from tickets.selectors.lists import TicketList
from tickets.selectors.search import SearchShown, excerpts

_KNOWN: Mapping[str, Iterable[str]] = {"status": Status, "priority": Priority}


def search_shown(listed: TicketList, tickets: Sequence[Ticket]) -> SearchShown | None:
    """One query; none without a search."""
    found = listed.search
    if found is None:
        return None
    notes = [_misread(name, value) for name, value in found.asked.misread]
    if instead := _seen_instead(found.instead, tickets):
        notes.append(_("No ticket has this word. Shown: %(names)s.") % {"names": ", ".join(instead)})
    if found.is_cut:
        words = _("Very many tickets have these words: the newest %(count)s are searched. Add a word.")
        notes.append(words % {"count": f"{CAP:,}"})
    return SearchShown(found.asked, excerpts(found.asked, tickets), notes)


def _seen_instead(names: Sequence[str], tickets: Sequence[Ticket]) -> list[str]:
    """Those of the names that stand in these rows: others may be of customers whom the reader must not see
    (A11).
    """
    seen = {part for ticket in tickets for part in plain_words(ticket.contact_name)} if names else set()
    return [name for name in names if name in seen]


def _misread(name: str, value: str) -> str:
    """Says what is right; what was typed stays in the field."""
    known = ", ".join(_KNOWN.get(name, STATES))
    return _("“%(field)s:%(value)s” means nothing here. Write %(field)s: with one of %(known)s.") % {
        "field": name,
        "value": value,
        "known": known,
    }
