from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from tickets.domain.kinds import Verb
from tickets.domain.status import Status
from tickets.errors import AlreadyTaken, TicketClosed
from tickets.models import Ticket
from tickets.services.change import closed_or_changed, write_activity
from tickets.services.change_assignee import assignee_label
from tickets.services.rules.events import assignment_changed


def take_ticket(*, ticket: Ticket, by: User, now: datetime) -> None:
    """Make yourself the assignee of a ticket that no technician has. The first caller wins.

    Raises `AlreadyTaken`, `TicketClosed`. Taking one's own ticket again changes nothing.
    """
    if ticket.assignee_id == by.pk:
        return
    before = assignee_label(ticket)
    with transaction.atomic():
        rows = (
            Ticket.objects.filter(pk=ticket.pk, assignee=None)
            .exclude(status=Status.CLOSED)
            .update(assignee=by, team=None, updated_at=now)
        )
        if rows != 1:
            reason = closed_or_changed(ticket)
            raise reason if isinstance(reason, TicketClosed) else _first(ticket)
        ticket.assignee, ticket.team, ticket.updated_at = by, None, now
        write_activity(
            ticket=ticket,
            verb=Verb.TAKEN,
            by=by,
            now=now,
            field="assignee",
            before=before,
            after=assignee_label(ticket),
        )
        assignment_changed(ticket=ticket, before=None, now=now)


def _first(ticket: Ticket) -> AlreadyTaken:
    """Who was faster; nameless if they gave it back already."""
    holder = User.objects.filter(pk__in=Ticket.objects.filter(pk=ticket.pk).values("assignee")).first()
    return AlreadyTaken(_("%(name)s took this ticket first.") % {"name": holder} if holder else "")
