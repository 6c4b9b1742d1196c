"""What the tests of canned replies share."""

from datetime import datetime
from typing import Any

from helpdesk.core.models import Team, User
from tickets.domain.macros import read_macro_actions
from tickets.domain.rules import Action
from tickets.models import Macro

VPN = "Hello {{ first_name | there }}, your profile for {{ subject }} is new."


def canned(now: datetime, **facts: Any) -> Macro:
    """Everybody's, unless told otherwise."""
    return Macro.objects.create(**{"name": "VPN", "text": VPN, "created_at": now, "updated_at": now, **facts})


def acts(*actions: dict[str, Any]) -> tuple[Action, ...]:
    return read_macro_actions(list(actions))


def team_of(*members: User, name: str = "First line") -> Team:
    team = Team.objects.create(name=name)
    team.members.set(members)
    return team
