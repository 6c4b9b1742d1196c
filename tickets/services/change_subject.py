from datetime import datetime

from tickets.models import Ticket

from helpdesk.core.models import User


def change_subject(*, ticket: Ticket, to: str, by: User, now: datetime) -> None:
    """Raises `Invalid` (field `subject`), `TicketClosed`, `TicketChanged`."""
    raise NotImplementedError
