"""What rules want done with one ticket, before anything is done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tickets.domain.rule_json import action_as_json
from tickets.domain.rule_run import Effect, LiveRule, Run, evaluate
from tickets.domain.rules import SETS, Facts, Trigger


class Why(StrEnum):
    """Why an action was left undone; what holds automatic mail back says so in words of its own."""

    CLOSED = "closed"
    NOT_ALLOWED = "not-allowed"
    GONE = "gone"
    NOBODY_THERE = "nobody-there"
    NO_ADDRESS = "no-address"
    AUTOMATIC = "automatic"
    #: Why nobody was asked how it went.
    NOT_SOLVED = "not-solved"
    ASKED = "asked"
    ASKED_LATELY = "asked-lately"
    NO_PERSON = "no-person"


@dataclass(frozen=True, slots=True)
class Change:
    """A field that a rule set: for the activity of the ticket."""

    rule: int
    field: str
    before: str
    after: str


@dataclass(slots=True)
class Plan:
    """`run` says what shall be done; `changes` and `refused` fill up meanwhile. `mark`: see RuleHit."""

    trigger: Trigger
    run: Run
    facts: Facts
    now: datetime
    mark: str = ""
    changes: list[Change] = field(default_factory=list)
    refused: list[tuple[Effect, str]] = field(default_factory=list)

    @property
    def sets(self) -> list[Effect]:
        """Effects on fields of the ticket itself."""
        return [effect for effect in self.run.effects if SETS.get(effect.action.do, "reply") != "reply"]

    @property
    def reopened_by(self) -> str:
        """Whose answer it was, when the event is a customer's answer."""
        is_answer = self.trigger is Trigger.CUSTOMER_REPLIED
        return str(self.facts.get("sender_name") or "") if is_answer else ""

    def name_of(self, rule: int) -> str:
        return next(line.name for line in self.run.lines if line.rule == rule)

    def lines(self) -> list[dict[str, Any]]:
        """The trace as JSON, with what was left undone and why."""
        plain = [line.as_json() for line in self.run.lines]
        by_rule = {line["rule"]: line for line in plain}
        for effect, why in self.refused:
            line, action = by_rule[effect.rule], action_as_json(effect.action)
            line["did"] = [done for done in line["did"] if done != action]
            line.setdefault("left", []).append({**action, "why": str(why)})
        return plain


def plan(
    rules: Sequence[LiveRule],
    facts: Facts,
    now: datetime,
    trigger: Trigger = Trigger.CREATED,
    *,
    also: Collection[Trigger] = (),
) -> Plan:
    """Ask the rules; nothing is written. `also`: further triggers that this one event pulls."""
    return Plan(trigger, evaluate(rules, facts, frozenset({trigger, *also})), facts, now)
