"""The only door to tickets."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from agents.selectors.scope import client_scope as client_scope  # the scope of tickets is asked for here
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.rows import ASKED_KEY, Kept
from tickets.domain.cursor import LARGEST
from tickets.errors import TicketNotFound
from tickets.models import Ticket
from tickets.selectors.dues import clock_columns
from tickets.selectors.surveys import answer_column


def scope_of_all(user: User | AnonymousUser, permissions: Iterable[Permission]) -> frozenset[int] | None:
    """The clients for which the user holds each of these, by whatever roles; None means every client."""
    scopes = (client_scope(user, permission) for permission in permissions)
    narrow = [scope for scope in scopes if scope is not None]
    return frozenset.intersection(*narrow) if narrow else None


def tickets_visible_to(
    user: User | AnonymousUser, *, to: Permission = Permission.TICKETS_VIEW
) -> QuerySet[Ticket]:
    """Tickets of the clients for which the user holds the permission; other tickets do not exist for them.

    Tickets without a client are only for those whose role covers all clients.
    """
    scope = client_scope(user, to)
    return Ticket.objects.all() if scope is None else Ticket.objects.filter(client__in=sorted(scope))


def ticket_for(
    user: User | AnonymousUser, number: int, *, to: Permission = Permission.TICKETS_VIEW
) -> Ticket:
    """One ticket with client, contact, device, profile, assignee, team, clocks (`dues_of`) and the last
    answer to a survey.

    Raises `TicketNotFound` (404).
    """
    scope = client_scope(user, to)
    sees_any = scope is None or bool(scope)
    found = _ANY_TICKET.first(number) if sees_any and number <= LARGEST else None
    if found is None or not (scope is None or found.client_id in scope):
        raise TicketNotFound
    return found


_ANY_TICKET = Kept(
    lambda: (
        Ticket.objects.filter(pk=ASKED_KEY)
        .select_related("client", "contact", "device", "profile", "assignee", "team", "follows")
        .annotate(**clock_columns(), answer=answer_column())
    )
)
