"""Rules in words; without a database."""

from typing import Any

import pytest

from tickets.domain.rule_words import (
    ACTIONS,
    FIELD_GROUPS,
    FIELD_LABELS,
    OP_LABELS,
    TRIGGER_LABELS,
    Input,
    Part,
    choices_of,
    input_of,
    say_action,
    say_actions,
    say_condition,
    say_conditions,
    say_rule,
)
from tickets.domain.rules import FIELDS, OPS, WITHOUT_VALUE, Do, Op, Trigger

NAMES = {
    "team": {"3": "First line"},
    "person": {"7": "Ada Lovelace"},
    "status": {"open": "Open", "waiting": "Waiting"},
    "priority": {"high": "High"},
    "contact": {"5": "anna@acme.example"},
}


def words(parts: list[Part]) -> str:
    return " ".join(f"[{part.text}]" if part.kind not in {"word", "quiet"} else part.text for part in parts)


def test_everything_that_rules_know_has_its_words() -> None:
    offered = [key for _group, keys in FIELD_GROUPS for key in keys]
    assert sorted(offered) == sorted(FIELDS) == sorted(FIELD_LABELS)
    assert set(OP_LABELS) == set(Op)
    assert set(ACTIONS) == set(Do)
    assert set(TRIGGER_LABELS) == set(Trigger)


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_comparison_of_a_field_is_typed_somehow(field: str) -> None:
    for op in OPS[FIELDS[field]]:
        assert (input_of(field, op) is Input.NONE) == (op in WITHOUT_VALUE)


def test_what_a_value_was_before_depends_on_what_changed() -> None:
    assert choices_of("before", "priority-changed") == "priority"
    assert choices_of("before") == "status"
    assert choices_of("subject") == ""


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"field": "subject", "op": "contains", "value": ["sage"]}, "subject contains [sage]"),
        ({"field": "text", "op": "has_word", "value": ["a", "b"]}, "subject or text has a word of [a] [b]"),
        ({"field": "header", "op": "not_empty", "name": "list-id"}, "header [list-id] is present"),
        ({"field": "tag", "op": "contains_not", "value": ["vip"]}, "tag is not [vip]"),
        ({"field": "status", "op": "in", "value": ["open", "waiting"]}, "status is one of [Open] [Waiting]"),
        ({"field": "contact", "op": "is", "value": "5"}, "contact is [anna@acme.example]"),
        ({"field": "client", "op": "is", "value": "9"}, "client is [9]"),
        ({"field": "client", "op": "is", "value": ""}, "client is […]"),
        ({"field": "age", "op": "older", "value": "4h"}, "age of the ticket is more than [4h]"),
        ({"field": "has_attachment", "op": "is", "value": True}, "it has an attachment"),
        ({"field": "has_attachment", "op": "is", "value": False}, "it has no attachment"),
        ({"field": "moon", "op": "is", "value": "full"}, "[moon is]"),
        ({}, "[?]"),
    ],
)
def test_a_condition_is_said(item: dict[str, Any], said: str) -> None:
    assert words(list(say_condition(item, NAMES))) == said


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"do": "set_priority", "value": "high"}, "priority [High]"),
        ({"do": "assign_least_busy", "value": "3"}, "assign to the least busy of [First line]"),
        ({"do": "unassign"}, "assigned to [nobody]"),
        ({"do": "add_tags", "value": ["a", "b"]}, "tag [a] [b]"),
        ({"do": "reply"}, "reply [We have it]"),
        ({"do": "reply", "value": "Hello\nthere"}, "reply [Hello there]"),
        ({"do": "add_note", "value": "x" * 99}, f"note [{'x' * 59}…]"),
        ({"do": "notify", "to": ["assignee", "user:7", "x@y.example"]},
         "notify [the assignee] [Ada Lovelace] [x@y.example]"),
        ({"do": "send_survey"}, "survey [How did it go?]"),
        ({"do": "dance"}, "[dance]"),
        ({}, "[?]"),
    ],
)  # fmt: skip
def test_an_action_is_said(action: dict[str, Any], said: str) -> None:
    assert words(say_action(action, NAMES)) == said


def test_a_rule_is_a_sentence_with_groups_in_brackets() -> None:
    subject = {"field": "subject", "op": "starts", "value": ["Re:"]}
    inner = {"mode": "any", "items": [subject, {"field": "body", "op": "empty"}]}
    rule = {
        "trigger": "ticket-created",
        "conditions": {"mode": "all", "items": [subject, inner]},
        "actions": [{"do": "unassign"}],
    }
    group = "( subject starts with [Re:] or text is empty )"
    said = f"subject starts with [Re:] and {group} then assigned to [nobody]"
    assert words(say_rule(rule, NAMES)) == said


def test_other_triggers_are_said_first() -> None:
    rule = {"trigger": "customer-replied", "conditions": {}, "actions": []}
    assert words(say_rule(rule, NAMES)) == "when the customer answers then nothing"
    condition = {"field": "body", "op": "empty"}
    rule["conditions"] = {"items": [condition]}
    assert words(say_rule(rule, NAMES)) == "when the customer answers and text is empty then nothing"


def test_a_rule_without_conditions_is_for_every_ticket() -> None:
    rule = {"trigger": "ticket-created", "conditions": {"items": []}, "actions": [{"do": "unassign"}]}
    assert words(say_rule(rule, NAMES)) == "every new ticket then assigned to [nobody]"
    assert words(say_rule({**rule, "is_default": True}, NAMES)).startswith(
        "anything no rule above has caught"
    )


def test_parts_of_a_rule_are_said_alone() -> None:
    assert words(say_conditions({}, NAMES)) == "no conditions"
    assert words(say_conditions({"items": [{"field": "body", "op": "empty"}]}, NAMES)) == "text is empty"
    assert words(say_actions([], NAMES)) == "nothing"
    assert words(say_actions([{"do": "unassign"}], NAMES)) == "assigned to [nobody]"
