"""Rules made in a line, and teams of people who are there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from helpdesk.core.models import Team, User
from tickets.models import Rule
from tickets.services.rules.book import turn_page

MakeRule = Callable[..., Rule]


@pytest.fixture
def make_rule(now: datetime, db: None) -> MakeRule:
    """`make_rule({"do": ...}, if_=[...])`: a rule for new tickets unless told otherwise."""

    def make(*actions: dict[str, Any], if_: list[Any] | None = None, mode: str = "all", **facts: Any) -> Rule:
        values: dict[str, Any] = {
            "position": 100 + Rule.objects.count(),
            "name": "A rule",
            "trigger": "ticket-created",
            "conditions": {"mode": mode, "items": if_ or []},
            "actions": list(actions),
            "created_at": now,
            "updated_at": now,
        }
        rule = Rule.objects.create(**(values | facts))
        turn_page()
        return rule

    return make


@pytest.fixture
def first_line(ada: User, bob: User) -> Team:
    team = Team.objects.create(name="First line")
    team.members.set([ada, bob])
    return team


@pytest.fixture
def everybody_there(ada: User, bob: User, now: datetime) -> None:
    for user in (ada, bob):
        user.seen_at = now
        user.save(update_fields=["seen_at"])
