"""Rules that wait for time to pass."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tickets.domain.status import Status
from tickets.models import Activity, Message, Rule, RuleHit, RuleTrace, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_status import change_status
from tickets.services.rules import active_rules
from tickets.services.rules.clockwork import act, due_tickets, sweep_time_rules

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WAITING = {"field": "status", "op": "is", "value": "waiting"}


def older(field: str, value: str) -> dict[str, Any]:
    return {"field": field, "op": "older", "value": value}


@pytest.fixture
def nudge(make_rule: MakeRule) -> Rule:
    """A note after three days of waiting."""
    note = {"do": "add_note", "value": "Ask again"}
    return make_rule(note, if_=[WAITING, older("status_age", "3d")], trigger="time-passed")


def waiting(ticket: Ticket, by: User, now: datetime) -> Ticket:
    change_status(ticket=ticket, to=Status.WAITING, by=by, now=now)
    return ticket


def notes(ticket: Ticket) -> int:
    return Message.objects.filter(ticket=ticket, kind="note").count()


def test_a_rule_acts_when_its_time_has_come(nudge: Rule, ticket: Ticket, ada: User, now: datetime) -> None:
    waiting(ticket, ada, now)
    sweep_time_rules(now + 3 * DAY)
    assert notes(ticket) == 0
    sweep_time_rules(now + 3 * DAY + timedelta(seconds=1))
    assert notes(ticket) == 1
    assert RuleTrace.objects.get(trigger="time-passed").lines[0]["outcome"] == "matched"


def test_it_acts_once_per_transition(nudge: Rule, ticket: Ticket, ada: User, now: datetime) -> None:
    waiting(ticket, ada, now)
    for day in (4, 5, 6):
        sweep_time_rules(now + day * DAY)
    assert notes(ticket) == 1
    change_status(ticket=ticket, to=Status.OPEN, by=ada, now=now + 7 * DAY)
    waiting(ticket, ada, now + 8 * DAY)
    sweep_time_rules(now + 9 * DAY)
    assert notes(ticket) == 1
    sweep_time_rules(now + 12 * DAY)
    assert notes(ticket) == 2


def test_a_word_of_the_customer_is_a_transition_for_who_asks_about_words(
    make_rule: MakeRule, ticket: Ticket, now: datetime
) -> None:
    note = {"do": "add_note", "value": "Nobody answers"}
    make_rule(note, if_=[older("customer_age", "1d")], trigger="time-passed")
    sweep_time_rules(now + 2 * DAY)
    add_customer_message(ticket=ticket, body="Hello?", now=now + 3 * DAY)
    sweep_time_rules(now + 3 * DAY)
    assert notes(ticket) == 1
    sweep_time_rules(now + 5 * DAY)
    assert notes(ticket) == 2


def test_resolved_tickets_close_after_a_while(
    make_rule: MakeRule, ticket: Ticket, ada: User, now: datetime
) -> None:
    make_rule(
        {"do": "set_status", "value": "closed"},
        if_=[{"field": "status", "op": "in", "value": ["Resolved"]}, older("status_age", "7d")],
        trigger="time-passed",
    )
    change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now)
    sweep_time_rules(now + 8 * DAY)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == ("closed", now + 8 * DAY)


def test_our_last_answer_counts_and_a_rules_answer_does_not(
    make_rule: MakeRule, ticket: Ticket, ada: User, now: datetime
) -> None:
    rule = make_rule(
        {"do": "add_note", "value": "Silence"}, if_=[older("reply_age", "1d")], trigger="time-passed"
    )
    reply = Message.objects.create(ticket=ticket, kind="reply", author_name="Desk", body="Hi", created_at=now)
    live = next(live for live in active_rules() if live.spec.id == rule.pk)
    assert not due_tickets(live, now + 2 * DAY)
    reply.author = ada
    reply.save()
    assert list(due_tickets(live, now + 2 * DAY)) == [ticket]


def test_the_database_only_sorts_out_and_the_rule_decides(
    make_rule: MakeRule, now: datetime, ada: User
) -> None:
    old, other = make_tickets(2, now - 9 * DAY)
    Ticket.objects.filter(pk=other.pk).update(subject="Printer")
    group = {"mode": "any", "items": [{"field": "subject", "op": "is", "value": "Printer"}]}
    make_rule(
        {"do": "assign_user", "value": str(ada.pk)}, if_=[older("age", "1d"), group], trigger="time-passed"
    )
    sweep_time_rules(now)
    assert list(Ticket.objects.filter(assignee=ada)) == [other]
    assert RuleHit.objects.get().ticket_id == other.pk != old.pk


def test_conditions_that_the_database_cannot_ask_are_left_to_the_rule(
    make_rule: MakeRule, now: datetime, ticket: Ticket
) -> None:
    subject = {"field": "subject", "op": "contains", "value": "no such"}
    make_rule(
        {"do": "unassign"},
        if_=[subject, {"field": "age", "op": "younger", "value": "9d"}],
        trigger="time-passed",
    )
    sweep_time_rules(now)
    assert not RuleHit.objects.exists()


@pytest.mark.parametrize("kind", ["is_held", "is_automatic"])
def test_held_and_automatic_mail_starts_no_time_anew(
    make_rule: MakeRule, now: datetime, ticket: Ticket, kind: str
) -> None:
    rule = make_rule(
        {"do": "add_note", "value": "Call them"}, if_=[older("customer_age", "2d")], trigger="time-passed"
    )
    add_customer_message(ticket=ticket, body="Is anybody there?", now=now)
    Message.objects.create(ticket=ticket, kind="customer", created_at=now + 2 * DAY, **{kind: True})
    sweep_time_rules(now + 3 * DAY)
    assert notes(ticket) == 1
    Message.objects.create(ticket=ticket, kind="customer", created_at=now + 4 * DAY, **{kind: True})
    sweep_time_rules(now + 9 * DAY)
    assert RuleHit.objects.filter(rule=rule).count() == 1


def test_any_of_two_conditions_is_not_narrowed(make_rule: MakeRule, now: datetime, ticket: Ticket) -> None:
    make_rule(
        {"do": "set_priority", "value": "high"},
        if_=[WAITING, older("age", "1h")],
        mode="any",
        trigger="time-passed",
    )
    sweep_time_rules(now + DAY)
    ticket.refresh_from_db()
    assert ticket.priority == "high"


def test_who_else_swept_first_has_done_it(nudge: Rule, ticket: Ticket, ada: User, now: datetime) -> None:
    waiting(ticket, ada, now)
    live = next(live for live in active_rules() if live.spec.id == nudge.pk)
    (seen,) = due_tickets(live, now + 4 * DAY)
    assert act(live, seen, now + 4 * DAY)
    assert not act(live, seen, now + 4 * DAY)


def test_a_ticket_that_changes_meanwhile_waits_for_the_next_minute(
    make_rule: MakeRule, ticket: Ticket, now: datetime
) -> None:
    rule = make_rule({"do": "set_priority", "value": "high"}, if_=[older("age", "1h")], trigger="time-passed")
    live = next(live for live in active_rules() if live.spec.id == rule.pk)
    (seen,) = due_tickets(live, now + DAY)
    Ticket.objects.filter(pk=ticket.pk).update(priority="urgent")
    assert not act(live, seen, now + DAY)
    assert not RuleHit.objects.exists()
    assert not Activity.objects.filter(field="priority").exists()


def test_of_too_many_tickets_each_minute_takes_the_next_part(
    make_rule: MakeRule, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.services.rules.clockwork.MAX_LOOKS", 2)
    make_tickets(3, now - DAY)
    make_rule({"do": "set_type", "value": "problem"}, if_=[older("age", "1h")], trigger="time-passed")
    sweep_time_rules(now)
    assert Ticket.objects.filter(type="problem").count() == 2
    sweep_time_rules(now + timedelta(minutes=1))
    assert Ticket.objects.filter(type="problem").count() == 3
