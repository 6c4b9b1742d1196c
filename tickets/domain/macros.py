"""What a macro does besides its text: those actions of rules that one person can do to one ticket."""

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from tickets.domain.rule_json import BadRule, Why, action_as_json, read_actions
from tickets.domain.rules import Action, Do, slot_of
from tickets.domain.status import Status

MACRO_DOS: Final = (
    *(Do.SET_STATUS, Do.SET_PRIORITY, Do.SET_TYPE, Do.SET_FIELD),
    *(Do.ASSIGN_ME, Do.ASSIGN_USER, Do.ASSIGN_TEAM, Do.UNASSIGN),
    *(Do.ADD_TAGS, Do.REMOVE_TAGS),
)


class WrittenAs(StrEnum):
    """What the text of a macro is for."""

    EITHER = ""
    REPLY = "reply"
    NOTE = "note"


def read_macro_actions(data: object) -> tuple[Action, ...]:
    """Actions from JSON. Raises `BadRule`, also for those that only rules can do."""
    return read_actions(data, known=MACRO_DOS)


def single(actions: Iterable[Action]) -> list[Action]:
    """Each tag by itself, so that each can be dropped by itself."""
    return [
        Action(action.do, (value,)) if isinstance(action.value, tuple) else action
        for action in actions
        for value in (action.value if isinstance(action.value, tuple) else ("",))
    ]


def last_of_each(actions: Sequence[Action]) -> list[Action]:
    """Of actions that set the same thing the last one, in the order they came; of tags all."""
    kept = {slot_of(action) or action: action for action in actions}
    return list(kept.values())


def status_of(actions: Iterable[Action]) -> Status | None:
    """The status that these actions set."""
    return next((Status(str(one.value)) for one in actions if one.do is Do.SET_STATUS), None)


def as_text(action: Action) -> str:
    """For a form; `of_texts` reads it."""
    return json.dumps(action_as_json(action), ensure_ascii=False, sort_keys=True)


def of_texts(texts: Iterable[str]) -> list[Action]:
    """Actions from a form. Raises `BadRule`."""
    try:
        data = [json.loads(text) for text in texts]
    except (ValueError, RecursionError):
        raise BadRule("actions", Why.SHAPE) from None
    return last_of_each(read_macro_actions(data))
