"""The editor as plain forms: rows come and go, errors stand where they belong, typed text stays."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from helpdesk.core.models import User
from tests.tickets.pages import firm, opened, person
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


def test_a_new_rule_has_no_changes_before_somebody_types(client_carla: Browser) -> None:
    assert 'id="unsaved" role="status" hidden' in text_of(client_carla.get("/rules/new/"))
    page = text_of(client_carla.post("/rules/new/", {**SAGE, "command": "add-action"}))
    assert 'id="unsaved" role="status">' in page


def test_a_saved_rule_is_said_in_words(client_carla: Browser) -> None:
    client_carla.post("/rules/new/", SAGE)
    page = text_of(client_carla.get(f"/rules/{Rule.objects.get(name='Accounting software').pk}/"))
    words = "Subject or text has a word of <strong>sage</strong>, <strong>datev</strong> or (header"
    assert words in page
    assert "then priority <strong>High</strong>, tag <strong>accounting</strong>." in page
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


@pytest.mark.parametrize("preset", ["reopen", "unassign", "confirm", "default"])
def test_a_rule_as_it_is_has_no_unsaved_changes(client_carla: Browser, preset: str) -> None:
    page = text_of(client_carla.get(f"/rules/{Rule.objects.get(preset=preset).pk}/"))
    assert "1 unsaved" not in page
    assert " data-changed" not in page


def test_what_was_saved_is_not_unsaved(client_carla: Browser) -> None:
    client_carla.post("/rules/new/", {**SAGE, "c1.field": "source", "c1.op": "is", "c1.line": "mail"})
    page = text_of(client_carla.get(f"/rules/{Rule.objects.get(name='Accounting software').pk}/"))
    assert " data-changed" not in page


def saved(browser: Browser, **more: Any) -> Rule:
    answer = browser.post("/rules/new/", {**SAGE, **more})
    assert answer.status_code == 302, text_of(answer)
    return Rule.objects.get(name="Accounting software")


def test_several_are_ticked_and_stay_ticked(client_carla: Browser) -> None:
    ticked = {"c1.field": "status", "c1.op": "in", "c1.values": ["open", "waiting"]}
    rule = saved(client_carla, **ticked)
    assert rule.conditions["items"][0]["value"] == ["open", "waiting"]
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert page.count('name="c1.values"') == 5
    assert 'value="waiting" checked' in page


def test_one_value_becomes_the_first_of_several_and_back(client_carla: Browser) -> None:
    one = {"c1.field": "status", "c1.op": "in", "c1.line": "open", "command": "look"}
    assert 'value="open" checked' in text_of(client_carla.post("/rules/new/", {**SAGE, **one}))
    many = {"c1.field": "status", "c1.op": "is", "c1.line": "", "c1.values": ["open"], "command": "look"}
    assert '<option value="open" selected>' in text_of(client_carla.post("/rules/new/", {**SAGE, **many}))


def test_a_span_keeps_its_unit(client_carla: Browser) -> None:
    span = {"c1.field": "status_age", "c1.op": "older", "c1.line": "30", "c1.unit": "m"}
    rule = saved(client_carla, **span, trigger="time-passed")
    assert rule.conditions["items"][0]["value"] == "30m"
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert '<option value="m" selected>' in page
    assert "time has passed" in page
    assert "<strong>30 minutes</strong>" in page


def test_a_contact_is_typed_by_address_and_kept_by_id(client_carla: Browser) -> None:
    anna = person(firm())
    rule = saved(client_carla, **{"c1.field": "contact", "c1.op": "is", "c1.line": "anna@acme.example"})
    assert rule.conditions["items"][0]["value"] == str(anna.pk)
    assert 'value="anna@acme.example"' in text_of(client_carla.get(f"/rules/{rule.pk}/"))
    wrong = {**SAGE, "c1.field": "contact", "c1.op": "in", "c1.line": "anna@acme.example, x@y.example"}
    page = text_of(client_carla.post("/rules/new/", wrong))
    assert "Write the e-mail address of a contact that the desk knows" in page
    assert 'value="anna@acme.example, x@y.example"' in page


def test_a_notice_goes_to_people_and_addresses(client_carla: Browser, ada: User) -> None:
    notice = {"a2.do": "notify", "a2.values": ["assignee", f"user:{ada.pk}"], "a2.line": "night@desk.example",
              "a2.text": "Look"}  # fmt: skip
    rule = saved(client_carla, **notice)
    to = ["assignee", f"user:{ada.pk}", "night@desk.example"]
    assert rule.actions[1] == {"do": "notify", "value": "Look", "to": to}
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert 'value="night@desk.example"' in page
    assert " data-changed" not in page
    page = text_of(client_carla.post("/rules/new/", {**SAGE, **notice, "a2.line": "nobody", "name": "Two"}))
    assert "Tick who gets it" in page


def test_a_comma_inside_quotation_marks_does_not_part(client_carla: Browser) -> None:
    rule = saved(client_carla, **{"c1.line": 'sage, "now, please"'})
    assert rule.conditions["items"][0]["value"] == ["sage", "now, please"]
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert "sage, &quot;now, please&quot;" in page


def test_a_team_that_is_gone_is_chosen_anew(client_carla: Browser) -> None:
    rule = saved(client_carla)
    Rule.objects.filter(pk=rule.pk).update(actions=[{"do": "assign_team", "value": "99"}])
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert '<option value="99" selected>no longer there</option>' in page
    data = {**SAGE, "version": "1", "a1.do": "assign_team", "a1.line": "99"}
    answer = client_carla.post(f"/rules/{rule.pk}/", data)
    assert answer.status_code == 422
    assert "Choose one from the list." in text_of(answer)


def test_an_older_page_overwrites_nothing(client_carla: Browser) -> None:
    rule = saved(client_carla)
    client_carla.post(f"/rules/{rule.pk}/", {**SAGE, "version": "1", "name": "First"})
    answer = client_carla.post(f"/rules/{rule.pk}/", {**SAGE, "version": "1", "name": "Second"})
    assert answer.status_code == 409
    assert "Somebody changed this rule meanwhile" in text_of(answer)
    assert 'value="Second"' in text_of(answer)
    assert Rule.objects.get(pk=rule.pk).name == "First"


def test_the_default_rule_is_changed_in_what_it_does_alone(client_carla: Browser) -> None:
    default = Rule.objects.get(preset="default")
    page = text_of(client_carla.get(f"/rules/{default.pk}/"))
    assert 'name="trigger"' not in page
    data = {"name": "Rest", "version": "1", "act": ["a1"], "a1.do": "set_priority", "a1.line": "low"}
    assert client_carla.post(f"/rules/{default.pk}/", data).status_code == 302
    assert Rule.objects.get(pk=default.pk).actions == [{"do": "set_priority", "value": "low"}]


def test_an_empty_group_and_no_action_are_pointed_at(client_carla: Browser) -> None:
    answer = client_carla.post("/rules/new/", {**SAGE, "row": ["c1", "g2"], "act": []})
    page = text_of(answer)
    assert "Add a condition to this group" in page
    assert "Say what the rule does" in page


def test_too_long_names_are_told(client_carla: Browser) -> None:
    page = text_of(client_carla.post("/rules/new/", {**SAGE, "name": "x" * 81, "description": "x" * 301}))
    assert "At most 80 characters." in page
    assert "At most 300 characters." in page


def test_odd_posts_are_forms_again_and_no_errors(client_carla: Browser) -> None:
    odd = {"row": ["c1", "zz.c1", "c9"], "act": ["a1"], "c1.field": "moon", "c9.op": "dance", "a1.do": "x",
           "version": "9" * 20, "mode": "some", "trigger": "full-moon", "command": "add:nothing"}  # fmt: skip
    assert client_carla.post("/rules/new/", odd).status_code == 200
    assert client_carla.post("/rules/new/", {**odd, "command": "save"}).status_code == 422


def test_a_dry_run_shows_what_would_change_and_why(client_carla: Browser, carla: User) -> None:
    ticket = opened(carla, timezone.now(), subject="Sage crashes")
    opened(carla, timezone.now(), subject="Printer")
    tried = {**SAGE, "command": "dry-run", "name": "", "last": "50", "row": ["c1"]}
    page = text_of(client_carla.post("/rules/new/", tried))
    panel = page[page.index('id="dry-run"') :]
    assert "<b>1</b><small>would match</small>" in panel
    assert "+1" in panel
    assert f'href="/tickets/{ticket.pk}/"' in panel
    assert "<s>Medium</s><ins>High</ins>" in panel
    assert "<ins>accounting</ins>" in panel
    assert "Because: Subject or text has a word of <strong>sage</strong>, <strong>datev</strong>" in panel
    assert "Printer" not in panel
    assert not Rule.objects.filter(description=SAGE["description"]).exists()


def test_a_dry_run_that_catches_nothing_says_so(client_carla: Browser) -> None:
    page = text_of(
        client_carla.post("/rules/new/", {**SAGE, "row": ["c1"], "command": "dry-run", "last": "9"})
    )
    assert "None of 0 would match." in page
    assert '<option value="200" selected>Last 200 tickets</option>' in page


def test_a_rule_that_is_not_right_is_not_tried(client_carla: Browser) -> None:
    answer = client_carla.post("/rules/new/", {**SAGE, "c1.line": "", "command": "dry-run"})
    assert answer.status_code == 422
    assert "Write one or more words" in text_of(answer)


def test_a_new_rule_starts_with_a_condition_and_an_action_to_fill_in(client_carla: Browser) -> None:
    page = text_of(client_carla.get("/rules/new/"))
    assert page.count('name="row"') == page.count('name="act"') == 1
    assert "autofocus" not in page


def test_the_panel_speaks_of_what_the_rule_looks_at(client_carla: Browser) -> None:
    asked = {**SAGE, "trigger": "customer-replied", "command": "look"}
    assert "Last 200 answers" in text_of(client_carla.post("/rules/new/", asked))
    page = text_of(client_carla.post("/rules/new/", {**asked, "trigger": "priority-changed"}))
    assert "Last 200 changes" in page


def test_what_an_edit_no_longer_catches_is_told(client_carla: Browser, carla: User) -> None:
    rule = saved(client_carla, row=["c1"])
    opened(carla, timezone.now(), subject="Sage crashes")
    tried = {**SAGE, "row": ["c1"], "c1.line": "lexware", "version": "1", "command": "dry-run"}
    page = text_of(client_carla.post(f"/rules/{rule.pk}/", tried))
    assert "no longer matches" in page
    assert "−1" in page


def test_what_another_rule_has_settled_before_is_told(client_carla: Browser, carla: User) -> None:
    opened(carla, timezone.now(), subject="Sage crashes")
    saved(client_carla, row=["c1"])
    second = {**SAGE, "row": ["c1"], "name": "Second", "a1.line": "low", "act": ["a1"], "command": "dry-run"}
    page = text_of(client_carla.post("/rules/new/", second))
    assert "Priority <strong>Low</strong>: “Accounting software” came first" in page
    assert "it is so already" not in page


def test_a_condition_on_a_header_says_that_only_mails_have_some(client_carla: Browser) -> None:
    page = text_of(client_carla.post("/rules/new/", {**SAGE, "command": "shape"}))
    assert page.count("True of e-mails only") == 1
