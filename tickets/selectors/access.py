from django.db.models import QuerySet
from tickets.models import Ticket

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User


def tickets_visible_to(user: User, *, to: Permission = Permission.TICKETS_VIEW) -> QuerySet[Ticket]:
    """The one door: tickets of the clients for which the user holds the permission. Others do not exist for them."""
    raise NotImplementedError


def ticket_for(user: User, number: int, *, to: Permission = Permission.TICKETS_VIEW) -> Ticket:
    """One ticket with client, contact, device, profile, assignee and team in one query; `TicketNotFound` (404)."""
    raise NotImplementedError
