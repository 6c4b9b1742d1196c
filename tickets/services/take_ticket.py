from datetime import datetime

from tickets.models import Ticket

from helpdesk.core.models import User


def take_ticket(*, ticket: Ticket, by: User, now: datetime) -> None:
    """Make yourself the assignee of a ticket that no technician has. The first caller wins.

    Raises `AlreadyTaken`, `TicketClosed`. Taking one's own ticket again changes nothing.
    """
    raise NotImplementedError
