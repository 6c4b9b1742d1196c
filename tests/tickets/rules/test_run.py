"""Rules at work on tickets: what they set, write, send, and what the trace keeps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from pytest_django import DjangoAssertNumQueries

from agents.models import Client, Contact
from helpdesk.core.models import Job, OutgoingMail, Team, User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tickets.domain.kinds import MessageKind
from tickets.domain.priority import Priority
from tickets.domain.rules import Trigger
from tickets.domain.status import Status
from tickets.errors import TicketChanged
from tickets.models import Activity, Message, Rule, RuleBook, RuleHit, RuleTrace, RuleTurn, Tag, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.rules import People, active_rules, finish, plan, run_on_ticket, shape_new
from tickets.services.rules.book import turn_page
from tickets.services.rules.facts import facts_of
from tickets.services.take_ticket import take_ticket

pytestmark = pytest.mark.django_db
CREATED = Trigger.CREATED
HIGH = {"do": "set_priority", "value": "high"}


def mail_ticket(now: datetime, **facts: Any) -> Ticket:
    return Ticket(subject="Sage crashes", source="mail", created_at=now, updated_at=now, **facts)


def take_in(ticket: Ticket, now: datetime, **facts: Any) -> Ticket:
    """As the intake does it: plan, shape, save, finish."""
    wanted = plan(active_rules(CREATED), facts_of(ticket, now, **facts), now)
    shape_new(ticket, wanted)
    ticket.save()
    finish([(ticket, wanted)], now)
    return ticket


def last_trace(ticket: Ticket) -> list[dict[str, Any]]:
    trace = RuleTrace.objects.filter(ticket=ticket).latest("id")
    lines: list[dict[str, Any]] = trace.lines
    return lines


def line_of(ticket: Ticket, rule: Rule) -> dict[str, Any]:
    return next(line for line in last_trace(ticket) if line["rule"] == rule.pk)


class TestBook:
    def test_the_desk_starts_with_its_presets_and_the_default_rule_last(self, db: None) -> None:
        names = [rule.spec.name for rule in active_rules()]
        assert names == ["Reopen on reply", "Free tickets of people who left", "We have it", "Default rule"]

    def test_one_query_tells_that_nothing_has_changed(
        self, db: None, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        active_rules()
        with django_assert_num_queries(1):
            active_rules(CREATED)

    def test_a_change_is_seen_at_once(self, make_rule: MakeRule) -> None:
        active_rules()
        rule = make_rule(HIGH)
        assert rule.pk in [live.spec.id for live in active_rules(CREATED)]

    def test_rules_that_are_off_or_deleted_are_not_asked(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule(HIGH, is_active=False)
        make_rule(HIGH, deleted_at=now)
        assert len(active_rules()) == 4

    def test_a_row_that_cannot_be_read_does_not_stop_the_others(
        self, make_rule: MakeRule, caplog: pytest.LogCaptureFixture
    ) -> None:
        make_rule({"do": "explode"})
        assert len(active_rules()) == 4
        assert "cannot be read" in caplog.text

    def test_an_emptied_desk_gets_its_rules_again(self, db: None) -> None:
        RuleBook.objects.all().delete()
        Rule.objects.all().delete()
        assert len(active_rules()) == 4
        assert RuleBook.objects.get().default_rule.is_default

    def test_of_two_that_start_the_book_one_does(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        from tickets.services.rules import book

        version = RuleBook.objects.get().version
        assert book._start() == version
        assert Rule.objects.filter(is_default=True).count() == 1


class TestDefaultRule:
    @pytest.mark.parametrize(
        "change",
        [
            {"position": 5},
            {"is_active": False},
            {"deleted_at": datetime(2026, 1, 1, tzinfo=UTC)},
            {"stops_here": True},
        ],
    )
    def test_it_cannot_be_moved_switched_off_or_stopped(self, db: None, change: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Rule.objects.filter(is_default=True).update(**change)

    def test_it_cannot_be_deleted(self, db: None) -> None:
        with pytest.raises(ProtectedError):
            Rule.objects.get(is_default=True).delete()

    def test_there_is_no_second_one_and_none_behind_it(self, make_rule: MakeRule) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_rule(HIGH, position=1_000_000, is_default=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_rule(HIGH, position=1_000_001)

    def test_it_fills_in_what_no_rule_has_set(self, make_rule: MakeRule, now: datetime) -> None:
        Rule.objects.filter(is_default=True).update(
            actions=[HIGH, {"do": "set_status", "value": "processing"}]
        )
        make_rule({"do": "set_priority", "value": "urgent"})
        ticket = take_in(mail_ticket(now), now)
        assert (ticket.status, ticket.priority) == ("processing", "urgent")

    def test_it_leaves_the_team_of_the_mailbox(self, first_line: Team, now: datetime) -> None:
        ticket = take_in(mail_ticket(now, team=first_line), now)
        assert ticket.team == first_line


class TestShaping:
    @pytest.mark.parametrize(
        ("action", "field", "value"),
        [
            ({"do": "set_priority", "value": "urgent"}, "priority", "urgent"),
            ({"do": "set_status", "value": "waiting"}, "status", "waiting"),
            ({"do": "set_status", "value": "closed"}, "status", "closed"),
            ({"do": "set_type", "value": "incident"}, "type", "incident"),
        ],
    )
    def test_a_new_ticket_is_born_as_a_rule_wants(
        self, make_rule: MakeRule, now: datetime, action: dict[str, Any], field: str, value: str
    ) -> None:
        make_rule(action)
        ticket = take_in(mail_ticket(now), now)
        ticket.refresh_from_db()
        assert getattr(ticket, field) == value
        assert Activity.objects.filter(ticket=ticket, field=field, after=value).exists()

    def test_what_is_so_already_is_no_change(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "set_priority", "value": "medium"})
        ticket = take_in(mail_ticket(now), now)
        assert not Activity.objects.filter(ticket=ticket).exists()

    def test_a_rule_assigns_a_technician(self, make_rule: MakeRule, now: datetime, ada: User) -> None:
        make_rule({"do": "assign_user", "value": str(ada.pk)}, name="To Ada")
        ticket = take_in(mail_ticket(now), now)
        assert ticket.assignee == ada
        change = Activity.objects.get(ticket=ticket, field="assignee")
        assert (change.actor_label, change.before, change.after) == ("Rule “To Ada”", "", "Ada Lovelace")

    def test_a_rule_assigns_a_team(self, make_rule: MakeRule, now: datetime, first_line: Team) -> None:
        make_rule({"do": "assign_team", "value": str(first_line.pk)})
        assert take_in(mail_ticket(now), now).team == first_line

    @pytest.mark.parametrize("do", ["assign_user", "assign_team", "assign_round_robin"])
    def test_who_is_gone_gets_nothing(self, make_rule: MakeRule, now: datetime, do: str) -> None:
        rule = make_rule({"do": do, "value": "999"})
        ticket = take_in(mail_ticket(now), now)
        assert line_of(ticket, rule)["left"] == [{"do": do, "value": "999", "why": "gone"}]
        assert line_of(ticket, rule)["did"] == []

    def test_nobody_gets_a_ticket_of_a_client_that_is_not_theirs(
        self, make_rule: MakeRule, now: datetime, acme: Client, gus: User
    ) -> None:
        make_rule({"do": "assign_user", "value": str(gus.pk)})
        assert take_in(mail_ticket(now, client=acme), now).assignee is None

    def test_round_robin_goes_around(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        make_rule({"do": "assign_round_robin", "value": str(first_line.pk)})
        got = [take_in(mail_ticket(now), now).assignee for _ in range(3)]
        assert got == [ada, bob, ada]
        assert RuleTurn.objects.get().user == ada

    def test_round_robin_goes_around_within_a_batch(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        make_rule({"do": "assign_round_robin", "value": str(first_line.pk)})
        people, batch = People(now), [mail_ticket(now) for _ in range(3)]
        for ticket in batch:
            shape_new(ticket, plan(active_rules(CREATED), facts_of(ticket, now), now), people)
        people.save_turns()
        assert [ticket.assignee_id for ticket in batch] == [ada.pk, bob.pk, ada.pk]

    def test_the_least_busy_gets_it(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        make_tickets(2, now, assignee=ada)
        make_tickets(1, now, assignee=bob)
        make_tickets(5, now, assignee=bob, status="resolved")
        make_rule({"do": "assign_least_busy", "value": str(first_line.pk)})
        got = [take_in(mail_ticket(now), now).assignee for _ in range(3)]
        assert got == [bob, ada, bob]

    def test_the_least_busy_of_a_batch_counts_the_batch(
        self, make_rule: MakeRule, now: datetime, first_line: Team, everybody_there: None
    ) -> None:
        make_rule({"do": "assign_least_busy", "value": str(first_line.pk)})
        people, batch = People(now), [mail_ticket(now) for _ in range(4)]
        for ticket in batch:
            shape_new(ticket, plan(active_rules(CREATED), facts_of(ticket, now), now), people)
        assert len({ticket.assignee_id for ticket in batch[:2]}) == 2

    @pytest.mark.parametrize("do", ["assign_round_robin", "assign_least_busy"])
    def test_with_nobody_there_the_team_has_it(
        self, make_rule: MakeRule, now: datetime, first_line: Team, do: str
    ) -> None:
        rule = make_rule({"do": do, "value": str(first_line.pk)})
        ticket = take_in(mail_ticket(now), now)
        assert ticket.team == first_line
        assert line_of(ticket, rule)["left"][0]["why"] == "nobody-there"

    def test_who_is_away_or_left_the_house_is_passed_over(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        User.objects.filter(pk=ada.pk).update(is_away=True)
        make_rule({"do": "assign_round_robin", "value": str(first_line.pk)})
        assert take_in(mail_ticket(now), now).assignee == bob
        User.objects.filter(pk=bob.pk).update(seen_at=now - timedelta(minutes=4))
        assert take_in(mail_ticket(now), now).assignee is None


class TestDeeds:
    def test_tags_come_and_go(self, make_rule: MakeRule, now: datetime) -> None:
        ticket = make_tickets(1, now)[0]
        ticket.tags.add(Tag.objects.create(name="old"))
        make_rule(
            {"do": "add_tags", "value": ["New", "OLD", " "]}, {"do": "remove_tags", "value": ["old", "none"]}
        )
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert [tag.name for tag in ticket.tags.all()] == ["New"]

    def test_a_tag_is_made_once_for_a_batch(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "add_tags", "value": ["VIP"]})
        pairs = [
            (ticket, plan(active_rules(CREATED), facts_of(ticket, now), now))
            for ticket in make_tickets(3, now)
        ]
        finish(pairs, now)
        assert Tag.objects.get().tickets.count() == 3

    def test_a_note_is_for_technicians(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "add_note", "value": "Call back"}, name="VIP")
        ticket = take_in(mail_ticket(now), now)
        note = Message.objects.get(ticket=ticket)
        assert (note.kind, note.author, note.author_name) == (MessageKind.NOTE, None, "Rule “VIP”")

    def test_a_reply_goes_out_with_its_placeholders_filled(
        self, make_rule: MakeRule, now: datetime, anna: Contact
    ) -> None:
        text = "Dear {{ name }}, {{number}} is {{ status }}. {{ nonsense }} {{ subject }}"
        make_rule({"do": "reply", "value": text}, position=1)
        ticket = mail_ticket(now, contact=anna, contact_name="Anna {{ number }}", contact_email=anna.email)
        take_in(ticket, now)
        reply = Message.objects.get(ticket=ticket, kind=MessageKind.REPLY)
        assert reply.body == (
            f"Dear Anna {{{{ number }}}}, #{ticket.number} is Open. {{{{ nonsense }}}} Sage crashes"
        )
        assert reply.mail
        assert reply.mail.to == anna.email

    def test_only_the_first_rule_replies(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "reply", "value": "Hello"}, position=1)
        ticket = take_in(mail_ticket(now, contact_email="anna@acme.example"), now)
        assert OutgoingMail.objects.filter(ref=str(ticket.number)).count() == 1

    def test_without_an_address_nobody_is_answered(self, make_rule: MakeRule, now: datetime) -> None:
        rule = make_rule({"do": "reply", "value": "Hello"}, position=1)
        ticket = take_in(mail_ticket(now), now)
        assert line_of(ticket, rule)["left"][0]["why"] == "no-address"

    def test_a_machine_gets_no_answer(self, make_rule: MakeRule, now: datetime) -> None:
        rule = make_rule({"do": "reply", "value": "Hello"}, position=1)
        ticket = take_in(mail_ticket(now, contact_email="robot@acme.example"), now, is_automatic=True)
        assert line_of(ticket, rule)["left"][0]["why"] == "automatic"
        assert not OutgoingMail.objects.exists()

    def test_what_the_mail_says_against_an_answer_stands_in_the_trace(
        self, make_rule: MakeRule, now: datetime
    ) -> None:
        rule = make_rule({"do": "reply", "value": "Hello"}, position=1)
        ticket = mail_ticket(now, contact_email="list@acme.example")
        ticket.save()
        wanted = plan(active_rules(CREATED), facts_of(ticket, now), now)
        finish([(ticket, wanted)], now, why_no_answer=["It is a list."])
        assert line_of(ticket, rule)["left"][0]["why"] == "It is a list."

    def test_a_notice_goes_to_those_who_may_read_the_ticket(
        self, make_rule: MakeRule, now: datetime, acme: Client, ada: User, gus: User, first_line: Team
    ) -> None:
        to = [f"user:{gus.pk}", "assignee", "team", "on-call@brightwell.example"]
        make_rule({"do": "notify", "value": "Look at {{ number }}", "to": to}, if_=[])
        ticket = make_tickets(1, now, client=acme, assignee=ada)[0]
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert {mail.to for mail in OutgoingMail.objects.all()} == {ada.email, "on-call@brightwell.example"}
        assert f"Look at #{ticket.number}" in OutgoingMail.objects.filter(to=ada.email).get().text

    def test_a_team_is_told(self, make_rule: MakeRule, now: datetime, first_line: Team) -> None:
        make_rule({"do": "notify", "value": "Look", "to": ["team"]})
        run_on_ticket(ticket=make_tickets(1, now, team=first_line)[0], trigger=CREATED, now=now)
        assert OutgoingMail.objects.count() == 2

    def test_a_notice_for_nobody_is_left(self, make_rule: MakeRule, now: datetime) -> None:
        rule = make_rule({"do": "notify", "value": "Look", "to": ["assignee"]})
        ticket = make_tickets(1, now)[0]
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert line_of(ticket, rule)["left"][0]["why"] == "no-address"

    def test_a_webhook_is_a_job(self, make_rule: MakeRule, now: datetime) -> None:
        rule = make_rule({"do": "webhook", "value": "https://hooks.example/x"})
        ticket = take_in(mail_ticket(now), now)
        assert Job.objects.get(kind="rule-webhook").ref.startswith(f"{rule.pk}:{ticket.pk}:ticket-created:")


class TestEvents:
    def test_a_ticket_of_a_technician_meets_the_rules(
        self, make_rule: MakeRule, now: datetime, ada: User
    ) -> None:
        make_rule(
            HIGH,
            {"do": "add_tags", "value": ["new"]},
            if_=[{"field": "tag", "op": "contains", "value": "vip"}],
        )
        ticket = open_ticket(new=NewTicket(subject="Help", tags=["VIP"]), by=ada, now=now)
        assert ticket.priority == "high"
        assert {tag.name for tag in ticket.tags.all()} == {"VIP", "new"}

    def test_rules_see_what_was_before(
        self, make_rule: MakeRule, now: datetime, ada: User, bob: User
    ) -> None:
        for trigger, before in [
            ("status-changed", "open"),
            ("priority-changed", "medium"),
            ("assignment-changed", str(ada.pk)),
        ]:
            make_rule(
                {"do": "add_tags", "value": [trigger]},
                trigger=trigger,
                if_=[{"field": "before", "op": "is", "value": before}],
            )
        ticket = make_tickets(1, now, assignee=ada)[0]
        change_status(ticket=ticket, to=Status.PROCESSING, by=ada, now=now)
        change_priority(ticket=ticket, to=Priority.HIGH, by=ada, now=now)
        change_assignee(ticket=ticket, to=bob, by=ada, now=now)
        assert ticket.tags.count() == 3

    def test_taking_a_ticket_is_an_assignment(self, make_rule: MakeRule, now: datetime, ada: User) -> None:
        make_rule(HIGH, trigger="assignment-changed", if_=[{"field": "before", "op": "empty"}])
        ticket = make_tickets(1, now)[0]
        take_ticket(ticket=ticket, by=ada, now=now)
        assert ticket.priority == "high"

    def test_the_same_status_again_is_no_event(self, make_rule: MakeRule, now: datetime, ada: User) -> None:
        make_rule(HIGH, trigger="status-changed")
        ticket = make_tickets(1, now)[0]
        change_status(ticket=ticket, to=Status.OPEN, by=ada, now=now)
        assert ticket.priority == "medium"

    def test_rules_never_set_off_rules(self, make_rule: MakeRule, now: datetime, ada: User) -> None:
        make_rule({"do": "set_status", "value": "waiting"}, trigger="priority-changed")
        make_rule({"do": "set_priority", "value": "low"}, trigger="status-changed")
        ticket = make_tickets(1, now)[0]
        change_priority(ticket=ticket, to=Priority.HIGH, by=ada, now=now)
        assert (ticket.status, ticket.priority) == ("waiting", "high")

    def test_a_closed_ticket_keeps_its_fields(self, make_rule: MakeRule, now: datetime, ada: User) -> None:
        rule = make_rule(HIGH, {"do": "add_note", "value": "Done"}, trigger="status-changed")
        ticket = make_tickets(1, now)[0]
        change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
        assert line_of(ticket, rule)["left"] == [{**HIGH, "why": "closed"}]
        assert ticket.messages.count() == 1

    def test_what_cannot_be_is_left(self, make_rule: MakeRule, now: datetime) -> None:
        from tickets.domain import status as domain

        rule = make_rule({"do": "set_status", "value": "waiting"})
        ticket = make_tickets(1, now)[0]
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(domain.TRANSITIONS, Status.OPEN, frozenset())
            run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert line_of(ticket, rule)["left"][0]["why"] == "not-allowed"

    def test_who_was_faster_is_not_overwritten(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule(HIGH)
        ticket = make_tickets(1, now)[0]
        Ticket.objects.filter(pk=ticket.pk).update(priority="urgent")
        with pytest.raises(TicketChanged), transaction.atomic():
            run_on_ticket(ticket=ticket, trigger=CREATED, now=now)

    def test_every_match_is_counted(self, make_rule: MakeRule, now: datetime) -> None:
        rule = make_rule(HIGH)
        ticket = make_tickets(1, now)[0]
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert RuleHit.objects.filter(rule=rule, ticket=ticket, at=now).count() == 1

    def test_an_event_that_no_rule_waits_for_leaves_no_trace(self, now: datetime, ada: User) -> None:
        ticket = make_tickets(1, now)[0]
        change_priority(ticket=ticket, to=Priority.HIGH, by=ada, now=now)
        assert not RuleTrace.objects.exists()


class TestPresets:
    @pytest.mark.parametrize("status", ["resolved", "waiting"])
    def test_a_reply_reopens(self, ticket: Ticket, now: datetime, status: str) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status=status, resolved_at=now)
        message = add_customer_message(ticket=ticket, body="Still broken", now=now)
        assert (message.ticket.status, message.ticket.resolved_at) == ("open", None)
        line = Activity.objects.get(ticket=ticket, field="status")
        assert (line.verb, line.actor_label) == ("reopened", "Anna Berg")

    def test_an_automatic_reply_does_not_reopen(self, ticket: Ticket, now: datetime) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved")
        message = add_customer_message(
            ticket=ticket, body="I am on holiday", now=now, facts={"is_automatic": True, "language": ""}
        )
        assert message.ticket.status == "resolved"

    def test_switched_off_a_reply_leaves_the_status(self, ticket: Ticket, now: datetime) -> None:
        Rule.objects.filter(preset="reopen").update(is_active=False)
        turn_page()
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved")
        assert add_customer_message(ticket=ticket, body="Thanks", now=now).ticket.status == "resolved"

    def test_a_reply_on_a_processed_ticket_changes_nothing(self, ticket: Ticket, now: datetime) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="processing")
        assert add_customer_message(ticket=ticket, body="More", now=now).ticket.status == "processing"

    def test_who_wrote_a_mail_hears_that_we_have_it(self, now: datetime) -> None:
        ticket = take_in(mail_ticket(now, contact_email="anna@acme.example"), now)
        mail = OutgoingMail.objects.get()
        assert (mail.to, mail.kind) == ("anna@acme.example", "ticket-confirmation")
        assert f"#{ticket.number}" in mail.subject

    def test_a_machine_hears_nothing(self, now: datetime) -> None:
        take_in(mail_ticket(now, contact_email="robot@acme.example"), now, is_automatic=True)
        assert not OutgoingMail.objects.exists()

    def test_a_ticket_from_the_console_is_not_confirmed(
        self, now: datetime, ada: User, anna: Contact
    ) -> None:
        open_ticket(new=NewTicket(subject="Help", contact=anna), by=ada, now=now)
        assert not OutgoingMail.objects.exists()

    def test_a_ticket_that_comes_back_to_somebody_who_left_is_freed(
        self, ticket: Ticket, now: datetime, ada: User
    ) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved", assignee=ada)
        User.objects.filter(pk=ada.pk).update(is_active=False)
        message = add_customer_message(ticket=ticket, body="Again", now=now)
        assert (message.ticket.assignee, message.ticket.status) == (None, "open")

    def test_so_it_is_when_a_colleague_reopens_it(
        self, ticket: Ticket, now: datetime, ada: User, bob: User
    ) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved", assignee=ada)
        User.objects.filter(pk=ada.pk).update(is_active=False)
        ticket.refresh_from_db()
        change_status(ticket=ticket, to=Status.OPEN, by=bob, now=now)
        ticket.refresh_from_db()
        assert ticket.assignee is None

    def test_who_is_still_here_keeps_it(self, ticket: Ticket, now: datetime, ada: User) -> None:
        Ticket.objects.filter(pk=ticket.pk).update(status="resolved", assignee=ada)
        assert add_customer_message(ticket=ticket, body="Again", now=now).ticket.assignee == ada
