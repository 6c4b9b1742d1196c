"""Rules from JSON and back: everything that a table or a form holds is checked here, with caps."""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Protocol, TypeVar

import re2

from agents.domain.fields import FieldType, NotAValue, canonical
from tickets.domain.priority import Priority
from tickets.domain.rules import (
    OPS,
    OWN_KEY,
    RULE_DOS,
    WITH_DAY,
    WITH_LIST,
    WITH_NUMBER,
    WITHOUT_VALUE,
    Action,
    Condition,
    Do,
    Group,
    Kind,
    Mode,
    Op,
    TicketType,
    Value,
    kind_of,
)
from tickets.domain.status import Status

MAX_ITEMS: Final = 30
MAX_VALUES: Final = 100
MAX_VALUE: Final = 500
MAX_REGEX: Final = 300
MAX_ACTIONS: Final = 20
MAX_TAG: Final = 40
MAX_WORDS: Final = 5_000
_REGEX_MEMORY: Final = 1 << 20
#: Steps of a pattern: beyond them RE2 runs out of memory and needs seconds for one long mail (A8).
_REGEX_STEPS: Final = 2_000
_SPAN = re.compile(r"(\d{1,5})([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
_CHOICES: dict[Do, frozenset[str]] = {
    Do.SET_STATUS: frozenset(Status),
    Do.SET_PRIORITY: frozenset(Priority),
    Do.SET_TYPE: frozenset(TicketType),
}
_IDS: frozenset[Do] = frozenset(
    {Do.ASSIGN_USER, Do.ASSIGN_TEAM, Do.ROUND_ROBIN, Do.LEAST_BUSY, Do.REPLY_WITH}
)
_BARE: frozenset[Do] = frozenset({Do.UNASSIGN, Do.ASSIGN_ME, Do.SEND_SURVEY})
_TAGS: frozenset[Do] = frozenset({Do.ADD_TAGS, Do.REMOVE_TAGS})
_Choice = TypeVar("_Choice", bound=StrEnum)


class Why(StrEnum):
    SHAPE = "shape"
    TOO_MANY = "too-many"
    TOO_DEEP = "too-deep"
    FIELD = "field"
    OP = "op"
    NAME = "name"
    VALUE = "value"
    TOO_LONG = "too-long"
    REGEX = "regex"
    ACTION = "action"
    TO = "to"


class BadRule(ValueError):
    """`where` is the path in the JSON, like `conditions.1.0.value`; `why` says what is wrong there."""

    def __init__(self, where: str, why: Why) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def read_conditions(data: object) -> Group:
    """Conditions from JSON; nothing at all matches everything. Raises `BadRule`."""
    return _group(data or {}, "conditions", is_inner=False)


def read_actions(data: object, *, known: Collection[Do] = RULE_DOS) -> tuple[Action, ...]:
    """Actions from JSON, none but `known` ones. Raises `BadRule`."""
    if not isinstance(data, list | tuple):
        raise BadRule("actions", Why.SHAPE)
    if len(data) > MAX_ACTIONS:
        raise BadRule("actions", Why.TOO_MANY)
    return tuple(_action(item, f"actions.{index}", known) for index, item in enumerate(data))


class Pattern(Protocol):
    def search(self, text: str, /) -> object | None: ...


@lru_cache(maxsize=512)
def pattern(text: str) -> Pattern:
    """A pattern of RE2, which needs linear time whatever it is given; case does not count.

    Raises `ValueError`.
    """
    if len(text) > MAX_REGEX:
        raise ValueError(text)
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _REGEX_MEMORY
    try:
        compiled = re2.compile(text, options)
    except re2.error as problem:
        raise ValueError(text) from problem
    if compiled.programsize > _REGEX_STEPS:
        raise ValueError(text)
    found: Pattern = compiled
    return found


def group_as_json(group: Group) -> dict[str, Any]:
    items = [
        group_as_json(item) if isinstance(item, Group) else condition_as_json(item) for item in group.items
    ]
    return {"mode": group.mode.value, "items": items}


def condition_as_json(condition: Condition) -> dict[str, Any]:
    plain: dict[str, Any] = {"field": condition.field, "op": condition.op.value}
    if condition.name:
        plain["name"] = condition.name
    value = condition.value
    if condition.op in {Op.OLDER, Op.YOUNGER}:
        plain["value"] = _span_text(int(value)) if isinstance(value, int) else ""
    elif condition.op not in WITHOUT_VALUE:
        plain["value"] = list(value) if isinstance(value, tuple) else value
    return plain


def action_as_json(action: Action) -> dict[str, Any]:
    plain: dict[str, Any] = {"do": action.do.value}
    if action.value:
        plain["value"] = list(action.value) if isinstance(action.value, tuple) else action.value
    if action.to:
        plain["to"] = list(action.to)
    return plain


def _group(data: object, where: str, *, is_inner: bool) -> Group:
    if not isinstance(data, Mapping):
        raise BadRule(where, Why.SHAPE)
    items = data.get("items", ())
    if not isinstance(items, list | tuple):
        raise BadRule(where, Why.SHAPE)
    if len(items) > MAX_ITEMS:
        raise BadRule(where, Why.TOO_MANY)
    mode = _choice(Mode, data.get("mode", Mode.ALL), f"{where}.mode", Why.SHAPE)
    return Group(
        mode, tuple(_item(item, f"{where}.{index}", is_inner=is_inner) for index, item in enumerate(items))
    )


def _item(data: object, where: str, *, is_inner: bool) -> Condition | Group:
    if isinstance(data, Mapping) and "items" in data:
        if is_inner:
            raise BadRule(where, Why.TOO_DEEP)
        return _group(data, where, is_inner=True)
    return _condition(data, where)


def _condition(data: object, where: str) -> Condition:
    if not isinstance(data, Mapping):
        raise BadRule(where, Why.SHAPE)
    field = data.get("field")
    kind = kind_of(field) if isinstance(field, str) else None
    if not isinstance(field, str) or kind is None:
        raise BadRule(f"{where}.field", Why.FIELD)
    op = _choice(Op, data.get("op"), f"{where}.op", Why.OP)
    if op not in OPS[kind]:
        raise BadRule(f"{where}.op", Why.OP)
    value = _value(kind, op, data.get("value", ""), f"{where}.value")
    return Condition(field, op, value, _header(data, where) if field == "header" else "")


def _header(data: Mapping[str, object], where: str) -> str:
    name = _text(data.get("name", ""), f"{where}.name").lower().rstrip(":")
    if not name:
        raise BadRule(f"{where}.name", Why.NAME)
    return name


def _value(kind: Kind, op: Op, data: object, where: str) -> Value:
    if op in WITHOUT_VALUE:
        return ""
    if kind is Kind.FLAG:
        if not isinstance(data, bool):
            raise BadRule(where, Why.VALUE)
        return data
    if kind is Kind.SPAN:
        return _span(data, where)
    if op in WITH_LIST:
        return _texts(data, where)
    text = _text(data, where)
    if not text:
        raise BadRule(where, Why.VALUE)
    return _checked(op, text, where)


def _checked(op: Op, text: str, where: str) -> str:
    try:
        if op in WITH_NUMBER | WITH_DAY:
            return canonical(FieldType.NUMBER if op in WITH_NUMBER else FieldType.DATE, text)
        if op is Op.MATCHES:
            pattern(text)
    except NotAValue:
        raise BadRule(where, Why.VALUE) from None
    except ValueError:
        raise BadRule(where, Why.REGEX) from None
    return text


def _action(data: object, where: str, known: Collection[Do]) -> Action:
    if not isinstance(data, Mapping):
        raise BadRule(where, Why.SHAPE)
    do = _choice(Do, data.get("do"), f"{where}.do", Why.ACTION)
    if do not in known:
        raise BadRule(where, Why.ACTION)
    value = data.get("value", "")
    at = f"{where}.value"
    if do in _TAGS:
        return Action(do, _texts(value, at, limit=MAX_TAG))
    if do is Do.SET_FIELD:
        return Action(do, _texts(value, at)[0], (_key(data.get("to"), f"{where}.to"),))
    text = _text(value, at, limit=MAX_WORDS)
    if do in _BARE:
        return Action(do)
    if do in _CHOICES and text not in _CHOICES[do]:
        raise BadRule(at, Why.VALUE)
    if do in _IDS and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRule(at, Why.VALUE)
    if not text and do is not Do.REPLY:
        raise BadRule(at, Why.VALUE)
    if do is Do.WEBHOOK and not text.lower().startswith(("https://", "http://")):
        raise BadRule(at, Why.VALUE)
    return Action(do, text, _receivers(data.get("to", ()), f"{where}.to") if do is Do.NOTIFY else ())


def _key(data: object, where: str) -> str:
    """The field of the ticket that is set."""
    key = _texts(data or (), where)
    if len(key) != 1 or not OWN_KEY.fullmatch(key[0]):
        raise BadRule(where, Why.TO)
    return key[0]


def _receivers(data: object, where: str) -> tuple[str, ...]:
    receivers = _texts(data, where)
    for receiver in receivers:
        kind, _, number = receiver.partition(":")
        is_user = kind == "user" and number.isascii() and number.isdigit() and len(number) < 19
        is_address = (
            3 <= len(receiver) <= 254 and "@" in receiver[1:-1] and not set(receiver) & set(" \t,;<>")
        )
        if not (receiver in {"assignee", "team"} or is_user or is_address):
            raise BadRule(where, Why.TO)
    return receivers


def _texts(data: object, where: str, limit: int = MAX_VALUE) -> tuple[str, ...]:
    """One or more texts; a single one may come without a list."""
    items: Sequence[object] = data if isinstance(data, list | tuple) else [data]
    if len(items) > MAX_VALUES:
        raise BadRule(where, Why.TOO_MANY)
    texts = tuple(dict.fromkeys(text for item in items if (text := _text(item, where, limit))))
    if not texts:
        raise BadRule(where, Why.VALUE)
    return texts


def _text(data: object, where: str, limit: int = MAX_VALUE) -> str:
    if isinstance(data, int) and not isinstance(data, bool):
        data = str(data) if abs(data) < 10**18 else ""
    if not isinstance(data, str):
        raise BadRule(where, Why.VALUE)
    text = data.replace("\0", "").strip()
    if len(text) > limit:
        raise BadRule(where, Why.TOO_LONG)
    return text


def _span(data: object, where: str) -> int:
    match = _SPAN.fullmatch(data) if isinstance(data, str) else None
    if match is None:
        raise BadRule(where, Why.VALUE)
    return int(match[1]) * _SECONDS[match[2]]


def _span_text(seconds: int) -> str:
    """The same span as people typed it: in the largest unit that fits."""
    unit = next(unit for unit in "dhm" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _choice(choices: type[_Choice], value: object, where: str, why: Why) -> _Choice:
    try:
        return choices(str(value))
    except ValueError:
        raise BadRule(where, why) from None
