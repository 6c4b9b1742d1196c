"""Rules at work on tickets: what they write and send, and which events they answer."""

from datetime import datetime

import pytest
from django.db import transaction

from agents.models import Client, Contact
from helpdesk.core.models import Job, OutgoingMail, Team, User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.desk import CREATED, HIGH, line_of, mail_ticket, take_in
from tickets.domain.kinds import MessageKind
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import TicketChanged
from tickets.models import Activity, Message, Rule, RuleHit, RuleTrace, Tag, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.rules import active_rules, finish, plan, run_on_ticket
from tickets.services.rules.book import turn_page
from tickets.services.rules.facts import facts_of
from tickets.services.take_ticket import take_ticket

pytestmark = pytest.mark.django_db


class TestDeeds:
    def test_tags_come_and_go(self, make_rule: MakeRule, now: datetime) -> None:
        ticket = make_tickets(1, now)[0]
        ticket.tags.add(Tag.objects.create(name="old"))
        make_rule(
            {"do": "add_tags", "value": ["New", "OLD", " "]}, {"do": "remove_tags", "value": ["old", "none"]}
        )
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert [tag.name for tag in ticket.tags.all()] == ["New"]
        lines = Activity.objects.filter(ticket=ticket, field="tags").values_list("before", "after")
        assert list(lines) == [("", "New"), ("old", "")]

    def test_tags_that_are_so_already_are_no_change(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "add_tags", "value": "vip"}, {"do": "remove_tags", "value": "old"})
        ticket = make_tickets(1, now)[0]
        ticket.tags.add(Tag.objects.create(name="VIP"), Tag.objects.create(name="other"))
        Tag.objects.create(name="old")
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert not Activity.objects.filter(field="tags").exists()

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

    def test_a_reply_says_states_in_the_language_of_its_reader(
        self, make_rule: MakeRule, now: datetime, anna: Contact
    ) -> None:
        anna.language = "fr"
        make_rule({"do": "reply", "value": "{{ status }}"}, position=1)
        ticket = take_in(mail_ticket(now, contact=anna, contact_email=anna.email), now)
        assert Message.objects.get(ticket=ticket, kind=MessageKind.REPLY).body == "Ouvert"

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

    def test_a_follow_up_is_a_new_ticket_to_the_rules(
        self, make_rule: MakeRule, ticket: Ticket, now: datetime
    ) -> None:
        make_rule(HIGH, if_=[{"field": "body", "op": "contains", "value": "again"}])
        Ticket.objects.filter(pk=ticket.pk).update(status="closed", closed_at=now)
        first = add_customer_message(ticket=ticket, body="It is broken again", now=now).ticket
        second = add_customer_message(ticket=ticket, body="Hello?", now=now).ticket
        assert (first.priority, second) == ("high", first)
        triggers = RuleTrace.objects.filter(ticket=first).order_by("id").values_list("trigger", flat=True)
        assert list(triggers) == ["ticket-created", "customer-replied"]


class TestReopened:
    """An answer to a resolved ticket: rules for reopened tickets hear of it when a rule opens it again."""

    def answer(self, now: datetime) -> Ticket:
        [ticket] = make_tickets(1, now, status=Status.RESOLVED, resolved_at=now)
        add_customer_message(ticket=ticket, body="Still broken.", author_name="Anna", now=now)
        ticket.refresh_from_db()
        return ticket

    def test_they_act_along_with_the_rule_that_opens_it(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule(HIGH, trigger="ticket-reopened")
        ticket = self.answer(now)
        assert (ticket.status, ticket.priority) == (Status.OPEN, Priority.HIGH)

    def test_they_rest_while_no_rule_opens_it(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule(HIGH, trigger="ticket-reopened")
        Rule.objects.filter(preset="reopen").update(is_active=False)
        turn_page()
        ticket = self.answer(now)
        assert (ticket.status, ticket.priority) == (Status.RESOLVED, Priority.MEDIUM)
