"""What changed, as the audit log tells it: people and teams by name, rules as sentences."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from helpdesk.core.models import Team, User
from helpdesk.core.models.facts import fact_words
from helpdesk.core.models.role import role_words
from helpdesk.core.templatetags.ui import plain
from helpdesk.web.roles import LABELS
from tickets.domain.rule_words import Names, say_actions, say_conditions
from tickets.selectors.rule_choices import RuleLists
from tickets.templatetags.rules import in_a_line

Facts = Mapping[str, Any] | None


class FactWords:
    """For one reader, in the language of the moment. Names are read once, when an entry speaks of one."""

    def __init__(self, reader: User) -> None:
        self._reader = reader

    def lines(self, facts: Facts) -> list[tuple[str, str]]:
        """(what it is called, what it is)."""
        return [(fact_words(name), self._value(name, value)) for name, value in (facts or {}).items()]

    def text(self, facts: Facts) -> str:
        return "; ".join(f"{name}: {value}" for name, value in self.lines(facts))

    def _value(self, name: str, value: Any) -> str:  # noqa: ANN401 - of a JSON column
        match name, value:
            case ("owner_id", int()) | ("who", str()):
                return self._people.get(int(value) if str(value).isdecimal() else 0, plain(value))
            case "team_id", int():
                return self._teams.get(value, plain(value))
            case "actions" | "effects", [{"do": _}, *_]:
                return in_a_line(say_actions(value, self._names))
            case "conditions", {"items": [*_]}:
                return in_a_line(say_conditions(value, self._names))
            case "permissions" | "scopes" | "roles", [_, *_]:
                return ", ".join(str(LABELS.get(each) or role_words(str(each))) for each in value)
        return plain(value)

    @cached_property
    def _people(self) -> dict[int, str]:
        return dict(User.objects.values_list("pk", "full_name"))

    @cached_property
    def _teams(self) -> dict[int, str]:
        return dict(Team.objects.values_list("pk", "name"))

    @cached_property
    def _names(self) -> Names:
        return RuleLists(self._reader).names
