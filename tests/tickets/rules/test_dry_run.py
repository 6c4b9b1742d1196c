"""A draft tried on what really came in."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Client
from helpdesk.core.models import OutgoingMail, Team, User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tickets.domain.priority import Priority
from tickets.domain.rule_json import BadRule
from tickets.domain.status import Status
from tickets.models import Message, Rule, RuleHit, RuleTrace, RuleTurn, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.mail.journal import store_raw
from tickets.services.rules import facts as facts_module
from tickets.services.rules.dry_run import DryRun, dry_run
from tickets.services.rules.replay import past_events

pytestmark = pytest.mark.django_db
HIGH = {"do": "set_priority", "value": "high"}
SAGE = {"field": "subject", "op": "contains", "value": "sage"}


def draft(*actions: dict[str, Any], if_: list[Any] | None = None, **facts: Any) -> dict[str, Any]:
    return {
        "name": "Draft",
        "trigger": "ticket-created",
        "conditions": {"mode": "all", "items": if_ or []},
        "actions": list(actions),
        "stops_here": False,
        **facts,
    }


def try_out(wanted: dict[str, Any], by: User, now: datetime, rule: Rule | None = None) -> DryRun:
    return dry_run(draft=wanted, rule=rule, by=by, now=now)


@pytest.fixture
def sage(now: datetime) -> Ticket:
    make_tickets(2, now)
    return make_tickets(1, now, subject="Sage crashes", priority="low", source="mail")[0]


def test_it_shows_what_would_change_and_what_decided(sage: Ticket, ada: User, now: datetime) -> None:
    tags = {"do": "add_tags", "value": ["accounting"]}
    result = try_out(draft(HIGH, tags, {"do": "add_note", "value": "Hi"}, if_=[SAGE]), ada, now)
    (case,) = result.cases
    assert case.ticket.pk == sage.pk
    assert [(c.field, c.before, c.after) for c in case.changes] == [
        ("priority", "low", "high"),
        ("tags", "", "accounting"),
    ]
    assert case.deeds == ({"do": "add_note", "value": "Hi"},)
    assert (result.looked_at, result.matches, result.new, result.changing("priority")) == (3, 1, 1, 1)
    assert case.line["outcome"] == "matched"


def test_nothing_is_changed(
    sage: Ticket, ada: User, now: datetime, first_line: Team, everybody_there: None
) -> None:
    robin = {"do": "assign_round_robin", "value": str(first_line.pk)}
    result = try_out(draft(robin, {"do": "reply", "value": "Hi"}, {"do": "add_tags", "value": "x"}), ada, now)
    assert {c.after for case in result.cases for c in case.changes} >= {"Ada Lovelace", "Bob Kahn"}
    sage.refresh_from_db()
    assert sage.assignee is None
    for table in (RuleHit, RuleTrace, RuleTurn, Message, OutgoingMail):
        assert not table.objects.exists()


def test_an_edit_shows_what_is_new_and_what_is_lost(
    sage: Ticket, ada: User, now: datetime, make_rule: MakeRule
) -> None:
    rule = make_rule(HIGH, if_=[SAGE])
    printer = make_tickets(1, now, subject="Toner")[0]
    other = {"field": "subject", "op": "contains", "value": "toner"}
    result = try_out(draft(HIGH, if_=[other]), ada, now, rule)
    assert {case.ticket.pk: (case.is_new, case.is_lost) for case in result.cases} == {
        printer.pk: (True, False),
        sage.pk: (False, True),
    }
    assert (result.new, result.lost) == (1, 1)


def test_an_edit_that_changes_no_match_says_so(
    sage: Ticket, ada: User, now: datetime, make_rule: MakeRule
) -> None:
    rule = make_rule(HIGH, if_=[SAGE])
    (case,) = try_out(draft(HIGH, if_=[SAGE]), ada, now, rule).cases
    assert case.is_match
    assert not case.is_new


def test_rules_below_that_are_stopped_are_shown(
    sage: Ticket, ada: User, now: datetime, make_rule: MakeRule
) -> None:
    first = make_rule({"do": "add_tags", "value": "x"}, if_=[SAGE], position=1)
    make_rule(HIGH, position=2)
    (case,) = (
        case
        for case in try_out(
            draft({"do": "add_tags", "value": "x"}, if_=[SAGE], stops_here=True), ada, now, first
        ).cases
    )
    assert case.moves_others


def test_another_rule_that_now_acts_is_shown_though_the_draft_never_matched(
    sage: Ticket, ada: User, now: datetime, make_rule: MakeRule
) -> None:
    default = Rule.objects.get(is_default=True)
    edited = draft({"do": "set_status", "value": "waiting"})
    result = try_out(edited, ada, now, default)
    assert [case.ticket.pk for case in result.cases] == [sage.pk]
    assert result.cases[0].changes[0].after == "waiting"


def test_a_rule_that_is_off_takes_part_when_it_is_tried(
    sage: Ticket, ada: User, now: datetime, make_rule: MakeRule
) -> None:
    rule = make_rule(HIGH, is_active=False, position=5)
    assert try_out(draft(HIGH, if_=[SAGE]), ada, now, rule).new == 1


def test_tickets_of_other_clients_are_not_shown(
    gus: User, acme: Client, globex: Client, now: datetime
) -> None:
    make_tickets(1, now, client=acme)
    mine = make_tickets(1, now, client=globex)[0]
    assert [case.ticket.pk for case in try_out(draft(HIGH), gus, now).cases] == [mine.pk]


def test_what_cannot_be_read_is_refused(ada: User, now: datetime) -> None:
    with pytest.raises(BadRule):
        try_out(draft({"do": "explode"}), ada, now)


def test_what_could_not_be_done_is_shown(sage: Ticket, ada: User, now: datetime) -> None:
    (case,) = try_out(draft({"do": "assign_user", "value": "999"}, if_=[SAGE]), ada, now).cases
    assert case.line["left"][0]["why"] == "gone"
    assert case.changes == ()


class TestPast:
    def test_a_ticket_is_met_as_it_was_when_it_came(self, ada: User, bob: User, now: datetime) -> None:
        ticket = make_tickets(1, now)[0]
        change_status(ticket=ticket, to=Status.PROCESSING, by=ada, now=now + timedelta(hours=1))
        change_priority(ticket=ticket, to=Priority.URGENT, by=ada, now=now + timedelta(hours=1))
        change_assignee(ticket=ticket, to=bob, by=ada, now=now + timedelta(hours=2))
        facts = try_out(draft(HIGH), ada, now).cases[0]
        assert (facts.ticket.status, facts.ticket.priority, facts.ticket.assignee_id) == (
            "open",
            "medium",
            None,
        )

    def test_an_answer_meets_the_status_that_it_found(self, ticket: Ticket, ada: User, now: datetime) -> None:
        change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now)
        add_customer_message(ticket=ticket, body="Still broken", now=now + timedelta(hours=1))
        ticket.refresh_from_db()
        change_status(ticket=ticket, to=Status.PROCESSING, by=ada, now=now + timedelta(hours=2))
        for trigger in ("customer-replied", "ticket-reopened"):
            wanted = draft(
                HIGH,
                if_=[
                    {"field": "status", "op": "is", "value": "resolved"},
                    {"field": "body", "op": "contains", "value": "broken"},
                ],
                trigger=trigger,
            )
            assert try_out(wanted, ada, now).matches == 1

    def test_an_answer_to_an_open_ticket_reopens_nothing(
        self, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        add_customer_message(ticket=ticket, body="More", now=now)
        assert try_out(draft(HIGH, trigger="ticket-reopened"), ada, now).looked_at == 0

    @pytest.mark.parametrize(
        ("trigger", "before", "now_is"),
        [("status-changed", "open", "processing"), ("priority-changed", "medium", "low")],
    )
    def test_a_change_is_met_with_before_and_after(
        self, ticket: Ticket, ada: User, now: datetime, trigger: str, before: str, now_is: str
    ) -> None:
        change_status(ticket=ticket, to=Status.PROCESSING, by=ada, now=now)
        change_priority(ticket=ticket, to=Priority.LOW, by=ada, now=now)
        change_status(ticket=ticket, to=Status.WAITING, by=ada, now=now)
        conditions = [
            {"field": "before", "op": "is", "value": before},
            {"field": trigger.split("-")[0], "op": "is", "value": now_is},
        ]
        assert try_out(draft(HIGH, if_=conditions, trigger=trigger), ada, now).matches == 1

    def test_an_assignment_is_met_with_who_had_it(
        self, ticket: Ticket, ada: User, bob: User, first_line: Team, now: datetime
    ) -> None:
        for to in (ada, first_line, bob):
            change_assignee(ticket=ticket, to=to, by=ada, now=now)
        wanted = draft(
            HIGH,
            if_=[{"field": "before", "op": "is", "value": str(ada.pk)}, {"field": "team", "op": "not_empty"}],
            trigger="assignment-changed",
        )
        assert try_out(wanted, ada, now).matches == 1

    def test_time_rules_meet_tickets_as_they_are(self, ticket: Ticket, ada: User, now: datetime) -> None:
        ticket.tags.create(name="vip")
        old = {"field": "age", "op": "older", "value": "1d"}
        go = {"do": "remove_tags", "value": ["VIP", "none"]}
        later = now + timedelta(days=2)
        (case,) = try_out(draft(go, if_=[old], trigger="time-passed"), ada, later).cases
        assert [(c.before, c.after) for c in case.changes] == [("VIP", "")]

    def test_the_mail_itself_is_asked_again(self, ada: User, now: datetime) -> None:
        raw = b"From: a@acme.example\nTo: desk@x.example\nSubject: Hi\nList-Id: <news>\n\nText\n"
        row = store_raw(raw=raw, source="pipe", now=now)
        ticket = make_tickets(1, now, source="mail")[0]
        Message.objects.create(
            ticket=ticket,
            kind="customer",
            author_name="",
            body="",
            is_opening=True,
            mail_in=row,
            created_at=now,
        )
        listed = {"field": "header", "name": "List-Id", "op": "contains", "value": "news"}
        to_desk = {"field": "recipients", "op": "is", "value": "desk@x.example"}
        assert try_out(draft(HIGH, if_=[listed, to_desk]), ada, now).matches == 1

    def test_mails_are_not_read_again_for_what_their_messages_keep(
        self, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The preset "We have it" asks every mail whether a machine wrote it."""
        row = store_raw(raw=b"Subject: Hi\n\nText\n", source="pipe", now=now)
        ticket = make_tickets(1, now, source="mail")[0]
        Message.objects.create(
            ticket=ticket,
            kind="customer",
            body="",
            is_opening=True,
            is_automatic=True,
            mail_in=row,
            created_at=now,
        )
        monkeypatch.setattr(facts_module, "parse_many", None)
        machine = {"field": "is_automatic", "op": "is", "value": True}
        assert try_out(draft(HIGH, if_=[machine]), ada, now).matches == 1

    def test_an_answer_knows_its_mail(self, ticket: Ticket, ada: User, now: datetime) -> None:
        (event,) = past_events_of_answer(ticket, ada, now)
        assert event.facts.get("is_automatic") is True
        assert event.facts.get("sender") == "anna@acme.example"


def past_events_of_answer(ticket: Ticket, ada: User, now: datetime) -> list[Any]:
    from tickets.domain.rules import Trigger

    Message.objects.create(
        ticket=ticket, kind="customer", author_name="Anna", body="Away", is_automatic=True, created_at=now
    )
    return past_events(Trigger.CUSTOMER_REPLIED, by=ada, last=5, now=now)
