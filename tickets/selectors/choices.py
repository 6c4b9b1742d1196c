"""What the pickers of a ticket offer."""

from django.db.models import QuerySet

from agents.models import Client
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from tickets.models import Tag
from tickets.selectors.access import client_scope


def may_work_on(user: User, client_id: int | None) -> bool:
    """Whether the user may edit tickets of this client (None: tickets of no client)."""
    scope = client_scope(user, Permission.TICKETS_EDIT)
    return scope is None or client_id in scope


def assignable_users(client: Client | None) -> list[User]:
    """Active users who may work on tickets of this client, by name: 3 queries."""
    client_id = client.pk if client else None
    users = User.objects.filter(is_active=True).order_by("full_name", "id").prefetch_related("roles__scopes")
    return [
        user
        for user in users
        if any(
            Permission.TICKETS_EDIT in role.given
            and (role.all_clients or client_id in {scope.client_id for scope in role.scopes.all()})
            for role in user.roles.all()
        )
    ]


def assignable_teams() -> QuerySet[Team]:
    return Team.objects.order_by("name")


def all_tags() -> QuerySet[Tag]:
    return Tag.objects.order_by("name")
