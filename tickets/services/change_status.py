from datetime import datetime

from django.db import transaction

from helpdesk.core.models import User
from tickets.domain.kinds import Verb
from tickets.domain.status import Status, may_move
from tickets.domain.targets import Event
from tickets.errors import MoveNotAllowed
from tickets.models import Ticket
from tickets.services.change import closed_or_changed, update_if_unchanged, write_activity
from tickets.services.rules.events import status_changed
from tickets.services.targets.clocks import keep_clocks
from tickets.services.work.closing import may_finish


@transaction.atomic
def change_status(*, ticket: Ticket, to: Status, by: User, now: datetime, anyway: bool = False) -> None:
    """Move the ticket if it is still where `ticket` shows it; the same status again changes nothing.
    `anyway` finishes a parent whose children are open.

    Raises `ChildrenOpen`, `TicketInvalid` (a needed field is empty), `TicketClosed`, `MoveNotAllowed`,
    `TicketChanged`.
    """
    before = Status(ticket.status)
    may_finish(ticket=ticket, to=to, anyway=anyway)
    move(ticket=ticket, to=to, by=by, now=now)
    status_changed(ticket=ticket, before=before, now=now)


def move(
    *, ticket: Ticket, to: Status, by: User | None, now: datetime, verb: Verb = Verb.CHANGED, label: str = ""
) -> None:
    """The same inside the caller's transaction; `by` is None when the customer's words move it."""
    before = Status(ticket.status)
    if before is to:
        return
    if before is Status.CLOSED:
        raise closed_or_changed(ticket)
    if not may_move(before, to):
        raise MoveNotAllowed
    times: dict[str, object] = {}
    if to is Status.CLOSED:
        times["closed_at"] = now
    if to is Status.RESOLVED or (to is Status.CLOSED and ticket.resolved_at is None):
        times["resolved_at"] = now
    elif to is not Status.CLOSED:
        times["resolved_at"] = None
    update_if_unchanged(ticket=ticket, now=now, status=to.value, **times)
    keep_clocks(ticket=ticket, event=Event.MOVED, now=now)
    write_activity(
        ticket=ticket, verb=verb, by=by, now=now, field="status", before=before, after=to, label=label
    )
