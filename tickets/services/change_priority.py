from datetime import datetime

from django.db import transaction

from helpdesk.core.models import User
from tickets.domain.kinds import Verb
from tickets.domain.priority import Priority
from tickets.models import Ticket
from tickets.services.change import update_if_unchanged, write_activity
from tickets.services.rules.events import priority_changed
from tickets.services.targets.retarget import retarget


def change_priority(*, ticket: Ticket, to: Priority, by: User, now: datetime) -> None:
    """Raises `TicketClosed`, `TicketChanged`; the same priority again changes nothing."""
    before = Priority(ticket.priority)
    if before is to:
        return
    with transaction.atomic():
        update_if_unchanged(ticket=ticket, now=now, priority=to.value)
        retarget([ticket], now=now)
        priority_changed(ticket=ticket, before=before.value, now=now)
        write_activity(
            ticket=ticket, verb=Verb.CHANGED, by=by, now=now, field="priority", before=before, after=to
        )
