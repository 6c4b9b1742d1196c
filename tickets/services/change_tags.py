from collections.abc import Iterable
from datetime import datetime

from tickets.models import Ticket

from helpdesk.core.models import User


def change_tags(*, ticket: Ticket, names: Iterable[str], by: User, now: datetime) -> None:
    """Make the ticket carry these tags and no others; unknown words become new tags.

    Raises `Invalid` (field `tags`), `TicketClosed`; the same tags again change nothing.
    """
    raise NotImplementedError
