"""Whom a rule asks how it went, how often, and what the mail is like."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from agents.models import Client, Contact
from helpdesk.core.models import Organisation, OutgoingMail, User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.conftest import make_rule as make_rule
from tests.tickets.rules.desk import line_of
from tests.tickets.surveys.desk import link_in, solve, survey_mail, switch_on, the_survey
from tickets.domain.mail.ids import is_signed
from tickets.domain.rules import Trigger
from tickets.domain.status import Status
from tickets.domain.survey import PAUSE, VALID
from tickets.models import BlockedSender, Mailbox, Rule, Survey, Ticket
from tickets.services.change_status import change_status
from tickets.services.mail.identity import mail_secret
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.rules import run_on_ticket
from tickets.services.rules.surveys import withdraw_survey
from tickets.services.undo_reply import undo_reply

pytestmark = pytest.mark.django_db


def why_not(ticket: Ticket) -> str:
    why: str = line_of(ticket, Rule.objects.get(preset="survey"))["left"][0]["why"]
    return why


def test_nobody_is_asked_unless_a_rule_says_so(ticket: Ticket, ada: User, now: datetime) -> None:
    solve(ticket, ada, now)
    assert not Survey.objects.exists()


def test_who_had_the_trouble_is_asked_when_it_is_solved(solved: Ticket, now: datetime) -> None:
    survey, mail = the_survey(), survey_mail()
    assert (survey.ticket, survey.email, survey.solved_at) == (solved, "anna@acme.example", now)
    assert (survey.expires_at, survey.mail) == (now + VALID, mail)
    assert mail.subject == f"[T#{solved.pk}] How did it go? Printer 0 is on fire"
    assert mail.html.count(link_in(mail)) == mail.text.count(link_in(mail)) == 3
    for face in ("happy", "neutral", "sad"):
        assert f"?rating={face}" in mail.text
        assert f"?rating={face}" in mail.html
    assert "src=" not in mail.html


def test_the_mail_says_that_a_machine_wrote_it_and_joins_the_thread(solved: Ticket) -> None:
    mail = survey_mail()
    assert (mail.automatic, mail.envelope_from) == ("auto-generated", "<>")
    assert is_signed(mail_secret(), mail.message_id, ["anna@acme.example"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Wie lief es?"),
        ("fr", "Comment cela s’est-il passé ?"),
        ("it", "Com’è andata?"),
        ("en-GB", "How did"),
    ],
)
def test_it_speaks_as_its_reader(
    ticket: Ticket, anna: Contact, ada: User, now: datetime, language: str, words: str
) -> None:
    Contact.objects.update(language=language)
    switch_on("survey")
    solve(ticket, ada, now)
    assert words in survey_mail().subject
    assert words in survey_mail().html
    assert the_survey().language == language[:2]


def test_a27_the_link_leaves_the_desk_with_its_mail(solved: Ticket) -> None:
    mail = survey_mail()
    assert mail.is_secret
    assert link_in(mail)[8:-1] not in str(Survey.objects.values().get())


def test_a_solution_is_asked_about_once(solved: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=solved, to=Status.CLOSED, by=ada, now=now + PAUSE * 2)
    assert Survey.objects.count() == 1
    assert why_not(solved) == "asked"


def test_the_next_solution_may_be_asked_about_and_ends_the_older_link(
    solved: Ticket, ada: User, now: datetime
) -> None:
    first, later = the_survey(), now + PAUSE
    change_status(ticket=solved, to=Status.OPEN, by=ada, now=later)
    solve(solved, ada, later)
    first.refresh_from_db()
    assert Survey.objects.count() == 2
    assert first.expires_at == later


def test_nobody_is_asked_twice_in_two_weeks(
    solved: Ticket, acme: Client, anna: Contact, ada: User, now: datetime
) -> None:
    another = make_tickets(1, now, client=acme, contact=anna, contact_email="Anna@acme.example")[0]
    solve(another, ada, now + PAUSE - timedelta(seconds=1))
    assert Survey.objects.count() == 1
    assert why_not(another) == "asked-lately"
    other_address = make_tickets(1, now, client=acme, contact=anna, contact_email="berg@home.example")[0]
    solve(other_address, ada, now)
    assert why_not(other_address) == "asked-lately"


@pytest.mark.parametrize(
    "address", ["no-reply@acme.example", "support@desk.example", "bad@evil.example", "anna@acme.example"]
)
def test_machines_we_ourselves_and_the_unwanted_are_not_asked(
    ticket: Ticket, anna: Contact, ada: User, now: datetime, address: str
) -> None:
    Mailbox.objects.create(address="support@desk.example", created_at=now)
    BlockedSender.objects.create(pattern="evil.example", created_at=now)
    Contact.objects.update(ignores_mail=address == anna.email)
    Ticket.objects.update(contact_email=address)
    switch_on("survey")
    solve(ticket, ada, now)
    assert not Survey.objects.exists()
    assert why_not(ticket) == "no-person"


def test_who_wants_no_mail_is_not_asked_by_another_address(anna: Contact, ada: User, now: datetime) -> None:
    anna.addresses.create(email="berg@home.example")
    Contact.objects.update(ignores_mail=True)
    switch_on("survey")
    ticket = solve(make_tickets(1, now, contact_email="Berg@home.example")[0], ada, now)
    assert why_not(ticket) == "no-person"


def test_without_an_address_nobody_is_asked(ada: User, now: datetime) -> None:
    switch_on("survey")
    ticket = solve(make_tickets(1, now)[0], ada, now)
    assert why_not(ticket) == "no-address"


def test_somebody_without_a_contact_is_asked(ada: User, now: datetime) -> None:
    switch_on("survey")
    solve(make_tickets(1, now, contact_email="bert@elsewhere.example")[0], ada, now)
    assert the_survey().email == "bert@elsewhere.example"


def test_an_unsolved_ticket_is_not_asked_about(ticket: Ticket, make_rule: MakeRule, now: datetime) -> None:
    rule = make_rule({"do": "send_survey"})
    run_on_ticket(ticket=ticket, trigger=Trigger.CREATED, now=now)
    assert line_of(ticket, rule)["left"] == [{"do": "send_survey", "why": "not-solved"}]


def test_of_two_rules_one_asks(ticket: Ticket, make_rule: MakeRule, ada: User, now: datetime) -> None:
    switch_on("survey")
    second = make_rule({"do": "send_survey"}, trigger="status-changed")
    solve(ticket, ada, now)
    assert Survey.objects.count() == OutgoingMail.objects.count() == 1
    assert line_of(ticket, second)["left"][0]["why"] == "asked"


def test_the_trace_says_in_words_why_not(
    solved: Ticket, client_ada: Browser, ada: User, now: datetime
) -> None:
    change_status(ticket=solved, to=Status.CLOSED, by=ada, now=now)
    page = client_ada.get(f"/tickets/{solved.pk}/rules/").content.decode()
    assert "this solution was asked about already" in page
    assert "Survey <strong>How did it go?</strong>" in page


def test_a_ticket_that_an_api_solves_is_asked_about(ticket: Ticket, client_ada: Browser) -> None:
    switch_on("survey")
    answer = client_ada.patch(
        f"/api/v1/tickets/{ticket.pk}/", {"status": "resolved"}, content_type="application/json"
    )
    assert answer.status_code == 200
    assert Survey.objects.count() == 1


def test_a_rule_can_solve_and_ask_in_one(ticket: Ticket, make_rule: MakeRule, now: datetime) -> None:
    make_rule({"do": "set_status", "value": "resolved"}, {"do": "send_survey"})
    run_on_ticket(ticket=ticket, trigger=Trigger.CREATED, now=now)
    assert the_survey().solved_at == now


def test_a_machine_that_wrote_is_not_asked(ticket: Ticket, make_rule: MakeRule, now: datetime) -> None:
    rule = make_rule({"do": "set_status", "value": "resolved"}, {"do": "send_survey"})
    run_on_ticket(ticket=ticket, trigger=Trigger.CREATED, now=now, facts={"is_automatic": True})
    assert line_of(ticket, rule)["left"] == [{"do": "send_survey", "why": "automatic"}]


def test_what_the_brakes_hold_back_asks_nobody(ticket: Ticket, ada: User, now: datetime) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"automatic_stopped_at": now})
    switch_on("survey")
    solve(ticket, ada, now)
    assert not Survey.objects.exists()
    assert "Automatic mail is stopped" in why_not(ticket)


def test_two_at_once_ask_once(
    ticket: Ticket, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the INSERT somebody else has asked."""
    switch_on("survey")
    Survey.objects.create(
        ticket=ticket, email="x@acme.example", language="en", key_hash="0" * 64, solved_at=now, asked_at=now,
        expires_at=now,
    )  # fmt: skip
    monkeypatch.setattr("tickets.services.rules.surveys._why_not", lambda *_all: "")
    solve(ticket, ada, now)
    assert Survey.objects.count() == 1
    assert why_not(ticket) == "asked"


