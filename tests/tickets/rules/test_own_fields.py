"""Fields that the desk added: asked and set by rules and canned replies, chosen and said in their pages."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser

from agents.domain.fields import FieldOf, FieldType
from agents.models import Client, Contact, ContactValue, CustomField, Device, DeviceValue
from helpdesk.core.models import User
from tests.tickets.macros.desk import acts
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.desk import last_trace, mail_ticket, take_in
from tests.web.conftest import text_of
from tickets.domain.rule_facts import plain_facts
from tickets.domain.rule_json import BadRule, read_actions, read_conditions
from tickets.domain.rule_run import Outcome, evaluate, make_live
from tickets.domain.rule_words import say_action, say_condition
from tickets.domain.rules import RuleSpec, Trigger
from tickets.models import Activity, Macro, Rule, Ticket, TicketValue
from tickets.selectors.own_fields import own_names
from tickets.services.macros.carry_out import carry_out
from tickets.services.rules import active_rules, finish, plan
from tickets.services.rules.facts import facts_of
from tickets.services.undo_reply import undo_run
from tickets.services.work.fields import fill_ticket

pytestmark = pytest.mark.django_db
DUST = {"do": "set_field", "value": "Dust", "to": ["cause"]}


def own_field(of: FieldOf, key: str, name: str, kind: FieldType = FieldType.TEXT, *more: str) -> CustomField:
    return CustomField.objects.create(belongs_to=of, key=key, name=name, type=kind, choices=list(more))


@pytest.fixture
def cause() -> CustomField:
    return own_field(FieldOf.TICKET, "cause", "Cause", FieldType.CHOICE, "Dust", "Heat")


@pytest.fixture
def level() -> CustomField:
    return own_field(FieldOf.CONTACT, "level", "Level")


@pytest.mark.parametrize("field", ["ticket.", "ticket.A", "ticket.x.y", "firm.x", "ticket." + "x" * 41])
def test_only_what_can_be_a_key_is_asked(field: str) -> None:
    with pytest.raises(BadRule):
        read_conditions({"items": [{"field": field, "op": "empty"}]})


@pytest.mark.parametrize(
    "action", [{**DUST, "to": []}, {**DUST, "to": ["a", "b"]}, {**DUST, "to": ["A B"]}, {**DUST, "value": ""}]
)
def test_only_a_whole_action_is_read(action: dict[str, Any]) -> None:
    with pytest.raises(BadRule):
        read_actions([action])


def test_rules_ask_what_stands_at_the_contact_and_the_device(
    acme: Client, level: CustomField, make_rule: MakeRule, now: datetime
) -> None:
    rack = own_field(FieldOf.DEVICE, "rack", "Rack")
    anna = Contact.objects.create(client=acme, full_name="Anna", email="anna@acme.example")
    device = Device.objects.create(client=acme, name="ACME-PC-1")
    ContactValue.objects.create(contact=anna, field=level, value="Gold")
    DeviceValue.objects.create(device=device, field=rack, value="7")
    make_rule(
        {"do": "set_priority", "value": "high"},
        if_=[
            {"field": "contact.level", "op": "is", "value": "gold"},
            {"field": "device.rack", "op": "not_empty"},
            {"field": "ticket.cause", "op": "empty"},
        ],
    )
    ticket = take_in(mail_ticket(now, client=acme, contact=anna, device=device), now)
    assert ticket.priority == "high"
    assert take_in(mail_ticket(now, client=acme), now).priority != "high"
    facts = facts_of(ticket, now)
    assert plain_facts(facts)["own_contact"] == {"level": "Gold"}


def test_rules_fill_fields_of_the_ticket_once_each(
    cause: CustomField, make_rule: MakeRule, now: datetime
) -> None:
    own_field(FieldOf.TICKET, "floor", "Floor", FieldType.NUMBER)
    make_rule(DUST, {"do": "set_field", "value": "2,0", "to": ["floor"]}, name="First")
    make_rule({**DUST, "value": "Heat"}, name="Second")
    ticket = take_in(mail_ticket(now), now)
    assert set(ticket.field_values.values_list("field__key", "value")) == {("cause", "Dust"), ("floor", "2")}
    first, second = last_trace(ticket)[-3:-1]
    assert first["did"] == [DUST, {"do": "set_field", "value": "2,0", "to": ["floor"]}]
    assert second["left"] == [{**DUST, "value": "Heat", "first": "First"}]
    lines = Activity.objects.filter(ticket=ticket, field="field").order_by("id")
    assert [(line.before, line.after) for line in lines] == [("Cause", "Dust"), ("Floor", "2")]


def test_what_is_no_choice_any_more_and_what_is_gone_is_told_in_the_trace(
    cause: CustomField, make_rule: MakeRule, now: datetime
) -> None:
    make_rule({**DUST, "value": "Rust"}, {"do": "set_field", "value": "x", "to": ["gone"]})
    ticket = take_in(mail_ticket(now), now)
    assert not ticket.field_values.exists()
    assert [left["why"] for left in last_trace(ticket)[-2]["left"]] == ["gone", "gone"]


def test_a_rule_that_finds_its_value_there_writes_nothing(
    cause: CustomField, make_rule: MakeRule, now: datetime
) -> None:
    make_rule(DUST)
    ticket = take_in(mail_ticket(now), now)
    again = plan(active_rules(Trigger.CREATED), facts_of(ticket, now), now)
    finish([(ticket, again)], now)
    assert Activity.objects.filter(ticket=ticket, field="field").count() == 1


def test_the_same_value_again_is_no_change(
    cause: CustomField, make_rule: MakeRule, ticket: Ticket, ada: User, now: datetime
) -> None:
    fill_ticket(ticket=ticket, typed={"cause": "Dust"}, by=ada, now=now)
    run = carry_out(ticket=ticket, actions=acts(DUST), by=ada, now=now)
    assert run.changes == {}


def test_a_canned_reply_fills_a_field_and_is_taken_back(
    cause: CustomField, ticket: Ticket, ada: User, now: datetime
) -> None:
    fill_ticket(ticket=ticket, typed={"cause": "Heat"}, by=ada, now=now)
    run = carry_out(ticket=ticket, actions=acts(DUST), by=ada, now=now)
    assert run.changes == {"field:cause": ["Heat", "Dust"]}
    undo_run(run=run, now=now)
    assert TicketValue.objects.get().value == "Heat"


def test_what_was_filled_in_since_stays(cause: CustomField, ticket: Ticket, ada: User, now: datetime) -> None:
    run = carry_out(ticket=ticket, actions=acts(DUST), by=ada, now=now)
    fill_ticket(ticket=ticket, typed={"cause": "Heat"}, by=ada, now=now)
    undo_run(run=run, now=now)
    assert TicketValue.objects.get().value == "Heat"


def test_they_are_said_by_their_names(cause: CustomField, level: CustomField) -> None:
    vip = own_field(FieldOf.TICKET, "vip", "VIP", FieldType.YES_NO)
    names = own_names([cause, level, vip])
    asked = {"field": "contact.level", "op": "is", "value": "Gold"}
    assert [part.text for part in say_condition(asked, names)] == ["contact", "Level", "is", "Gold"]
    yes = {"field": "ticket.vip", "op": "is", "value": "yes"}
    assert [part.text for part in say_condition(yes, names)] == ["VIP", "is", "yes"]
    assert [part.text for part in say_action(DUST, names)] == ["field", "Cause", "=", "Dust"]
    assert [part.text for part in say_action(DUST, {})] == ["field", "ticket.cause", "=", "Dust"]


def test_the_editor_offers_fields_and_their_choices(
    client_carla: Browser, cause: CustomField, level: CustomField
) -> None:
    form = {
        "name": "Dusty", "trigger": "ticket-created", "mode": "all", "after": "go", "version": "0",
        "is_active": "on", "row": ["c1", "c2"], "act": ["a1"],
        "c1.field": "ticket.cause", "c1.op": "in", "c1.values": ["Dust", "Heat"],
        "c2.field": "contact.level", "c2.op": "contains", "c2.line": "gold",
        "a1.do": "set_field:cause", "a1.line": "Dust",
    }  # fmt: skip
    client_carla.post("/rules/new/", form)
    rule = Rule.objects.get(name="Dusty")
    assert rule.actions == [DUST]
    assert [item["field"] for item in rule.conditions["items"]] == ["ticket.cause", "contact.level"]
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert '<optgroup label="Own fields of the contact"><option value="contact.level" selected>Level' in page
    assert '<option value="set_field:cause" selected>Field: Cause</option>' in page
    assert '<option value="Dust" selected>Dust</option>' in page
    assert "<strong>Cause</strong> is one of <strong>Dust</strong>, <strong>Heat</strong>" in page
    refused = text_of(client_carla.post("/rules/new/", {**form, "a1.line": ""}))
    assert "Choose one from the list." in refused


def test_a_canned_reply_is_written_with_fields(client_ada: Browser, cause: CustomField) -> None:
    own_field(FieldOf.TICKET, "floor", "Floor", FieldType.NUMBER)
    form = {"name": "Dust", "scope": "own", "text": "Clean it", "is_active": "on"}
    wrong = client_ada.post("/settings/macros/new/", form | {"own_floor": "two"}).content.decode()
    assert "Floor: write a number, for example 12 or 3.5." in wrong
    client_ada.post("/settings/macros/new/", form | {"own_cause": "Dust", "own_floor": "2,0"})
    macro = Macro.objects.get()
    assert macro.actions == [DUST, {"do": "set_field", "value": "2", "to": ["floor"]}]
    page = client_ada.get(f"/settings/macros/{macro.pk}/").content.decode()
    assert '<option value="Dust" selected>' in page


@pytest.mark.parametrize(
    ("op", "value", "yes", "no"),
    [
        ("over", "9,5", "10", "9.5"),
        ("under", "9.5", "-100", "many"),
        ("after", "2026-11-22", "2026-11-22", "2026-11-21"),
        ("before", "2026-11-22", "2026-11-21", ""),
    ],
)
def test_numbers_and_days_are_compared(op: str, value: str, yes: str, no: str) -> None:
    conditions = {"items": [{"field": "contact.level", "op": op, "value": value}]}
    live = make_live(RuleSpec(1, "x", Trigger.CREATED, read_conditions(conditions)))
    for text, is_so in ((yes, True), (no, False)):
        facts = {"own_contact": {"level": text}}
        assert (evaluate([live], facts).lines[0].outcome is Outcome.MATCHED) is is_so


@pytest.mark.parametrize(("op", "value"), [("over", "many"), ("after", "tomorrow"), ("under", "")])
def test_what_is_no_number_or_day_is_refused(op: str, value: str) -> None:
    with pytest.raises(BadRule):
        read_conditions({"items": [{"field": "ticket.cost", "op": op, "value": value}]})
    with pytest.raises(BadRule):
        read_conditions({"items": [{"field": "subject", "op": "over", "value": "1"}]})


def test_the_editor_offers_what_fits_the_type(client_carla: Browser, make_rule: MakeRule) -> None:
    own_field(FieldOf.DEVICE, "warranty", "Warranty", FieldType.DATE)
    own_field(FieldOf.TICKET, "cost", "Cost", FieldType.NUMBER)
    items = [
        {"field": "device.warranty", "op": "before", "value": "2026-12-01"},
        {"field": "ticket.cost", "op": "over", "value": "100"},
    ]
    rule = make_rule(DUST, conditions={"items": items})
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    for words in ("is before", "is since", "is more than", "is less than", 'value="2026-12-01"'):
        assert words in page


@pytest.mark.parametrize("kind", [FieldType.NUMBER, FieldType.DATE, FieldType.CHOICE])
def test_the_editor_leaves_what_it_does_not_offer_itself(
    client_carla: Browser, make_rule: MakeRule, kind: FieldType
) -> None:
    own_field(FieldOf.TICKET, "cost", "Cost", kind, "Much", "Little")
    asks = {"items": [{"field": "ticket.cost", "op": "contains", "value": ["5", "7"]}]}
    rule = make_rule({"do": "set_priority", "value": "high"}, conditions=asks)
    page = text_of(client_carla.get(f"/rules/{rule.pk}/"))
    assert '<option value="contains" selected>' in page
    assert 'name="c1.kept" value="ticket.cost contains"' in page
    form = {
        "name": rule.name, "trigger": "ticket-created", "mode": "all", "after": "go", "is_active": "on",
        "version": rule.version, "row": ["c1"], "act": ["a1"], "a1.do": "set_priority", "a1.line": "high",
        "c1.field": "ticket.cost", "c1.op": "contains", "c1.line": "5, 7",
    }  # fmt: skip
    client_carla.post(f"/rules/{rule.pk}/", {**form, "c1.kept": "ticket.cost contains"})
    rule.refresh_from_db()
    assert rule.conditions["items"] == asks["items"]
    other = text_of(client_carla.post(f"/rules/{rule.pk}/", {**form, "command": "look"}))
    assert '<option value="contains"' not in other, "it was of another field"
