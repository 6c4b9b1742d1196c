"""The list of the rules: sentences, order, switches, undo."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from agents.models import Client, RoleScope
from helpdesk.core.models import Role, User
from tests.conftest import browser_of, make_user
from tests.tickets.pages import HTMX, opened
from tests.web.conftest import text_of
from tickets.models import Rule, RuleHit
from tickets.services.rules.edit import COLUMNS, move_rule, save_rule

pytestmark = pytest.mark.django_db


def rule_of(preset: str) -> Rule:
    return Rule.objects.get(preset=preset)


def test_rules_read_as_sentences_with_the_default_rule_locked_at_the_end(client_carla: Browser) -> None:
    page = text_of(client_carla.get("/rules/"))
    assert page.index("Reopen on reply") < page.index("We have it") < page.index("Default rule")
    assert "Anything no rule above has caught becomes a ticket:" in page
    assert '<span class="pill">Medium</span>' in page
    default = page[page.index(f'id="rule-{rule_of("default").pk}"') :]
    assert "always last" in default
    assert "Move up" not in default


def order() -> list[str]:
    return list(Rule.objects.filter(deleted_at=None).values_list("preset", flat=True))


@pytest.mark.parametrize(
    ("asked", "place"),
    [({"by": "-1"}, 0), ({"by": "1"}, 2), ({"to": "0"}, 0), ({"to": "99"}, 5), ({"to": "x"}, 1)],
)
def test_a_rule_moves_by_plain_buttons(client_carla: Browser, asked: dict[str, str], place: int) -> None:
    answer = client_carla.post(f"/rules/{rule_of('unassign').pk}/move/", asked)
    assert answer.headers["Location"] == "/rules/"
    assert order().index("unassign") == place
    assert order()[-1] == "default"


def test_script_gets_the_list_as_it_is_now_and_a_sentence(client_carla: Browser) -> None:
    answer = client_carla.post(f"/rules/{rule_of('confirm').pk}/move/", {"to": "0"}, headers=HTMX)
    page = text_of(answer)
    assert "“We have it” is now number 1." in page
    assert page.index("We have it") < page.index("Reopen on reply")
    assert "<html" not in page


def test_the_default_rule_refuses_with_a_sentence(client_carla: Browser) -> None:
    default = rule_of("default").pk
    answer = client_carla.post(f"/rules/{default}/switch/", {"on": "0"}, headers=HTMX)
    assert answer.status_code == 409
    assert "cannot be switched off" in text_of(answer)
    page = text_of(client_carla.post(f"/rules/{default}/delete/", follow=True))
    assert "cannot be deleted" in page
    page = text_of(client_carla.post(f"/rules/{default}/move/", {"to": "0"}, follow=True))
    assert "always the last one" in page


def test_a_rule_is_switched_off_and_on(client_carla: Browser) -> None:
    rule = rule_of("reopen")
    page = text_of(client_carla.post(f"/rules/{rule.pk}/switch/", {"on": "0"}, follow=True))
    assert "“Reopen on reply” is off." in page
    assert "off since" in page
    client_carla.post(f"/rules/{rule.pk}/switch/", {"on": "1"})
    assert rule_of("reopen").is_active


def test_a_deleted_rule_can_be_brought_back(client_carla: Browser) -> None:
    rule = rule_of("reopen")
    page = text_of(client_carla.post(f"/rules/{rule.pk}/delete/", follow=True))
    assert "“Reopen on reply” is deleted." in page
    assert f'action="/rules/{rule.pk}/restore/"' in page
    assert client_carla.get(f"/rules/{rule.pk}/").status_code == 404
    page = text_of(client_carla.post(f"/rules/{rule.pk}/restore/", follow=True))
    assert order()[0] == "reopen"


def test_an_odd_address_of_a_deleted_rule_offers_nothing(client_carla: Browser) -> None:
    for asked in ("x", "9" * 40, "9", str(rule_of("reopen").pk)):
        assert "is deleted" not in text_of(client_carla.get(f"/rules/?deleted={asked}"))


def test_every_number_leads_to_as_many_tickets(client_carla: Browser, carla: User) -> None:
    now = timezone.now()
    tickets = [opened(carla, now, subject=f"Number {n}") for n in range(3)]
    rule = rule_of("reopen")
    RuleHit.objects.filter(rule=rule).delete()
    for ticket in (*tickets, tickets[0]):
        RuleHit.objects.create(rule=rule, ticket=ticket, at=now)
    RuleHit.objects.create(rule=rule, ticket=tickets[0], at=now - timedelta(days=40))
    assert "3 tickets" in text_of(client_carla.get("/rules/"))
    page = text_of(client_carla.get(f"/rules/{rule.pk}/tickets/"))
    assert page.count('class="dry__item"') == 3


def test_a_rule_that_matched_nothing_says_so(client_carla: Browser) -> None:
    assert "No ticket yet" in text_of(client_carla.get(f"/rules/{rule_of('reopen').pk}/tickets/"))


def test_a12_rules_are_for_who_may_work_on_all_tickets(acme: Client) -> None:
    """Whoever writes them reaches each ticket by them, in the console as by the API."""
    setup = Role.objects.create(name="Set-up", permissions=["rules.edit"], all_clients=True)
    works = Role.objects.create(name="Acme", permissions=["tickets.view", "tickets.edit"])
    RoleScope.objects.create(role=works, client=acme)
    eve, rule = make_user("eve@deskbell.example", "Eve", setup, works), rule_of("reopen").pk
    paths = ["/rules/", "/rules/new/", "/rules/history/", f"/rules/{rule}/", f"/rules/{rule}/tickets/"]
    browser = browser_of(eve)
    assert {browser.get(path).status_code for path in paths} == {403}
    assert browser.post(f"/rules/{rule}/switch/", {"on": "0"}).status_code == 403
    assert 'href="/rules/"' not in text_of(browser.get("/tickets/"))
    Role.objects.filter(pk=works.pk).update(all_clients=True)
    assert {browser_of(eve).get(path).status_code for path in paths} == {200}


def test_a14_who_sees_some_clients_reads_and_changes_no_rules(db: None) -> None:
    role = Role.objects.create(name="Part", permissions=["rules.edit", "tickets.view"])
    browser = browser_of(make_user("gil@deskbell.example", "Gil", role))
    for path in ("/rules/", "/rules/history/", f"/rules/{rule_of('reopen').pk}/"):
        assert browser.get(path).status_code == 403
    assert browser.post(f"/rules/{rule_of('reopen').pk}/move/", {"to": "1"}).status_code == 403


def test_the_history_says_what_was_and_what_is(client_carla: Browser, carla: User) -> None:
    rule, now = rule_of("reopen"), timezone.now()
    draft = {name: getattr(rule, name) for name in COLUMNS}
    changed = {**draft, "name": "Reopen", "trigger": "status-changed", "stops_here": True, "conditions": {},
               "actions": [{"do": "set_priority", "value": "high"}]}  # fmt: skip
    save_rule(rule=rule, draft=changed, version=rule.version, by=carla, now=now)
    move_rule(rule=rule, to=1, by=carla, now=now)
    page = text_of(client_carla.get("/rules/history/"))
    assert "Moved" in page
    assert "Carla Hayden" in page
    assert "Name: <s><strong>Reopen on reply</strong></s> → <strong>Reopen</strong>" in page
    assert "Looks when: <s>The customer answers</s> → The status changes" in page
    assert "No conditions" in page
    assert "Priority <strong>High</strong>" in page


def test_a_history_without_changes_says_so(client_carla: Browser) -> None:
    assert "Nothing was changed yet" in text_of(client_carla.get("/rules/history/"))
