from datetime import datetime

from tickets.models import Ticket

from helpdesk.core.models import Team, User


def change_assignee(*, ticket: Ticket, to: User | Team | None, by: User, now: datetime) -> None:
    """Give the ticket to a technician, to a team or to nobody; the same again changes nothing.

    Raises `Invalid` (field `assignee`: somebody who may not work on it), `TicketClosed`, `TicketChanged`.
    """
    raise NotImplementedError
