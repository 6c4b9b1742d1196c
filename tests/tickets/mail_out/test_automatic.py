"""Mail that no person wrote: what it says of itself, and when it stays at home."""

import email.message
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from agents.models import Client, Contact
from helpdesk.core.models import AuditEntry, Organisation, OutgoingMail, User
from helpdesk.core.selectors.mail_texts import own_mail_texts
from helpdesk.core.services.mail_message import message_of
from tests.tickets.conftest import make_tickets
from tickets.domain import mail_brakes
from tickets.domain.mail.ids import is_reply_address, is_signed
from tickets.models import Mailbox, StoppedAddress, Ticket
from tickets.services.mail.identity import mail_secret
from tickets.services.mail_out import (
    AutomaticMail,
    Fate,
    queue_automatic,
    queue_automatic_bulk,
    resume_automatic_mail,
    stop_automatic_mail,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
ANNA = "anna@acme.example"


@pytest.fixture(autouse=True)
def mailbox(now: datetime) -> Mailbox:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Brightwell", "default_language": "en"})
    return Mailbox.objects.create(address="help@brightwell.example", name="Brightwell IT", created_at=now)


def confirm(ticket: Ticket, now: datetime, to: str = ANNA, **more: object) -> Fate:
    return queue_automatic(ticket=ticket, template="confirmation", to=to, now=now, **more)  # type: ignore[arg-type]


def notify(ticket: Ticket, now: datetime, to: str = ANNA) -> Fate:
    return queue_automatic(ticket=ticket, template="notification", to=to, now=now, facts={"reason": "new"})


def made(fate: Fate) -> OutgoingMail:
    assert fate.mail is not None, fate.withheld
    return fate.mail


def headers_of(fate: Fate) -> email.message.Message:
    return message_of(made(fate)).message()


def test_a7_a_confirmation_says_in_every_way_that_a_machine_wrote_it(ticket: Ticket, now: datetime) -> None:
    headers = headers_of(confirm(ticket, now, in_reply_to="one@acme.example"))
    assert (headers["Auto-Submitted"], headers["Precedence"]) == ("auto-replied", "auto_reply")
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert (headers["In-Reply-To"], headers["References"]) == ("<one@acme.example>", "<one@acme.example>")
    assert OutgoingMail.objects.get().envelope_from == "<>"


def test_a_notice_is_generated_and_answers_nothing(ticket: Ticket, now: datetime) -> None:
    headers = headers_of(notify(ticket, now, to="Ada@deskbell.example"))
    assert (headers["Auto-Submitted"], headers["Precedence"]) == ("auto-generated", None)
    assert headers["To"] == "ada@deskbell.example"


def test_a3_its_ids_prove_who_got_it(ticket: Ticket, now: datetime) -> None:
    mail = made(confirm(ticket, now))
    assert is_signed(mail_secret(), mail.message_id, [ANNA])
    assert is_reply_address(mail_secret(), mail.reply_to, [ANNA])
    assert not is_reply_address(mail_secret(), mail.reply_to, ["mallory@evil.example"])
    assert (mail.from_address, mail.from_name) == ("help@brightwell.example", "Brightwell IT")


def test_a_confirmation_speaks_to_its_reader(ticket: Ticket, now: datetime) -> None:
    mail = made(confirm(ticket, now, to_name="Anna <b>Berg</b>"))
    assert "Hello Anna <b>Berg</b>," in mail.text
    assert f'your message "Printer 0 is on fire" has arrived. It is ticket {ticket.number}.' in mail.text
    assert "Anna &lt;b&gt;Berg&lt;/b&gt;" in mail.html
    assert "Hello," in made(confirm(ticket, now, to="bert@acme.example")).text


def test_a1_no_word_of_a_stranger_breaks_out_of_a_confirmation(ticket: Ticket, now: datetime) -> None:
    ticket.subject = "<script>\U000f0000 & %(name)s {{ name }}"
    mail = made(confirm(ticket, now, to_name="\U000f0001 <i>"))
    assert "<script>\U000f0000 & %(name)s {{ name }}" in mail.text
    assert "Hello \U000f0001 <i>," in mail.text
    assert "&lt;script&gt;\U000f0000 &amp; %(name)s {{ name }}" in mail.html


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ({"reason": "assigned"}, "A ticket was assigned to you."),
        ({"reason": "answered"}, "The customer answered."),
        ({"reason": "target-missed"}, "A service target was missed."),
        ({"rule": "VIP <first>"}, "The rule “VIP <first>” wants you to look at this ticket."),
        ({}, "Please look at this ticket."),
    ],
)
def test_a_notice_says_why(ticket: Ticket, ada: User, now: datetime, why: dict[str, str], words: str) -> None:
    facts = {**why, "body": "Look at <this>"}
    mail = made(queue_automatic(ticket=ticket, template="notification", to=ada.email, now=now, facts=facts))
    assert words in mail.text
    assert f"/tickets/{ticket.number}/" in mail.text
    assert "Look at &lt;this&gt;" in mail.html
    assert "<first>" not in mail.html


def test_a7_a_mail_that_must_not_be_answered_is_not(ticket: Ticket, now: datetime) -> None:
    assert confirm(ticket, now, why_not="Precedence: bulk") == Fate(withheld="Precedence: bulk")
    assert not OutgoingMail.objects.exists()


