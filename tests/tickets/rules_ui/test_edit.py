"""What people do with rules: the services."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.models import AuditEntry, Role, User
from tests.conftest import browser_of
from tickets.models import Rule, RuleBook
from tickets.services.rules.edit import delete_rule, move_rule, restore_rule, save_rule, switch_rule

pytestmark = pytest.mark.django_db
DRAFT: dict[str, Any] = {
    "name": "Sage",
    "description": "",
    "trigger": "ticket-created",
    "conditions": {"mode": "all", "items": [{"field": "subject", "op": "contains", "value": ["sage"]}]},
    "actions": [{"do": "set_priority", "value": "high"}],
    "stops_here": False,
    "is_active": True,
}


@pytest.fixture
def rule(carla: User, now: datetime) -> Rule:
    return save_rule(rule=None, draft=DRAFT, by=carla, now=now)


@pytest.fixture
def default(db: None) -> Rule:
    return Rule.objects.get(is_default=True)


def order() -> list[str]:
    return list(Rule.objects.filter(deleted_at=None).values_list("preset", flat=True))


OFF = ["survey", "low-rating", "answered"]  # presets that wait to be switched on


def last_verb() -> str:
    return AuditEntry.objects.latest("id").verb


def test_a_new_rule_stands_last_before_the_default_one(rule: Rule) -> None:
    assert order() == ["reopen", "unassign", "confirm", *OFF, "", "default"]
    assert last_verb() == "made rule"


def test_a_rule_that_is_made_switched_off_says_since_when(carla: User, now: datetime) -> None:
    made = save_rule(rule=None, draft={**DRAFT, "is_active": False}, by=carla, now=now)
    assert made.off_since == now


def test_each_change_turns_the_page_of_the_book(rule: Rule, carla: User, now: datetime) -> None:
    before = RuleBook.objects.get().version
    save_rule(rule=rule, draft={**DRAFT, "name": "Sage 50"}, version=1, by=carla, now=now)
    assert RuleBook.objects.get().version != before


def test_the_log_keeps_what_was_and_what_is(rule: Rule, carla: User, now: datetime) -> None:
    saved = save_rule(rule=rule, draft={**DRAFT, "name": "Sage 50"}, version=1, by=carla, now=now)
    assert (saved.name, saved.version) == ("Sage 50", 2)
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.before, entry.after) == ("changed rule", {"name": "Sage"}, {"name": "Sage 50"})


def test_switching_in_the_editor_counts_from_now(rule: Rule, carla: User, now: datetime) -> None:
    off = save_rule(rule=rule, draft={**DRAFT, "is_active": False}, version=1, by=carla, now=now)
    assert off.off_since == now
    assert save_rule(rule=off, draft=DRAFT, version=2, by=carla, now=now).off_since is None


def test_who_read_an_older_version_changes_nothing(rule: Rule, carla: User, now: datetime) -> None:
    save_rule(rule=rule, draft={**DRAFT, "name": "First"}, version=1, by=carla, now=now)
    with pytest.raises(Conflict, match="meanwhile"):
        save_rule(rule=rule, draft={**DRAFT, "name": "Second"}, version=1, by=carla, now=now)
    assert Rule.objects.get(pk=rule.pk).name == "First"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"trigger": "full-moon"}, "trigger"),
        ({"conditions": {"items": [{"field": "moon"}]}}, "conditions.0.field"),
        ({"actions": [{"do": "dance"}]}, "actions.0.do"),
    ],
)
def test_what_no_form_would_send_is_refused(
    wrong: dict[str, Any], field: str, carla: User, now: datetime
) -> None:
    with pytest.raises(Invalid) as refusal:
        save_rule(rule=None, draft={**DRAFT, **wrong}, by=carla, now=now)
    assert set(refusal.value.fields or {}) == {field}


def test_of_the_default_rule_only_the_deeds_change(default: Rule, carla: User, now: datetime) -> None:
    draft = {**DRAFT, "name": "Rest", "is_active": False, "stops_here": True}
    saved = save_rule(rule=default, draft=draft, version=1, by=carla, now=now)
    assert (saved.name, saved.conditions["items"], saved.is_active) == ("Rest", [], True)
    assert saved.actions == DRAFT["actions"]


@pytest.mark.parametrize(("to", "place"), [(0, 0), (1, 1), (2, 2), (-5, 0), (99, 6)])
def test_a_rule_goes_to_its_new_place(rule: Rule, to: int, place: int, carla: User, now: datetime) -> None:
    move_rule(rule=rule, to=to, by=carla, now=now)
    assert order().index("") == place
    assert order()[-1] == "default"


def test_a_move_to_where_it_is_leaves_no_line_in_the_log(rule: Rule, carla: User, now: datetime) -> None:
    move_rule(rule=rule, to=6, by=carla, now=now)
    assert last_verb() == "made rule"


def test_a_deleted_rule_comes_back_to_its_place(carla: User, now: datetime) -> None:
    rule = Rule.objects.get(preset="unassign")
    delete_rule(rule=rule, by=carla, now=now)
    assert order() == ["reopen", "confirm", *OFF, "default"]
    move_rule(rule=Rule.objects.get(preset="confirm"), to=0, by=carla, now=now)
    restore_rule(rule=rule, by=carla, now=now)
    restore_rule(rule=rule, by=carla, now=now)
    assert order() == ["confirm", "reopen", "unassign", *OFF, "default"]
    assert AuditEntry.objects.filter(verb="brought back rule").count() == 1


def test_deleting_and_switching_twice_is_one_deed(rule: Rule, carla: User, now: datetime) -> None:
    for _again in range(2):
        switch_rule(rule=rule, is_on=False, by=carla, now=now)
        delete_rule(rule=rule, by=carla, now=now + timedelta(hours=1))
    found = Rule.objects.get(pk=rule.pk)
    assert (found.off_since, found.deleted_at) == (now, now + timedelta(hours=1))
    assert AuditEntry.objects.filter(target_type="rule").count() == 3
    switch_rule(rule=rule, is_on=True, by=carla, now=now)
    assert Rule.objects.get(pk=rule.pk).off_since is None


def test_the_default_rule_stays_where_it_is(default: Rule, carla: User, now: datetime) -> None:
    with pytest.raises(Refused):
        move_rule(rule=default, to=0, by=carla, now=now)
    with pytest.raises(Refused):
        switch_rule(rule=default, is_on=False, by=carla, now=now)
    with pytest.raises(Refused):
        delete_rule(rule=default, by=carla, now=now)


def test_rules_are_for_who_sees_all_clients(rule: Rule, gus: User, now: datetime) -> None:
    with pytest.raises(Refused, match="all clients"):
        save_rule(rule=None, draft=DRAFT, by=gus, now=now)
    with pytest.raises(Refused):
        delete_rule(rule=rule, by=gus, now=now)


def test_a12_rules_are_not_for_who_sees_all_clients_by_another_role(gus: User, now: datetime) -> None:
    gus.roles.add(Role.objects.create(name="Address book", permissions=["clients.view"], all_clients=True))
    for role in gus.roles.filter(all_clients=False):
        Role.objects.filter(pk=role.pk).update(permissions=[*role.permissions, "rules.edit"])
    browser = browser_of(gus)
    for path in ("/rules/", "/rules/new/"):
        assert browser.get(path).status_code == 403
    with pytest.raises(Refused, match="all clients"):
        save_rule(rule=None, draft=DRAFT, by=User.objects.get(pk=gus.pk), now=now)


def test_a_save_without_a_change_leaves_no_line_in_the_log(rule: Rule, carla: User, now: datetime) -> None:
    assert save_rule(rule=rule, draft=DRAFT, version=1, by=carla, now=now).version == 2
    assert last_verb() == "made rule"
