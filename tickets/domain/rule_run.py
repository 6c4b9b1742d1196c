"""Rules looking at the facts of one event: what they want done, and a line for each that says why.

All rules judge the facts as they were at the event, so no answer depends on another. They are asked in their
order, and of two that set the same thing the first one wins; the default rule fills in the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import ge, gt, lt
from typing import Any, Final
from unicodedata import normalize

from agents.domain.fields import FieldType, NotAValue, canonical
from tickets.domain.rule_json import action_as_json, condition_as_json, pattern
from tickets.domain.rules import (
    WITH_NUMBER,
    Action,
    Condition,
    Facts,
    Group,
    Kind,
    Mode,
    Op,
    RuleSpec,
    Trigger,
    is_own,
    kind_of,
    slot_of,
)

#: What is judged of a longer text.
MAX_TEXT: Final = 100_000
FOUND: Final = 80
_NEGATIVE: dict[Op, Op] = {
    Op.IS_NOT: Op.IS,
    Op.CONTAINS_NOT: Op.CONTAINS,
    Op.HAS_NO_WORD: Op.HAS_WORD,
    Op.NOT_IN: Op.IN,
    Op.NOT_EMPTY: Op.EMPTY,
}
Path = tuple[int, ...]
Test = Callable[["View"], bool]
Judge = Callable[["View"], tuple[bool, Path]]


class Outcome(StrEnum):
    MATCHED = "matched"
    NOT_MATCHED = "not-matched"
    #: A rule above said "stop here".
    STOPPED = "stopped"
    #: The default rule is for mails only.
    NOT_A_MAIL = "not-a-mail"


@dataclass(frozen=True, slots=True)
class Effect:
    rule: int
    action: Action
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class TraceLine:
    """`decided` is the condition that settled it and `path` where it stands; none when all of a group did.

    `left`: actions that were not done, each with the name of the rule that came first.
    """

    rule: int
    name: str
    version: int
    outcome: Outcome
    path: Path = ()
    decided: Condition | None = None
    found: str = ""
    did: tuple[Action, ...] = ()
    left: tuple[tuple[Action, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "rule": self.rule,
            "name": self.name,
            "version": self.version,
            "outcome": self.outcome.value,
        }
        if self.path:
            plain["path"] = list(self.path)
        if self.decided:
            plain |= {"decided": condition_as_json(self.decided), "found": self.found}
        if self.did:
            plain["did"] = [action_as_json(action) for action in self.did]
        if self.left:
            plain["left"] = [{**action_as_json(action), "first": name} for action, name in self.left]
        return plain


@dataclass(frozen=True, slots=True)
class Run:
    effects: tuple[Effect, ...]
    lines: tuple[TraceLine, ...]

    @property
    def matched(self) -> tuple[int, ...]:
        return tuple(line.rule for line in self.lines if line.outcome is Outcome.MATCHED)


@dataclass(frozen=True, slots=True)
class LiveRule:
    """A rule whose conditions are compiled: made once, asked often."""

    spec: RuleSpec
    judge: Judge


class View:
    """The facts of one event as tests read them; each text is folded once however many rules ask."""

    __slots__ = ("_texts", "facts")

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._texts: dict[tuple[str, str], tuple[str, ...]] = {}

    def texts(self, field: str, name: str = "") -> tuple[str, ...]:
        key = (field, name)
        if (found := self._texts.get(key)) is None:
            found = self._texts[key] = tuple(fold(text) for text in self.raw(field, name) if text)
        return found

    def raw(self, field: str, name: str = "") -> tuple[str, ...]:
        if field == "text":
            return self.raw("subject") + self.raw("body")
        if is_own(field):
            owner, _dot, name = field.partition(".")
            value = self.facts.get(f"own_{owner}")
            return (str(value[name]),) if isinstance(value, dict) and value.get(name) else ()
        value = self.facts.get(field)
        if field == "header":
            value = value.get(name) if isinstance(value, dict) else None
        if field == "sender_domain" and value is None:
            value = next(iter(self.raw("sender")), "").rpartition("@")[2]
        if value is None:
            return ()
        return tuple(map(str, value)) if isinstance(value, tuple | list | frozenset | set) else (str(value),)


def fold(text: str) -> str:
    """Case and the ways to write an accent do not count."""
    return normalize("NFC", text[:MAX_TEXT]).casefold()


def plain(text: str) -> str:
    """What a pattern looks at: not folded, and without the halves of characters that RE2 cannot read."""
    cut = text[:MAX_TEXT]
    return cut if cut.isascii() else cut.encode("utf-8", "replace").decode()


def make_live(spec: RuleSpec) -> LiveRule:
    return LiveRule(spec, _judge_of(spec.root))


def evaluate(rules: Sequence[LiveRule], facts: Facts, triggers: frozenset[Trigger] | None = None) -> Run:
    """Ask the rules in their order; with `triggers`, rules of others are passed over silently."""
    view = View(facts)
    effects: list[Effect] = []
    lines: list[TraceLine] = []
    holders: dict[str, str] = {}
    is_stopped = False
    for rule in rules:
        spec = rule.spec
        if triggers is not None and spec.trigger not in triggers:
            continue
        line = _ask(rule, view, holders, is_stopped=is_stopped)
        lines.append(line)
        effects.extend(Effect(spec.id, action, spec.is_default) for action in line.did)
        is_stopped = is_stopped or (line.outcome is Outcome.MATCHED and spec.stops_here)
    return Run(tuple(effects), tuple(lines))


def _ask(rule: LiveRule, view: View, holders: dict[str, str], *, is_stopped: bool) -> TraceLine:
    spec = rule.spec
    if spec.is_default:
        if view.facts.get("source") != "mail":
            return TraceLine(spec.id, spec.name, spec.version, Outcome.NOT_A_MAIL)
    elif is_stopped:
        return TraceLine(spec.id, spec.name, spec.version, Outcome.STOPPED)
    is_match, path = rule.judge(view)
    decided = condition_at(spec.root, path)
    found = _found(decided, view) if decided else ""
    if not is_match:
        return TraceLine(spec.id, spec.name, spec.version, Outcome.NOT_MATCHED, path, decided, found)
    did: list[Action] = []
    left: list[tuple[Action, str]] = []
    for action in spec.actions:
        slot = slot_of(action)
        if slot is None:
            did.append(action)
        elif slot in holders:
            left.append((action, holders[slot]))
        else:
            holders[slot] = spec.name
            did.append(action)
    return TraceLine(
        spec.id, spec.name, spec.version, Outcome.MATCHED, path, decided, found, tuple(did), tuple(left)
    )


def condition_at(root: Group, path: Path) -> Condition | None:
    item: Condition | Group = root
    for step in path:
        item = item.items[step] if isinstance(item, Group) else item
    return item if isinstance(item, Condition) else None


def _found(condition: Condition, view: View) -> str:
    if kind_of(condition.field) is Kind.SPAN:
        return str(view.facts.get(condition.field) or "")
    return ", ".join(view.raw(condition.field, condition.name))[:FOUND]


def _judge_of(group: Group) -> Judge:
    """A judge says whether the group holds and the path to the condition that settled it."""
    is_any = group.mode is Mode.ANY
    judges = [_judge_of(item) if isinstance(item, Group) else _leaf(_test_of(item)) for item in group.items]

    def judge(view: View) -> tuple[bool, Path]:
        for index, inner in enumerate(judges):
            holds, path = inner(view)
            if holds is is_any:  # one that holds settles "any", one that does not settles "all"
                return holds, (index, *path)
        return not is_any or not judges, ()

    return judge


def _leaf(test: Test) -> Judge:
    def judge(view: View) -> tuple[bool, Path]:
        return test(view), ()

    return judge


def _test_of(condition: Condition) -> Test:
    test = _plain_test_of(condition)
    if condition.field == "header":  # what is no mail has no header that could be absent
        return lambda view: isinstance(view.facts.get("header"), dict) and test(view)
    return test


def _plain_test_of(condition: Condition) -> Test:
    kind, op = kind_of(condition.field), condition.op
    if op in _NEGATIVE:
        positive = _plain_test_of(Condition(condition.field, _NEGATIVE[op], condition.value, condition.name))
        return lambda view: not positive(view)
    if kind is Kind.FLAG:
        return lambda view: bool(view.facts.get(condition.field)) is condition.value
    if kind is Kind.SPAN:
        return _span_test(condition)
    if op in _ORDER:
        return _ordered_test(condition)
    return _text_test(condition)


def _span_test(condition: Condition) -> Test:
    field, limit, is_older = condition.field, condition.value, condition.op is Op.OLDER

    def test(view: View) -> bool:
        seconds = view.facts.get(field)
        if not isinstance(seconds, int | float) or not isinstance(limit, int):
            return False
        return seconds > limit if is_older else seconds < limit

    return test


def _ordered_test(condition: Condition) -> Test:
    """Of a number or a day; what is neither, or empty, is not more and not less."""
    field, name, op = condition.field, condition.name, condition.op
    kind, compare = FieldType.NUMBER if op in WITH_NUMBER else FieldType.DATE, _ORDER[op]
    limit = str(condition.value)

    def test(view: View) -> bool:
        for text in view.raw(field, name):
            try:
                here = canonical(kind, text)
            except NotAValue:
                continue
            is_so = compare(Decimal(here), Decimal(limit)) if op in WITH_NUMBER else compare(here, limit)
            if is_so:
                return True
        return False

    return test


def _text_test(condition: Condition) -> Test:
    """One text of the field and one of the values are enough."""
    field, name, op = condition.field, condition.name, condition.op
    if op is Op.EMPTY:
        return lambda view: not view.texts(field, name)
    if op is Op.MATCHES:
        search = pattern(str(condition.value)).search
        return lambda view: any(search(plain(text)) is not None for text in view.raw(field, name))
    value = condition.value
    wanted = tuple(fold(str(text)) for text in (value if isinstance(value, tuple) else (value,)))
    if op in {Op.IS, Op.IN} or kind_of(field) is Kind.LABELS:
        return lambda view: any(text in wanted for text in view.texts(field, name))
    compare = _COMPARE[op]
    return lambda view: any(compare(text, word) for text in view.texts(field, name) for word in wanted)


def has_word(text: str, word: str) -> bool:
    """The word (or words) stands in the text with no letter or digit right before or behind it."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before.isalnum() and word[0].isalnum()) and not (after.isalnum() and word[-1].isalnum()):
            return True
        at = text.find(word, at + 1)
    return False


_COMPARE: dict[Op, Callable[[str, str], bool]] = {
    Op.CONTAINS: lambda text, word: word in text,
    Op.STARTS: str.startswith,
    Op.ENDS: str.endswith,
    Op.HAS_WORD: has_word,
}
_ORDER: dict[Op, Callable[[Any, Any], bool]] = {Op.OVER: gt, Op.UNDER: lt, Op.AFTER: ge, Op.BEFORE: lt}
