"""What rules are told of a ticket."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from agents.models import Contact, Device
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tickets.domain.mail.parsed import Address, MailFile, ParsedMail
from tickets.domain.rule_facts import mail_facts, plain_facts
from tickets.domain.status import Status
from tickets.models import Calendar, Message, Ticket
from tickets.services.change_status import change_status
from tickets.services.rules.facts import facts_of, is_open_at


@pytest.mark.django_db
class TestTicket:
    def test_what_costs_a_query_is_read_when_a_rule_asks_and_once(
        self, ticket: Ticket, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0):
            facts = facts_of(ticket, now)
        with django_assert_num_queries(1):
            assert facts.get("tag") == ()
            assert facts.get("tag") == ()

    def test_a_saved_ticket_knows_its_times(self, ticket: Ticket, ada: User, now: datetime) -> None:
        start = ticket.created_at
        change_status(ticket=ticket, to=Status.WAITING, by=ada, now=start + timedelta(hours=1))
        Message.objects.create(ticket=ticket, kind="reply", author=ada, body="Hi", created_at=start)
        facts = facts_of(ticket, start + timedelta(hours=3))
        ages = [facts.get(name) for name in ("age", "status_age", "customer_age", "reply_age")]
        assert ages == [10_800, 7_200, 10_800, 10_800]

    def test_nobody_has_answered_yet(self, ticket: Ticket, now: datetime) -> None:
        assert facts_of(ticket, now).get("reply_age") is None

    def test_a_ticket_knows_its_device_language_and_files(
        self, now: datetime, pc: Device, anna: Contact, ada: User
    ) -> None:
        anna.language = "fr"
        ticket = make_tickets(1, now, device=pc, contact=anna, assignee=ada)[0]
        facts = facts_of(ticket, now)
        assert (facts.get("device_name"), facts.get("language")) == ("ACME-PC-1", "fr")
        assert (facts.get("has_attachment"), facts.get("file_name")) == (False, ())
        assert facts.get("assignee_active") is True

    def test_all_of_it_can_be_kept(self, ticket: Ticket, now: datetime) -> None:
        ticket.tags.create(name="vip")
        kept = plain_facts(facts_of(ticket, now))
        assert kept["tag"] == ["vip"]
        assert kept["sender"] == "anna@acme.example"
        assert "device_name" not in kept

    def test_business_hours_are_those_of_the_first_calendar(self, db: None) -> None:
        Calendar.objects.all().delete()
        sunday, monday = datetime(2026, 11, 22, 10, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)
        assert is_open_at(sunday)
        Calendar.objects.create(name="Office", week=[[[480, 1020]]] * 5 + [[], []])
        assert (is_open_at(sunday), is_open_at(monday)) == (False, True)


def test_a_mail_tells_what_stands_in_it() -> None:
    mail = ParsedMail(
        from_=Address("Claire", "claire@duval.example"),
        to=(Address("", "desk@x.example"), Address("Nobody", "")),
        cc=(Address("", "boss@duval.example"),),
        subject="Sage",
        text="Hello\n> old",
        headers=(("X-A", "1"), ("x-a", "2")),
        files=(
            MailFile("a.log", "text/plain", b""),
            MailFile("logo.png", "image/png", b"", "c", is_inline=True),
        ),
        is_auto_reply=True,
        message_id="m@x",
        language="fr",
    )
    facts = mail_facts(mail, mailbox="desk@x.example", body="Hello")
    assert facts["header"] == {"x-a": "1\n2"}
    assert facts["recipients"] == ("desk@x.example", "boss@duval.example")
    assert (facts["body"], facts["file_name"], facts["has_attachment"]) == ("Hello", ("a.log",), True)
    assert (facts["is_automatic"], facts["sender"], facts["mailbox"]) == (
        True,
        "claire@duval.example",
        "desk@x.example",
    )
    assert mail_facts(mail)["body"] == "Hello\n> old"


def test_people_who_write_through_a_list_are_people() -> None:
    assert mail_facts(ParsedMail(is_list=True))["is_automatic"] is False
