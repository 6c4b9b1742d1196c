"""What somebody leaves behind."""

from helpdesk.core.models import Team, User
from tickets.domain.status import UNFINISHED
from tickets.models import Ticket


def open_tickets_of(whose: User | Team) -> int:
    """How many unfinished tickets are theirs, whoever asks."""
    mine = {"assignee": whose} if isinstance(whose, User) else {"assignee": None, "team": whose}
    return Ticket.objects.filter(**mine, status__in=UNFINISHED).count()
