"""The language of placeholders, and macros as JSON."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets.macros.desk import acts
from tickets.domain.macros import (
    as_text,
    last_of_each,
    of_texts,
    read_macro_actions,
    single,
    status_of,
)
from tickets.domain.rule_json import BadRule, read_actions
from tickets.domain.rule_letters import PLACEHOLDERS, fill, first_name, unknown_placeholders
from tickets.domain.rule_words import ACTIONS, say_action
from tickets.domain.rules import Do
from tickets.domain.status import Status


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {{ name }}", "Hello Anna"),
        ("Hello {{name}}", "Hello Anna"),
        ("Hello {{ name | you }}", "Hello Anna"),
        ("On {{ device | your computer }}.", "On your computer."),
        ("On {{ device }}.", "On ."),
        ("On {{ device | }}.", "On ."),
        ("{{ subject }}", "{{ name }} <b>"),
        ("{{ nonsense }} and {{ name", "{{ nonsense }} and {{ name"),
    ],
)
def test_placeholders_are_filled_once(text: str, said: str) -> None:
    """A1: what a value holds is never looked at again."""
    assert fill(text, {"name": "Anna", "subject": "{{ name }} <b>"}) == said


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{{ name }} {{ first_name | there }} { } {{ open", []),
        ("{{ Name }} {{ ticket.name }} {{ }} {{ Name }}", ["{{ Name }}", "{{ ticket.name }}", "{{ }}"]),
        ("{{ name | a | b }} {% if %}", ["{{ name | a | b }}"]),
    ],
)
def test_what_means_nothing_is_named(text: str, unknown: list[str]) -> None:
    assert unknown_placeholders(text) == unknown


@settings(max_examples=50)
@given(st.text("{} |nameabc\n"), st.text())
def test_any_text_can_be_filled_and_what_means_nothing_stays(text: str, value: str) -> None:
    filled = fill(text, {"name": value})
    assert all(unknown in filled for unknown in unknown_placeholders(text))
    if "{{" not in text:
        assert filled == text


def test_every_placeholder_is_known_to_itself() -> None:
    assert unknown_placeholders(" ".join(f"{{{{ {word} | x }}}}" for word in PLACEHOLDERS)) == []


@pytest.mark.parametrize(
    ("name", "first"), [("Anna Berg", "Anna"), ("Berg, Anna Maria", "Anna"), ("Berg,", "Berg"), ("", "")]
)
def test_a_first_name(name: str, first: str) -> None:
    assert first_name(name) == first


def test_rules_cannot_do_what_needs_a_person_and_macros_not_what_needs_a_rule() -> None:
    with pytest.raises(BadRule):
        read_actions([{"do": "assign_me"}])
    for action in ({"do": "reply", "value": "x"}, {"do": "webhook", "value": "https://x.example"}):
        with pytest.raises(BadRule):
            read_macro_actions([action])
    assert set(ACTIONS) == set(Do)


def test_each_tag_can_be_dropped_by_itself() -> None:
    found = single(acts({"do": "add_tags", "value": ["a", "b"]}, {"do": "unassign"}))
    assert [(action.do, action.value) for action in found] == [
        (Do.ADD_TAGS, ("a",)),
        (Do.ADD_TAGS, ("b",)),
        (Do.UNASSIGN, ""),
    ]


def test_the_last_one_of_a_kind_counts() -> None:
    found = last_of_each(
        acts(
            {"do": "set_status", "value": "open"},
            {"do": "add_tags", "value": ["a"]},
            {"do": "assign_me"},
            {"do": "add_tags", "value": ["b"]},
            {"do": "set_status", "value": "closed"},
            {"do": "unassign"},
        )
    )
    assert status_of(found) is Status.CLOSED
    assert [action.do for action in found].count(Do.ADD_TAGS) == 2
    assert Do.ASSIGN_ME not in {action.do for action in found}
    assert status_of([]) is None


def test_actions_go_through_a_form_and_come_back() -> None:
    actions = acts({"do": "add_tags", "value": ["Größe, “x”"]}, {"do": "assign_me"})
    assert of_texts([as_text(action) for action in actions]) == list(actions)


@pytest.mark.parametrize("text", ["", "{", "[" * 9_999, '{"do": "reply", "value": "x"}', "7", '{"do": []}'])
def test_nonsense_from_a_form_is_refused(text: str) -> None:
    with pytest.raises(BadRule):
        of_texts([text])


def test_me_is_said() -> None:
    said: list[Any] = say_action({"do": "assign_me"}, {})
    assert [part.text for part in said] == ["assign to", "me"]
