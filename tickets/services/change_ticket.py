"""Several changes of one ticket, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from helpdesk.core.models import Team, User
from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import Status
from tickets.models import Ticket
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.change_subject import change_subject
from tickets.services.change_tags import change_tags
from tickets.services.change_type import change_type


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanges:
    """What is None stays as it is; `is_reassigned` says that `assignee` counts, also when it is None."""

    subject: str | None = None
    priority: Priority | None = None
    assignee: User | Team | None = None
    is_reassigned: bool = False
    tags: Sequence[str] | None = None
    #: With `is_retyped`, None takes the type away.
    type: TicketType | None = None
    is_retyped: bool = False
    status: Status | None = None
    #: Finishes a parent whose children are open.
    anyway: bool = False


@transaction.atomic
def change_ticket(*, ticket: Ticket, changes: TicketChanges, by: User, now: datetime) -> None:
    """Make the changes in one transaction, the status last, so that one call can assign and close.

    Raises what the single changes raise; then nothing is changed.
    """
    if changes.subject is not None:
        change_subject(ticket=ticket, to=changes.subject, by=by, now=now)
    if changes.priority is not None:
        change_priority(ticket=ticket, to=changes.priority, by=by, now=now)
    if changes.is_reassigned:
        change_assignee(ticket=ticket, to=changes.assignee, by=by, now=now)
    if changes.tags is not None:
        change_tags(ticket=ticket, names=changes.tags, by=by, now=now)
    if changes.is_retyped:
        change_type(ticket=ticket, to=changes.type, by=by, now=now)
    if changes.status is not None:
        change_status(ticket=ticket, to=changes.status, by=by, now=now, anyway=changes.anyway)
