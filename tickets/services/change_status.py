from datetime import datetime

from tickets.domain.status import Status
from tickets.models import Ticket

from helpdesk.core.models import User


def change_status(*, ticket: Ticket, to: Status, by: User, now: datetime) -> None:
    """Move the ticket if it is still where `ticket` shows it; the same status again changes nothing.

    Raises `TicketClosed`, `MoveNotAllowed`, `TicketChanged`.
    """
    raise NotImplementedError
