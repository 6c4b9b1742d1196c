"""Examples on the pages: kept with a save, checked, forgotten."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from helpdesk.core.models import User
from tests.tickets.pages import HTMX, opened
from tests.tickets.rules_ui.test_editor import SAGE
from tests.web.conftest import text_of
from tickets.models import Rule, RuleExample, Ticket

pytestmark = pytest.mark.django_db
PLAIN: dict[str, Any] = {**SAGE, "row": ["c1"]}


@pytest.fixture
def ticket(carla: User) -> Ticket:
    return opened(carla, timezone.now(), subject="Sage crashes")


@pytest.fixture
def rule(client_carla: Browser, ticket: Ticket) -> Rule:
    """A rule with an example: the ticket gets priority and tag."""
    client_carla.post("/rules/new/", {**PLAIN, "keep": [str(ticket.pk)]})
    return Rule.objects.get(name="Accounting software")


def test_a_case_of_the_dry_run_is_marked_and_kept_with_the_save(
    client_carla: Browser, ticket: Ticket
) -> None:
    marked = {**PLAIN, "command": f"example:{ticket.pk}"}
    page = text_of(client_carla.post("/rules/new/", marked))
    assert f'<input type="hidden" name="keep" value="{ticket.pk}">' in page
    assert f"Ticket #{ticket.pk}, kept with the next save" in page
    page = text_of(client_carla.post("/rules/new/", {**marked, "keep": [str(ticket.pk)]}))
    assert 'name="keep"' not in page
    assert not RuleExample.objects.exists()


def test_a_kept_example_stands_on_the_page_of_its_rule(client_carla: Browser, rule: Rule) -> None:
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert "<b>Sage crashes</b>" in page
    example = RuleExample.objects.get()
    client_carla.post(f"/rules/{rule.pk}/", {**PLAIN, "version": "1", "command": f"forget:{example.pk}"})
    assert not RuleExample.objects.exists()


def test_a_save_that_breaks_an_example_says_which_and_how(client_carla: Browser, rule: Rule) -> None:
    changed = {**PLAIN, "version": "1", "a1.line": "low"}
    answer = client_carla.post(f"/rules/{rule.pk}/", changed)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "1 example would come out otherwise" in page
    assert "<s>Priority <strong>High</strong></s> → Priority <strong>Low</strong>" in page
    answer = client_carla.post(f"/rules/{rule.pk}/", {**changed, "command": "save-anyway"})
    assert answer.status_code == 302


def test_a_move_that_breaks_an_example_asks_first(client_carla: Browser, rule: Rule) -> None:
    first = {**PLAIN, "name": "First", "a1.line": "low"}
    client_carla.post("/rules/new/", {**first, "command": "save"})
    other = Rule.objects.get(name="First")
    answer = client_carla.post(f"/rules/{other.pk}/move/", {"to": "0"}, headers=HTMX)
    assert answer.status_code == 409
    assert 'id="rules-anyway"' in text_of(answer)
    assert "Move anyway" in text_of(client_carla.post(f"/rules/{other.pk}/move/", {"by": "-1"}))
    client_carla.post(f"/rules/{other.pk}/move/", {"to": "0", "anyway": "1"})
    assert Rule.objects.order_by("position")[0] == other


def test_a_switch_and_a_deletion_that_break_an_example_ask_first(client_carla: Browser, rule: Rule) -> None:
    client_carla.post("/rules/new/", {**PLAIN, "name": "Same", "command": "save"})
    same = Rule.objects.get(name="Same")
    client_carla.post(f"/rules/{same.pk}/move/", {"to": "0"})
    RuleExample.objects.update(rule=None)
    client_carla.post(f"/rules/{rule.pk}/switch/", {"on": "0"})
    answer = client_carla.post(f"/rules/{same.pk}/switch/", {"on": "0"})
    assert answer.status_code == 409
    assert '<input type="hidden" name="on" value="0">' in text_of(answer)
    assert "Switch off anyway" in text_of(answer)
    answer = client_carla.post(f"/rules/{same.pk}/delete/")
    assert "Delete anyway" in text_of(answer)
    assert not Rule.objects.get(pk=same.pk).deleted_at
    client_carla.post(f"/rules/{same.pk}/delete/", {"anyway": "1"})
    assert Rule.objects.get(pk=same.pk).deleted_at


def test_a_ticket_that_is_gone_is_no_example_and_nothing_is_saved(client_carla: Browser) -> None:
    assert client_carla.post("/rules/new/", {**PLAIN, "keep": ["987654"]}).status_code == 404
    assert not Rule.objects.filter(name="Accounting software").exists()


@pytest.mark.parametrize("command", ["forget:x", "forget:99999999999", "example:x", "forget:999999"])
def test_odd_commands_change_nothing(client_carla: Browser, rule: Rule, command: str) -> None:
    answer = client_carla.post(f"/rules/{rule.pk}/", {**PLAIN, "version": "1", "command": command})
    assert answer.status_code == 200
    assert RuleExample.objects.count() == 1


def test_examples_of_a_rule_that_is_off_or_gone_hold_nobody_up(client_carla: Browser, rule: Rule) -> None:
    client_carla.post(f"/rules/{rule.pk}/switch/", {"on": "0"})
    assert client_carla.post("/rules/new/", {**PLAIN, "name": "Second"}).status_code == 302
    client_carla.post(f"/rules/{rule.pk}/delete/")
    assert client_carla.post("/rules/new/", {**PLAIN, "name": "Third"}).status_code == 302
