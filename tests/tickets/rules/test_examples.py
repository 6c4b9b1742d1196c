"""Cases kept from dry runs, checked whenever rules are edited."""

from datetime import datetime
from typing import Any

import pytest

from agents.models import Client
from helpdesk.core.errors import Invalid, NotFound
from helpdesk.core.models import AuditEntry, User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.test_dry_run import HIGH, SAGE, draft
from tickets.models import Rule, RuleExample, Ticket
from tickets.services.rules import active_rules
from tickets.services.rules.edit import COLUMNS, delete_rule, move_rule, save_rule, switch_rule
from tickets.services.rules.examples import ExamplesBroken, broken_examples, forget_example, keep_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def sage(now: datetime) -> Ticket:
    return make_tickets(1, now, subject="Sage crashes", priority="low")[0]


@pytest.fixture
def rule(make_rule: MakeRule) -> Rule:
    return make_rule(HIGH, if_=[SAGE], name="Sage")


@pytest.fixture
def example(rule: Rule, sage: Ticket, carla: User, now: datetime) -> RuleExample:
    return keep_example(
        draft=columns(rule), rule=rule, number=sage.pk, name=" Sage  is down ", by=carla, now=now
    )


def columns(rule: Rule, **changes: Any) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in COLUMNS} | changes


def save(rule: Rule, by: User, now: datetime, **changes: Any) -> Rule:
    anyway = changes.pop("anyway", False)
    return save_rule(
        rule=rule, draft=columns(rule, **changes), version=rule.version, by=by, now=now, anyway=anyway
    )


def test_a_case_is_kept_as_it_came_out(example: RuleExample, rule: Rule, sage: Ticket) -> None:
    assert (example.name, example.rule, example.ticket) == ("Sage is down", rule, sage)
    assert example.effects == [HIGH]
    assert example.facts["subject"] == "Sage crashes"
    assert example.facts["age"] == 0
    assert AuditEntry.objects.filter(verb="kept example").exists()
    assert broken_examples() == []


def test_an_edit_that_breaks_it_is_refused_and_told(
    example: RuleExample, rule: Rule, carla: User, now: datetime
) -> None:
    with pytest.raises(ExamplesBroken, match="Sage is down") as caught:
        save(rule, carla, now, actions=[{"do": "set_priority", "value": "urgent"}])
    (broken,) = caught.value.broken
    assert (broken.missing, broken.extra) == ([HIGH], [{"do": "set_priority", "value": "urgent"}])
    rule.refresh_from_db()
    assert rule.actions == [HIGH]
    live = next(live for live in active_rules() if live.spec.id == rule.pk)
    assert live.spec.actions[0].value == "high"


def test_who_means_it_saves_anyway(example: RuleExample, rule: Rule, carla: User, now: datetime) -> None:
    saved = save(rule, carla, now, actions=[{"do": "unassign"}], anyway=True)
    assert saved.actions == [{"do": "unassign"}]
    assert [broken.example for broken in broken_examples()] == [example]


def test_an_edit_that_leaves_it_as_it_is_goes_through(
    example: RuleExample, rule: Rule, carla: User, now: datetime
) -> None:
    assert save(rule, carla, now, name="Accounting").name == "Accounting"


def test_a_new_rule_that_comes_first_breaks_it_too(
    example: RuleExample, rule: Rule, carla: User, now: datetime
) -> None:
    wanted = draft({"do": "set_priority", "value": "low"}, is_active=True, description="")
    first = save_rule(rule=None, draft=wanted, by=carla, now=now)
    with pytest.raises(ExamplesBroken):
        move_rule(rule=first, to=0, by=carla, now=now)
    move_rule(rule=first, to=0, by=carla, now=now, anyway=True)


@pytest.fixture
def urgent(make_rule: MakeRule) -> Rule:
    """Comes before the rule of the example, and does what the example says."""
    return make_rule({"do": "set_priority", "value": "urgent"}, if_=[SAGE], name="Urgent", position=1)


def test_switching_a_rule_that_an_example_leans_on_is_refused(
    urgent: Rule, example: RuleExample, carla: User, now: datetime
) -> None:
    assert example.rule != urgent
    with pytest.raises(ExamplesBroken):
        switch_rule(rule=urgent, is_on=False, by=carla, now=now)
    assert Rule.objects.get(pk=urgent.pk).is_active
    switch_rule(rule=urgent, is_on=False, by=carla, now=now, anyway=True)
    assert not Rule.objects.get(pk=urgent.pk).is_active


def test_deleting_a_rule_that_an_example_leans_on_is_refused(
    urgent: Rule, example: RuleExample, carla: User, now: datetime
) -> None:
    with pytest.raises(ExamplesBroken):
        delete_rule(rule=urgent, by=carla, now=now)
    delete_rule(rule=urgent, by=carla, now=now, anyway=True)
    assert Rule.objects.get(pk=urgent.pk).deleted_at


def test_who_meant_it_is_not_asked_again_for_another_edit(
    urgent: Rule, example: RuleExample, rule: Rule, carla: User, now: datetime
) -> None:
    switch_rule(rule=urgent, is_on=False, by=carla, now=now, anyway=True)
    assert save(rule, carla, now, description="Bookkeeping").description == "Bookkeeping"


def test_which_rule_does_it_does_not_matter(
    example: RuleExample, rule: Rule, make_rule: MakeRule, carla: User, now: datetime
) -> None:
    make_rule(HIGH, if_=[SAGE], name="The same")
    assert not save(rule, carla, now, is_active=False).is_active


def test_a_case_with_a_draft_that_is_not_saved_yet_waits_for_it(
    sage: Ticket, carla: User, now: datetime
) -> None:
    wanted = draft(HIGH, if_=[SAGE], is_active=True, description="")
    keep_example(draft=wanted, rule=None, number=sage.pk, name="Sage", by=carla, now=now)
    assert len(broken_examples()) == 1
    save_rule(rule=None, draft=wanted, by=carla, now=now)
    assert broken_examples() == []


def test_a_stranger_keeps_nothing(rule: Rule, gus: User, acme: Client, now: datetime) -> None:
    ticket = make_tickets(1, now, client=acme)[0]
    with pytest.raises(NotFound):
        keep_example(draft=columns(rule), rule=rule, number=ticket.pk, name="x", by=gus, now=now)


def test_an_example_needs_a_name_and_there_is_an_end_to_them(
    rule: Rule, sage: Ticket, carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid):
        keep_example(draft=columns(rule), rule=rule, number=sage.pk, name=" ", by=carla, now=now)
    monkeypatch.setattr("tickets.services.rules.examples.MAX_EXAMPLES", 0)
    with pytest.raises(Invalid):
        keep_example(draft=columns(rule), rule=rule, number=sage.pk, name="x", by=carla, now=now)


def test_a_forgotten_example_is_checked_no_longer(
    example: RuleExample, rule: Rule, carla: User, now: datetime
) -> None:
    again = RuleExample.objects.get()
    forget_example(example=example, by=carla, now=now)
    forget_example(example=again, by=carla, now=now)
    assert save(rule, carla, now, actions=[{"do": "unassign"}]).version == 2
    assert AuditEntry.objects.filter(verb="deleted example").count() == 1