class TestTakenBack:
    def answer(self, ticket: Ticket, by: User, now: datetime) -> str:
        message = reply_to_customer(
            ticket=ticket, body="Done", by=by, now=now, then=Status.RESOLVED, may_be_undone=True
        )
        return undo_reply(message=message, now=now)

    def test_an_answer_that_is_taken_back_asks_nobody(self, ticket: Ticket, ada: User, now: datetime) -> None:
        switch_on("survey")
        assert self.answer(ticket, ada, now) == "Done"
        assert not Survey.objects.exists()
        assert not OutgoingMail.objects.exclude(status="cancelled").exists()

    def test_a_survey_without_its_mail_goes_as_well(self, ticket: Ticket, ada: User, now: datetime) -> None:
        switch_on("survey")
        message = reply_to_customer(
            ticket=ticket, body="Done", by=ada, now=now, then=Status.RESOLVED, may_be_undone=True
        )
        Survey.objects.update(mail=None)
        undo_reply(message=message, now=now)
        assert not Survey.objects.exists()

    def test_what_was_asked_stays_asked(self, solved: Ticket) -> None:
        """A macro may be taken back later than a mail."""
        OutgoingMail.objects.update(status="sending", tries=1)
        withdraw_survey(ticket=solved)
        assert the_survey().mail == survey_mail()
        assert survey_mail().status == "sending"

    def test_an_answer_that_only_waited_had_no_question(
        self, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        message = reply_to_customer(
            ticket=ticket, body="?", by=ada, now=now, then=Status.WAITING, may_be_undone=True
        )
        assert undo_reply(message=message, now=now) == "?"

    def test_a_house_that_takes_nothing_back_asks_at_once(
        self, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        Organisation.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
        switch_on("survey")
        solve(ticket, ada, now)
        assert survey_mail().hold_until is None
