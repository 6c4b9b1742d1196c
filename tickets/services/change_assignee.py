from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.models import Team, User
from tickets.domain.kinds import Verb
from tickets.errors import TicketInvalid
from tickets.models import Ticket
from tickets.selectors.choices import may_work_on
from tickets.services.change import update_if_unchanged, write_activity
from tickets.services.rules.events import assignment_changed


def change_assignee(*, ticket: Ticket, to: User | Team | None, by: User, now: datetime) -> None:
    """Give the ticket to a technician, to a team or to nobody; the same again changes nothing.

    Raises `TicketInvalid` (field `assignee`: may not work on it), `TicketClosed`, `TicketChanged`.
    """
    user = to if isinstance(to, User) else None
    team = to if isinstance(to, Team) else None
    if (ticket.assignee_id, ticket.team_id) == (user.pk if user else None, team.pk if team else None):
        return
    if user and not (user.is_active and may_work_on(user, ticket.client_id)):
        raise TicketInvalid(fields={"assignee": _("Choose somebody who may work on this ticket.")})
    before, had_it = assignee_label(ticket), ticket.assignee_id
    with transaction.atomic():
        update_if_unchanged(
            ticket=ticket, now=now, assignee_id=user.pk if user else None, team_id=team.pk if team else None
        )
        ticket.assignee, ticket.team = user, team
        write_activity(
            ticket=ticket,
            verb=Verb.CHANGED,
            by=by,
            now=now,
            field="assignee",
            before=before,
            after=assignee_label(ticket),
        )
        assignment_changed(ticket=ticket, before=had_it, now=now)


def assignee_label(ticket: Ticket) -> str:
    """The name of the technician or team, empty for nobody."""
    return str(ticket.assignee or ticket.team or "")
