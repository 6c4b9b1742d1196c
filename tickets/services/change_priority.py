from datetime import datetime

from tickets.domain.priority import Priority
from tickets.models import Ticket

from helpdesk.core.models import User


def change_priority(*, ticket: Ticket, to: Priority, by: User, now: datetime) -> None:
    """Raises `TicketClosed`, `TicketChanged`; the same priority again changes nothing."""
    raise NotImplementedError
