"""The editor as plain forms: rows come and go, errors stand where they belong, typed text stays."""

from typing import Any

import pytest
from django.test import Client as Browser

from tests.web.conftest import text_of
from tickets.models import Rule

pytestmark = pytest.mark.django_db
SAGE: dict[str, Any] = {
    "name": "Accounting software",
    "description": "Month-end closing must not wait",
    "trigger": "ticket-created",
    "mode": "any",
    "after": "go",
    "is_active": "on",
    "version": "0",
    "row": ["c1", "g2", "g2.c1"],
    "c1.field": "text",
    "c1.op": "has_word",
    "c1.line": "sage, datev",
    "g2.mode": "all",
    "g2.c1.field": "header",
    "g2.c1.name": "List-Id",
    "g2.c1.op": "not_empty",
    "act": ["a1", "a2"],
    "a1.do": "set_priority",
    "a1.line": "high",
    "a2.do": "add_tags",
    "a2.line": "accounting",
}


def test_a_rule_is_written_and_saved(client_carla: Browser) -> None:
    answer = client_carla.post("/rules/new/", SAGE)
    rule = Rule.objects.get(name="Accounting software")
    assert answer.headers["Location"] == f"/rules/{rule.pk}/"
    assert rule.conditions == {
        "mode": "any",
        "items": [
            {"field": "text", "op": "has_word", "value": ["sage", "datev"]},
            {"mode": "all", "items": [{"field": "header", "op": "not_empty", "name": "List-Id"}]},
        ],
    }
    assert rule.actions == [
        {"do": "set_priority", "value": "high"},
        {"do": "add_tags", "value": ["accounting"]},
    ]


def test_a_saved_rule_is_said_in_words(client_carla: Browser) -> None:
    client_carla.post("/rules/new/", SAGE)
    page = text_of(client_carla.get(f"/rules/{Rule.objects.get(name='Accounting software').pk}/"))
    words = "Subject or text has a word of <strong>sage</strong>, <strong>datev</strong> or (header"
    assert words in page
    assert "then priority <strong>High</strong> tag <strong>accounting</strong>." in page
    assert 'value="sage, datev"' in page


@pytest.mark.parametrize("command", ["add", "group", "act", "add:g2"])
def test_a_row_is_added_without_script_and_the_rest_stays(client_carla: Browser, command: str) -> None:
    page = text_of(client_carla.post("/rules/new/", {**SAGE, "command": command}))
    assert page.count("autofocus") == 1
    assert 'value="sage, datev"' in page
    assert not Rule.objects.filter(name="Accounting software").exists()


@pytest.mark.parametrize(("key", "gone"), [("c1", "c1.line"), ("g2", "g2.c1.name"), ("a2", "a2.line")])
def test_a_row_is_removed_without_script(client_carla: Browser, key: str, gone: str) -> None:
    page = text_of(client_carla.post("/rules/new/", {**SAGE, "command": f"drop:{key}"}))
    assert f'name="{gone}"' not in page


def test_errors_stand_at_their_control_and_keep_what_was_typed(client_carla: Browser) -> None:
    wrong = {**SAGE, "name": " ", "c1.op": "matches", "c1.line": "inv(oice", "a1.line": ""}
    answer = client_carla.post("/rules/new/", wrong)
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'id="error-name"' in page
    assert "This pattern cannot be read" in page
    assert 'value="inv(oice"' in page
    assert 'aria-describedby="error-a1"' in page
    assert "Month-end closing must not wait" in page
