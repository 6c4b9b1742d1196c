"""Cases kept from a dry run: when rules are edited, they must come out as they did."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from helpdesk.core.errors import Conflict, Invalid, NotFound
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from tickets.domain.rule_facts import plain_facts
from tickets.domain.rule_json import action_as_json
from tickets.domain.rule_run import LiveRule, evaluate
from tickets.domain.rules import Facts, Trigger
from tickets.models import Rule, RuleExample
from tickets.services.rules.book import active_rules
from tickets.services.rules.dry_run import draft_spec, with_draft
from tickets.services.rules.replay import past_events

MAX_EXAMPLES = 500
Actions = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Broken:
    """An example that comes out otherwise: actions that are missing now, and those that came on top."""

    example: RuleExample
    missing: Actions
    extra: Actions


class ExamplesBroken(Conflict):
    """The edit would make kept examples come out otherwise; nothing is saved. `broken` tells which, how."""

    code = "examples-broken"
    title = gettext_lazy("An example would come out otherwise")

    def __init__(self, broken: Sequence[Broken]) -> None:
        names = ", ".join(f"“{each.example.name}”" for each in broken[:3])
        words = ngettext(
            "An example would come out otherwise: %(names)s.",
            "%(count)d examples would come out otherwise: %(names)s.",
            len(broken),
        )
        super().__init__(words % {"count": len(broken), "names": names})
        self.broken = list(broken)


@transaction.atomic
def keep_example(
    *, draft: Mapping[str, Any], rule: Rule | None, number: int, name: str, by: User, now: datetime
) -> RuleExample:
    """Keep what the rules, with this draft among them, make of the last such event of ticket `number`.

    Raises `NotFound` (no such ticket for `by`), `BadRule`, `Invalid` (no name; too many examples).
    """
    spec = draft_spec(draft, rule)
    words = " ".join(name.split())[:120]
    if not words:
        raise Invalid(fields={"name": _("Name the example, for example “Sage is down”.")})
    if RuleExample.objects.count() >= MAX_EXAMPLES:
        raise Invalid(fields={"name": _("Delete an example first: there are too many.")})
    events = past_events(spec.trigger, by=by, last=1, now=now, number=number)
    if not events:
        raise NotFound(_("There is no such event to keep."))
    facts = plain_facts(events[0].facts)
    example = RuleExample.objects.create(
        name=words,
        trigger=spec.trigger.value,
        facts=facts,
        effects=outcome(with_draft(active_rules(), spec, rule), facts, spec.trigger),
        rule=rule,
        ticket_id=events[0].ticket.pk,
        created_at=now,
    )
    record(actor=by, verb="kept example", target=example, after={"effects": example.effects}, now=now)
    return example


@transaction.atomic
def forget_example(*, example: RuleExample, by: User, now: datetime) -> None:
    """The case is checked no longer. Safe to repeat."""
    if example.pk and RuleExample.objects.filter(pk=example.pk).exists():
        record(actor=by, verb="deleted example", target=example, before={"effects": example.effects}, now=now)
        example.delete()


def broken_examples(rules: Sequence[LiveRule] | None = None) -> list[Broken]:
    """Examples that come out otherwise with these rules (None: as this transaction has them).

    Those of a rule that is off or deleted rest until it is back.
    """
    resting = Q(rule__is_active=False) | Q(rule__deleted_at__isnull=False)
    examples = list(RuleExample.objects.exclude(resting).order_by("id"))
    if not examples:
        return []
    asked = active_rules() if rules is None else rules
    return [broken for example in examples if (broken := _check(example, asked))]


@contextmanager
def examples_kept(*, anyway: bool = False) -> Iterator[None]:
    """Around an edit, in its transaction. Raises `ExamplesBroken` for those that this edit breaks, unless it
    is meant; who broke one before has been told.
    """
    told = set() if anyway else {broken.example.pk for broken in broken_examples()}
    yield
    broken = [] if anyway else [each for each in broken_examples() if each.example.pk not in told]
    if broken:
        raise ExamplesBroken(broken)


def outcome(rules: Sequence[LiveRule], facts: Facts, trigger: Trigger) -> Actions:
    """What the rules want done, whichever of them wants it; in an order that does not depend on theirs."""
    effects = evaluate(rules, facts, frozenset({trigger})).effects
    return sorted((action_as_json(effect.action) for effect in effects), key=_key)


def _check(example: RuleExample, rules: Sequence[LiveRule]) -> Broken | None:
    now = outcome(rules, example.facts, Trigger(example.trigger))
    kept = {_key(action) for action in example.effects}
    got = {_key(action) for action in now}
    if kept == got:
        return None
    return Broken(
        example,
        missing=[action for action in example.effects if _key(action) not in got],
        extra=[action for action in now if _key(action) not in kept],
    )


def _key(action: Mapping[str, Any]) -> str:
    return json.dumps(action, sort_keys=True)
