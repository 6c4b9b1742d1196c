"""What a technician is asked before a ticket is finished."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.domain.status import UNFINISHED, Status
from tickets.errors import ChildrenOpen, TicketInvalid
from tickets.models import Ticket
from tickets.selectors.finish import empty_fields, open_children


def may_finish(*, ticket: Ticket, to: Status, anyway: bool = False) -> None:
    """Raises `TicketInvalid` (field `fields`) while a needed field is empty and, unless `anyway`,
    `ChildrenOpen`. Rules and customers are not asked.
    """
    if to in UNFINISHED or Status(ticket.status) not in UNFINISHED:
        return
    if missing := empty_fields([ticket.pk]).get(ticket.pk):
        words = _("Fill in first: %(fields)s.") % {"fields": ", ".join(missing)}
        raise TicketInvalid(fields={"fields": words})
    left = 0 if anyway else open_children([ticket.pk])[ticket.pk]
    if left:
        words = ngettext(
            "%(count)s ticket below this one is still open.",
            "%(count)s tickets below this one are still open.",
            left,
        )
        raise ChildrenOpen(words % {"count": left})
