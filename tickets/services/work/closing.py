"""What a technician is asked before a ticket is finished."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.domain.fields import FieldOf
from agents.models import CustomField
from tickets.domain.status import UNFINISHED, Status
from tickets.errors import ChildrenOpen, TicketInvalid
from tickets.models import Ticket, TicketValue
from tickets.selectors.work import open_children


def may_finish(*, ticket: Ticket, to: Status, anyway: bool = False) -> None:
    """Raises `TicketInvalid` (field `fields`) while a needed field is empty and, unless `anyway`,
    `ChildrenOpen`. Rules and customers are not asked.
    """
    if to in UNFINISHED or Status(ticket.status) not in UNFINISHED:
        return
    missing = _missing(ticket)
    if missing:
        words = _("Fill in first: %(fields)s.") % {"fields": ", ".join(missing)}
        raise TicketInvalid(fields={"fields": words})
    left = 0 if anyway else open_children(ticket)
    if left:
        words = ngettext(
            "%(count)s ticket below this one is still open.",
            "%(count)s tickets below this one are still open.",
            left,
        )
        raise ChildrenOpen(words % {"count": left})


def _missing(ticket: Ticket) -> list[str]:
    needed = CustomField.objects.filter(belongs_to=FieldOf.TICKET, is_required=True, deleted_at=None)
    given = TicketValue.objects.filter(ticket=ticket).values("field")
    return list(needed.exclude(pk__in=given).values_list("name", flat=True))