def test_an_address_that_is_none_stops_nothing(ticket: Ticket, now: datetime) -> None:
    wishes = [
        AutomaticMail(ticket=ticket, template="message", to=to, facts={"body": "x"}) for to in ("a@b", ANNA)
    ]
    first, second = queue_automatic_bulk(wishes, now=now)
    assert (first.withheld, first.mail) == ("The address cannot be written to.", None)
    assert made(second).to == ANNA
    assert queue_automatic_bulk([], now=now) == []


def test_a7_a_rules_words_to_who_has_written_are_an_answer(ticket: Ticket, now: datetime) -> None:
    def write() -> Fate:
        facts = {"body": "We are closed until Monday."}
        return queue_automatic(
            ticket=ticket, template="message", to=ANNA, now=now, facts=facts, in_reply_to="a@acme.example"
        )

    assert headers_of(write())["Auto-Submitted"] == "auto-replied"
    assert "confirmation for this subject" in write().withheld


def test_who_called_our_mail_spam_gets_no_more_of_a_machines(ticket: Ticket, now: datetime) -> None:
    StoppedAddress.objects.create(email=ANNA, created_at=now)
    assert "no machine writes to it" in confirm(ticket, now, to=ANNA.upper()).withheld
    assert confirm(ticket, now, to="bert@acme.example").mail


def test_a_mailbox_may_stay_silent(ticket: Ticket, mailbox: Mailbox, now: datetime) -> None:
    Mailbox.objects.update(answers_automatic=False)
    assert "no automatic answers" in confirm(ticket, now).withheld
    assert notify(ticket, now).mail


def test_a7_one_confirmation_per_sender_and_subject_a_day(acme: Client, anna: Contact, now: datetime) -> None:
    first, second = make_tickets(2, now, client=acme, contact=anna)
    Ticket.objects.update(subject="Out of office")
    first.refresh_from_db()
    second.refresh_from_db()
    assert confirm(first, now).mail
    assert "confirmation for this subject" in confirm(second, now + 23 * 60 * MINUTE).withheld
    assert confirm(second, now, to="bert@acme.example").mail
    assert confirm(second, now + 24 * 60 * MINUTE + MINUTE).mail


def test_a7_ten_mails_to_one_address_in_ten_minutes(ticket: Ticket, now: datetime) -> None:
    wish = AutomaticMail(ticket=ticket, template="notification", to=ANNA)
    fates = queue_automatic_bulk([wish] * 11, now=now)
    assert [bool(fate.mail) for fate in fates] == [True] * 10 + [False]
    assert "too much automatic mail" in notify(ticket, now + 9 * MINUTE, to=ANNA.upper()).withheld
    assert notify(ticket, now, to="bert@acme.example").mail
    assert notify(ticket, now + 11 * MINUTE).mail


def test_a7_a_hundred_in_ten_hours(ticket: Ticket, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_brakes, "PER_ADDRESS_LONG", 2)
    assert all(notify(ticket, now + n * 11 * MINUTE).mail for n in range(2))
    assert notify(ticket, now + 599 * MINUTE).withheld
    assert notify(ticket, now + 612 * MINUTE).mail


def test_a7_too_much_of_it_stops_all_and_rings(
    ticket: Ticket, carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_brakes, "IN_ALL_SHORT", 3)
    assert all(notify(ticket, now, to=f"u{n}@acme.example").mail for n in range(3))
    assert "stopped" in notify(ticket, now, to="u4@acme.example").withheld
    assert "stopped" in notify(ticket, now + 60 * MINUTE, to="u4@acme.example").withheld
    (alarm,) = OutgoingMail.objects.filter(kind="automatic-stopped")
    assert (alarm.to, alarm.subject) == (carla.email, "Automatic mail is stopped")
    assert "/settings/mailboxes/" in alarm.text
    assert resume_automatic_mail(by=carla, now=now)
    assert AuditEntry.objects.filter(verb="resumed automatic mail").count() == 1
    assert notify(ticket, now + 60 * MINUTE, to="u4@acme.example").mail


def test_the_stop_and_the_start_count_once(carla: User, now: datetime) -> None:
    assert stop_automatic_mail(now=now)
    assert not stop_automatic_mail(now=now)
    assert resume_automatic_mail(by=carla, now=now)
    assert not resume_automatic_mail(by=carla, now=now)


def test_the_mailboxes_page_says_so_and_starts_it_again(client_carla: Browser, now: datetime) -> None:
    stop_automatic_mail(now=now)
    assert "Automatic mail is stopped." in client_carla.get("/settings/mailboxes/").content.decode()
    for words in ("Automatic mail goes out again.", "Mailboxes"):
        page = client_carla.post("/settings/mailboxes/automatic/", follow=True).content.decode()
        assert words in page
    assert "Automatic mail is stopped." not in page


def test_a_batch_costs_few_queries(
    ticket: Ticket, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    wishes = [
        AutomaticMail(ticket=ticket, template="confirmation", to=f"u{n}@acme.example") for n in range(50)
    ]
    own_mail_texts()  # remembered for a minute
    with django_assert_max_num_queries(8):
        assert all(fate.mail for fate in queue_automatic_bulk(wishes, now=now))
