"""Who follows which ticket."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.models import Ticket, TicketFollower
from tickets.selectors.access import client_scope
from tickets.selectors.beside import Beside


def may_see(user: User, client_id: int | None) -> bool:
    """May this user see tickets of this client (None: tickets of no client)?"""
    scope = client_scope(user, Permission.TICKETS_VIEW)
    return user.is_active and (scope is None or client_id in scope)


def followers_of(ticket: Ticket) -> list[User]:
    """By name; also those who may not see the ticket any more: they hear nothing."""
    rows = TicketFollower.objects.filter(ticket=ticket).select_related("user")
    return sorted((row.user for row in rows), key=lambda user: (user.full_name, user.pk))


def followers_by_ticket(tickets: Collection[int]) -> dict[int, Sequence[int]]:
    """The keys of who follows each of these tickets."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = TicketFollower.objects.filter(ticket__in=tickets).order_by("pk")
    for ticket, user in rows.values_list("ticket", "user"):
        found[ticket].append(user)
    return dict(found)


def following(beside: Beside, user: User) -> dict[str, Any]:
    """Of a ticket's page: its followers by name, and whether this user is one. No query of its own."""
    rows = beside.rows("follower")
    return {"followers": rows, "follows": any(row["user"] == user.pk for row in rows)}


def watch_choices(ticket: Ticket) -> list[User]:
    """Technicians who may see the ticket and do not follow it yet, by name."""
    following = TicketFollower.objects.filter(ticket=ticket).values("user")
    users = User.objects.filter(is_active=True).exclude(pk__in=following).order_by("full_name", "pk")
    return [user for user in users.prefetch_related("roles__scopes") if is_reader(user, ticket.client_id)]


def is_reader(user: User, client_id: int | None) -> bool:
    """As `may_see`, from prefetched roles and scopes: for many people at once."""
    return any(
        Permission.TICKETS_VIEW in role.given
        and (role.all_clients or client_id in {scope.client_id for scope in role.scopes.all()})
        for role in user.roles.all()
    )
