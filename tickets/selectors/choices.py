from collections.abc import Sequence

from agents.models import Client
from tickets.models import Tag

from helpdesk.core.models import Team, User


def assignable_users(client: Client | None) -> list[User]:
    """Active users who may work on tickets of this client, by name: 3 queries."""
    raise NotImplementedError


def assignable_teams() -> Sequence[Team]:
    raise NotImplementedError


def all_tags() -> Sequence[Tag]:
    raise NotImplementedError
