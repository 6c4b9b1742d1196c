"""What the small things beside a ticket share."""

from datetime import datetime

from helpdesk.core import events
from helpdesk.core.models import User
from tickets.domain.kinds import Verb
from tickets.models import Ticket
from tickets.services.change import closed_or_changed, write_activity


def must_be_open(ticket: Ticket) -> None:
    """Raises `TicketClosed`."""
    if ticket.is_closed:
        raise closed_or_changed(ticket)


def tell(ticket: Ticket) -> None:
    """Open pages read the ticket again after the commit."""
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)


def note(ticket: Ticket, by: User | None, now: datetime, field: str, **words: object) -> None:
    """A line in the time line; it tells the pages too."""
    write_activity(ticket=ticket, verb=Verb.CHANGED, by=by, now=now, field=field, **words)  # type: ignore[arg-type]
