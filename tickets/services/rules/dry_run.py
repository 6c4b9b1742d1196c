"""A rule tried on what really came in: nothing is changed, everything is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from helpdesk.core.models import User
from tickets.domain.rule_json import action_as_json, read_actions, read_conditions
from tickets.domain.rule_run import LiveRule, Run, TraceLine, evaluate, make_live
from tickets.domain.rules import SETS, Do, RuleSpec, Trigger
from tickets.models import Rule, Ticket
from tickets.services.rules.book import active_rules
from tickets.services.rules.people import People
from tickets.services.rules.plan import Change, Plan
from tickets.services.rules.replay import PastEvent, past_events
from tickets.services.rules.shape import wanted

MAX_LAST = 1_000


@dataclass(frozen=True, slots=True)
class Case:
    """What the draft makes of one event. `line` is its trace as JSON (see TraceLine), with what decided.

    `changes`: fields that it sets and tags that it adds or takes off; `deeds`: actions that write or send.
    """

    ticket: Ticket
    at: datetime
    is_match: bool
    was_match: bool
    line: dict[str, Any]
    changes: tuple[Change, ...]
    deeds: tuple[dict[str, Any], ...]
    #: Another rule does something else because of the edit: it comes first, or it stops the others.
    moves_others: bool

    @property
    def is_new(self) -> bool:
        return self.is_match and not self.was_match

    @property
    def is_lost(self) -> bool:
        return self.was_match and not self.is_match


@dataclass(frozen=True, slots=True)
class DryRun:
    """`cases`: those that matched, match now, or go another way; of `looked_at` events, the newest first."""

    cases: tuple[Case, ...]
    looked_at: int

    @property
    def matches(self) -> int:
        return sum(case.is_match for case in self.cases)

    @property
    def new(self) -> int:
        return sum(case.is_new for case in self.cases)

    @property
    def lost(self) -> int:
        return sum(case.is_lost for case in self.cases)

    def changing(self, field: str) -> int:
        """How many tickets would get another value of this field (status, priority, type, assignee, tags)."""
        return sum(any(change.field == field for change in case.changes) for case in self.cases)


def dry_run(
    *, draft: Mapping[str, Any], rule: Rule | None, by: User, now: datetime, last: int = 200
) -> DryRun:
    """Try a draft (the columns of a rule as JSON) in the place of `rule`, or as the last before the default
    rule, on the last events of its kind that `by` may see, beside the rules as they are saved.

    Runs inside a transaction that is rolled back. Raises `BadRule`.
    """
    with transaction.atomic():
        try:
            return _dry_run(draft_spec(draft, rule), by=by, now=now, last=min(last, MAX_LAST))
        finally:
            transaction.set_rollback(True)


def draft_spec(draft: Mapping[str, Any], rule: Rule | None) -> RuleSpec:
    """A draft as a rule that can be asked. Raises `BadRule`."""
    return RuleSpec(
        id=rule.pk if rule else 0,
        name=str(draft["name"]),
        trigger=Trigger(draft["trigger"]),
        root=read_conditions(draft["conditions"]),
        actions=read_actions(draft["actions"]),
        stops_here=bool(draft["stops_here"]),
        is_default=bool(rule and rule.is_default),
    )


def with_draft(rules: Sequence[LiveRule], spec: RuleSpec, rule: Rule | None) -> list[LiveRule]:
    """The rules with the draft in its place; a rule that is off takes part too, as it is being tried."""
    draft = make_live(spec)
    others = [live for live in rules if live.spec.id != spec.id]
    position = rule.position if rule else 0
    places = dict(Rule.objects.filter(pk__in=[live.spec.id for live in others]).values_list("pk", "position"))
    for index, live in enumerate(others):
        behind = places[live.spec.id] > position if rule else live.spec.is_default
        if behind:
            return [*others[:index], draft, *others[index:]]
    return [*others, draft]


def _dry_run(spec: RuleSpec, *, by: User, now: datetime, last: int) -> DryRun:
    saved = active_rules()
    rule = Rule.objects.filter(pk=spec.id).first()
    edited, people = with_draft(saved, spec, rule), People(now)
    events = past_events(spec.trigger, by=by, last=last, now=now)
    cases = [_case(event, saved, edited, spec, people) for event in events]
    return DryRun(tuple(case for case in cases if case), len(events))


def _case(
    event: PastEvent, saved: Sequence[LiveRule], edited: Sequence[LiveRule], spec: RuleSpec, people: People
) -> Case | None:
    triggers = frozenset({spec.trigger})
    before = evaluate(saved, event.facts, triggers)
    after = evaluate(edited, event.facts, triggers)
    line = next(line for line in after.lines if line.rule == spec.id)
    is_match, was_match = spec.id in after.matched, spec.id in before.matched
    moves_others = _of_others(before, spec.id) != _of_others(after, spec.id)
    if not (is_match or was_match or moves_others):
        return None
    plan = Plan(spec.trigger, after, event.facts, event.at)
    wanted(event.ticket, plan, people)
    shown = next(plain for plain in plan.lines() if plain["rule"] == spec.id)
    changes = [change for change in plan.changes if change.rule == spec.id]
    return Case(
        ticket=event.ticket,
        at=event.at,
        is_match=is_match,
        was_match=was_match,
        line=shown,
        changes=tuple(changes + _tag_changes(event, line)),
        deeds=tuple(action_as_json(action) for action in line.did if action.do in _DEEDS),
        moves_others=moves_others,
    )


_DEEDS = frozenset(do for do in Do if SETS.get(do, "reply") == "reply") - {Do.ADD_TAGS, Do.REMOVE_TAGS}


def _of_others(run: Run, mine: int) -> list[tuple[int, dict[str, Any]]]:
    return [(effect.rule, action_as_json(effect.action)) for effect in run.effects if effect.rule != mine]


def _tag_changes(event: PastEvent, line: TraceLine) -> list[Change]:
    """One change per tag that comes (before is empty) or goes (after is empty)."""
    tags = event.facts.get("tag") or ()
    have = {str(tag).casefold() for tag in tags}
    changes = []
    for action in line.did:
        if action.do is Do.ADD_TAGS:
            changes += [Change(line.rule, "tags", "", t) for t in action.value if t.casefold() not in have]
        elif action.do is Do.REMOVE_TAGS:
            changes += [Change(line.rule, "tags", t, "") for t in action.value if t.casefold() in have]
    return changes
