"""The common end of every change: one conditional UPDATE, one activity line, one event.

The row count of the UPDATE is the answer: of two people who change the same thing at once the second hears of it.
"""

from datetime import datetime

from tickets.domain.kinds import Verb
from tickets.domain.status import Status
from tickets.errors import TicketChanged, TicketClosed
from tickets.models import Activity, Ticket

from helpdesk.core import events
from helpdesk.core.models import User


def update_if_unchanged(*, ticket: Ticket, now: datetime, **changes: object) -> None:
    """Write the changes if the row still holds what `ticket` shows for these fields and is not closed.

    Raises `TicketClosed` or `TicketChanged`; `ticket` holds the new values afterwards.
    """
    seen = {name: getattr(ticket, name) for name in changes}
    rows = (
        Ticket.objects.filter(pk=ticket.pk, **seen)
        .exclude(status=Status.CLOSED)
        .update(**changes, updated_at=now)
    )
    if rows != 1:
        is_closed = Ticket.objects.filter(pk=ticket.pk, status=Status.CLOSED).exists()
        raise TicketClosed if is_closed else TicketChanged
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.updated_at = now


def write_activity(
    *,
    ticket: Ticket,
    verb: Verb,
    by: User | None,
    now: datetime,
    field: str = "",
    before: object = "",
    after: object = "",
    label: str = "",
) -> Activity:
    """Note who did what, and tell the open pages after commit. Part of the caller's transaction."""
    activity = Activity.objects.create(
        ticket=ticket,
        at=now,
        actor=by,
        actor_label=(label or (by.full_name if by else ""))[:200],
        verb=verb,
        field=field,
        before=str(before)[:300],
        after=str(after)[:300],
    )
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
    return activity
