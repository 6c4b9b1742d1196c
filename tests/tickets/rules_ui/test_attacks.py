"""What strangers put into rules and tickets stays text; nobody sees or moves what is not theirs."""

import pytest
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from helpdesk.core.models import User
from tests.tickets.pages import firm, opened
from tests.tickets.rules_ui.test_editor import SAGE
from tests.web.conftest import text_of
from tickets.models import Rule, RuleHit, RuleTrace

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


def test_markup_in_a_rule_stays_text_on_every_page(client_carla: Browser, carla: User) -> None:
    data = {**SAGE, "name": EVIL, "description": EVIL, "c1.line": EVIL, "g2.c1.name": EVIL, "a2.line": EVIL}
    client_carla.post("/rules/new/", data)
    rule = Rule.objects.get(name=EVIL)
    decided = {"field": "subject", "op": "is", "value": EVIL}
    ticket = opened(carla, timezone.now(), subject=EVIL)
    line = {
        "rule": rule.pk,
        "name": EVIL,
        "version": 1,
        "outcome": "not-matched",
        "decided": decided,
        "found": EVIL,
    }
    RuleTrace.objects.create(ticket=ticket, at=timezone.now(), trigger="ticket-created", lines=[line])
    RuleHit.objects.create(ticket=ticket, rule=rule, at=timezone.now())
    pages = ["/rules/", f"/rules/{rule.pk}/", "/rules/history/", f"/rules/{rule.pk}/tickets/",
             f"/tickets/{ticket.pk}/rules/"]  # fmt: skip
    for page in pages:
        text = text_of(client_carla.get(page))
        assert EVIL not in text, page
        assert "&lt;script&gt;" in text, page
    tried = text_of(client_carla.post(f"/rules/{rule.pk}/", {**data, "version": "1", "command": "dry-run"}))
    assert EVIL not in tried


def test_a11_the_trace_of_a_foreign_ticket_does_not_exist(client_carla: Browser, gus: User) -> None:
    ticket = opened(User.objects.get(email="carla@deskbell.example"), timezone.now(), client=firm())
    browser = Browser()
    browser.force_login(gus)
    assert browser.get(f"/tickets/{ticket.pk}/rules/").status_code == 404


def test_a_link_from_elsewhere_moves_nothing(client_carla: Browser) -> None:
    rule = Rule.objects.get(preset="reopen")
    for deed in ("move", "switch", "delete", "restore"):
        assert client_carla.get(f"/rules/{rule.pk}/{deed}/").status_code == 405
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(email="carla@deskbell.example"))
    assert strict.post(f"/rules/{rule.pk}/delete/").status_code == 403


def test_more_rules_cost_no_more_queries(
    client_carla: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        client_carla.post("/rules/new/", {**SAGE, "name": f"Rule {number}"})
    with django_assert_max_num_queries(14):
        client_carla.get("/rules/")


@pytest.mark.parametrize("command", ["save", "dry-run"])
def test_a_flood_of_rows_is_cut_and_told(client_carla: Browser, command: str) -> None:
    rows = [f"c{number}" for number in range(90)]
    flood = {**SAGE, "row": rows, "command": command, **{f"{row}.op": "empty" for row in rows}}
    flood |= {"act": [f"a{number}" for number in range(30)], **{f"a{n}.line": "high" for n in range(30)}}
    answer = client_carla.post("/rules/new/", flood)
    assert answer.status_code == 422
    assert "At most 30 conditions in one place." in text_of(answer)
    assert "At most 20 actions." in text_of(answer)
