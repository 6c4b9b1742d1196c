"""What stands between tickets and their end."""

from collections import Counter
from collections.abc import Collection

from agents.domain.fields import FieldOf
from agents.models import CustomField
from tickets.domain.status import UNFINISHED
from tickets.domain.work import LinkKind
from tickets.models import TicketLink, TicketValue


def open_children(numbers: Collection[int], *, ending: Collection[int] = ()) -> Counter[int]:
    """How many tickets right below each of these are still somebody's work, also those that the reader may
    not see. Those in `ending` end along with them, unless something below one of them stays open.
    """
    links = TicketLink.objects.filter(source__in=numbers, kind=LinkKind.PARENT)
    rows = list(links.filter(target__status__in=sorted(UNFINISHED)).values_list("source", "target"))
    gone = set(ending)
    while True:
        left = Counter(source for source, target in rows if target not in gone)
        if gone.isdisjoint(left):
            return left
        gone -= left.keys()


def empty_fields(numbers: Collection[int]) -> dict[int, list[str]]:
    """The names of the needed fields that have no value, of each ticket that has such: 1 query where the desk
    needs none, else 2.
    """
    needed = CustomField.objects.filter(belongs_to=FieldOf.TICKET, is_required=True, deleted_at=None)
    names = dict(needed.values_list("pk", "name"))
    if not names:
        return {}
    rows = TicketValue.objects.filter(ticket__in=numbers, field__in=names)
    given = set(rows.values_list("ticket", "field"))
    found = {number: [name for pk, name in names.items() if (number, pk) not in given] for number in numbers}
    return {number: missing for number, missing in found.items() if missing}
