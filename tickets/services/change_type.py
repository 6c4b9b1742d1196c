from datetime import datetime

from django.db import transaction

from helpdesk.core.models import User
from tickets.domain.kinds import Verb
from tickets.domain.rules import TicketType
from tickets.models import Ticket
from tickets.services.change import update_if_unchanged, write_activity
from tickets.services.rules.events import type_changed


def change_type(*, ticket: Ticket, to: TicketType | None, by: User, now: datetime) -> None:
    """None takes the type away. Raises `TicketClosed`, `TicketChanged`; the same again changes nothing."""
    before, after = ticket.type, to.value if to else ""
    if before == after:
        return
    with transaction.atomic():
        update_if_unchanged(ticket=ticket, now=now, type=after)
        type_changed(ticket=ticket, before=before, now=now)
        write_activity(
            ticket=ticket, verb=Verb.CHANGED, by=by, now=now, field="type", before=before, after=after
        )
