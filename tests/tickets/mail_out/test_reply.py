"""An answer as a letter: to whom, from whom, in which language, in which thread."""

from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from agents.models import Contact
from helpdesk.core.files import store
from helpdesk.core.models import Organisation, OutgoingMail, User
from helpdesk.core.services.mail_message import message_of
from tickets.domain.kinds import MessageKind
from tickets.domain.mail.ids import base_address, is_reply_address, is_signed, read_bounce_address
from tickets.domain.status import Status
from tickets.errors import TicketHasNoAddress
from tickets.models import Mailbox, MailIn, Message, Participant, Ticket
from tickets.selectors.recipients import MAX_RECIPIENTS, Recipient, recipients_of
from tickets.services.files import StoredFile
from tickets.services.mail.identity import mail_secret
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db
HOLD = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def house(db: None) -> Organisation:
    return Organisation.objects.update_or_create(
        pk=1,
        defaults={"name": "Brightwell", "support_email": "help@brightwell.example", "brand_color": "#c81e4a"},
    )[0]


@pytest.fixture
def mailbox(ticket: Ticket, now: datetime) -> Mailbox:
    box = Mailbox.objects.create(address="it@brightwell.example", name="Brightwell IT", created_at=now)
    Ticket.objects.filter(pk=ticket.pk).update(mailbox=box)
    ticket.mailbox = box
    return box


def join(ticket: Ticket, now: datetime, email: str, **facts: object) -> Participant:
    return Participant.objects.create(ticket=ticket, email=email, added_at=now, **facts)


def answered(ticket: Ticket, by: User, now: datetime, **more: object) -> OutgoingMail:
    message = reply_to_customer(ticket=ticket, body="Try <again>.", by=by, now=now, **more)  # type: ignore[arg-type]
    assert message.mail is not None
    return OutgoingMail.objects.get(pk=message.mail.pk)


def came(ticket: Ticket, now: datetime, message_id: str, **facts: object) -> None:
    mail = MailIn.objects.create(
        key=message_id, sha256="0", size=1, source="smtp", received_at=now, next_try_at=now, raw=b"x",
        message_id=message_id,
    )  # fmt: skip
    values = {"ticket": ticket, "kind": MessageKind.CUSTOMER.value, "created_at": now, "mail_in": mail}
    Message.objects.create(**(values | facts))


def test_an_answer_is_from_a_person_and_says_nothing_of_machines(
    ticket: Ticket, ada: User, now: datetime, mailbox: Mailbox
) -> None:
    mail = answered(ticket, ada, now)
    headers = message_of(mail).message()
    assert headers["From"] == '"Ada Lovelace (Brightwell IT)" <it@brightwell.example>'
    assert headers["To"] == "Anna Berg <anna@acme.example>"
    assert not {"Auto-Submitted", "Precedence", "X-Loop", "X-Auto-Response-Suppress"} & set(headers.keys())


def test_a3_its_marks_are_signed_for_its_reader(
    ticket: Ticket, ada: User, now: datetime, mailbox: Mailbox
) -> None:
    mail = answered(ticket, ada, now)
    assert is_signed(mail_secret(), mail.message_id, ["anna@acme.example"])
    assert is_reply_address(mail_secret(), mail.reply_to, ["anna@acme.example"])
    assert base_address(mail.reply_to) == mailbox.address
    assert read_bounce_address(mail_secret(), mail.envelope_from) == mail.pk


def test_without_a_mailbox_only_the_answers_go_to_the_support_address(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    mail = answered(ticket, ada, now)
    assert (mail.from_address, base_address(mail.reply_to)) == ("", "help@brightwell.example")


def test_without_any_address_of_ours_there_is_nothing_to_sign(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    Organisation.objects.update(support_email="")
    mail = answered(ticket, ada, now)
    assert (mail.reply_to, mail.envelope_from) == ("", "")


def test_a_mailbox_that_is_off_sends_nothing(
    ticket: Ticket, ada: User, now: datetime, mailbox: Mailbox
) -> None:
    mailbox.is_active = False
    mailbox.save()
    assert answered(ticket, ada, now).from_address == ""


def test_the_letter_has_two_forms_and_the_colour_of_the_house(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    mail = answered(ticket, ada, now)
    assert mail.text.startswith("Try <again>.\n\n-- \nAda Lovelace\nBrightwell\n")
    assert "<p>Try &lt;again&gt;.</p>" in mail.html
    assert "#c81e4a" in mail.html
    assert "solved" not in mail.text


def test_a_solved_ticket_tells_how_to_go_on(ticket: Ticket, ada: User, now: datetime) -> None:
    mail = answered(ticket, ada, now, then=Status.RESOLVED)
    assert "We think this is solved." in mail.text
    assert "We think this is solved." in mail.html


def test_a_technician_signs_with_words_of_their_own(
    ticket: Ticket, ada: User, now: datetime, mailbox: Mailbox
) -> None:
    mailbox.signature = "Brightwell IT, ground floor"
    mailbox.save()
    assert "-- \nAda Lovelace\nBrightwell IT, ground floor\n" in answered(ticket, ada, now).text
    ada.signature = "Ada\nhttps://brightwell.example"
    mail = answered(ticket, ada, now)
    assert "-- \nAda\nhttps://brightwell.example\n" in mail.text
    assert '<a href="https://brightwell.example"' in mail.html


@pytest.mark.parametrize(
    ("wish", "house", "language"),
    [("de-CH", "fr", "de"), ("", "it", "it"), ("pl", "fr", "fr"), ("pl", "cs", "en")],
)
def test_the_reader_chooses_the_language(
    ticket: Ticket, anna: Contact, ada: User, now: datetime, wish: str, house: str, language: str
) -> None:
    Organisation.objects.update(default_language=house)
    anna.language = wish
    anna.save()
    mail = answered(Ticket.objects.get(pk=ticket.pk), ada, now)
    assert mail.language == language
    assert f'<html lang="{language}">' in mail.html


def test_everybody_who_takes_part_gets_a_mail_of_their_own(ticket: Ticket, ada: User, now: datetime) -> None:
    join(ticket, now, "bert@acme.example", name="Bert")
    join(ticket, now, "mallory@evil.example", is_blocked=True)
    join(ticket, now, "anna@acme.example")
    mail = answered(ticket, ada, now)
    (copy,) = mail.copies.all()
    assert {mail.to, copy.to} == set(OutgoingMail.objects.values_list("to", flat=True))
    assert (copy.to, copy.to_name) == ("bert@acme.example", "Bert")
    assert is_signed(mail_secret(), copy.message_id, ["bert@acme.example"])
    assert read_bounce_address(mail_secret(), copy.envelope_from) == copy.pk


def test_recipients_are_few_and_told_apart(ticket: Ticket, anna: Contact, now: datetime) -> None:
    for number in range(MAX_RECIPIENTS + 5):
        join(ticket, now, f"u{number}@acme.example")
    found = recipients_of(ticket)
    assert len(found) == MAX_RECIPIENTS
    assert str(found[0]) == "Anna Berg <anna@acme.example>"
    assert str(Recipient("u@acme.example")) == "u@acme.example"
    ticket.contact_email = ""
    assert recipients_of(ticket) == []


def test_an_odd_address_does_not_keep_the_answer_from_the_others(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    join(ticket, now, "a..b@acme.example")
    join(ticket, now, "bert@acme.example")
    mail = answered(ticket, ada, now)
    assert [mail.to, *(copy.to for copy in mail.copies.all())] == ["anna@acme.example", "bert@acme.example"]


def test_a_ticket_of_nobody_cannot_be_answered(ticket: Ticket, ada: User, now: datetime) -> None:
    join(ticket, now, "bert@acme.example")
    ticket.contact_email = ""
    with pytest.raises(TicketHasNoAddress):
        reply_to_customer(ticket=ticket, body="x", by=ada, now=now)


def test_the_thread_goes_on_and_holds_nothing_of_strangers(ticket: Ticket, ada: User, now: datetime) -> None:
    came(ticket, now, "one@acme.example", is_opening=True)
    first = answered(ticket, ada, now + HOLD)
    came(ticket, now + 2 * HOLD, "two@acme.example")
    came(ticket, now + 3 * HOLD, "stranger@evil.example", is_held=True)
    mail = answered(ticket, ada, now + 4 * HOLD)
    assert mail.in_reply_to == "<two@acme.example>"
    assert mail.references == f"<one@acme.example> {first.message_id} <two@acme.example>"


def test_files_go_with_every_copy(ticket: Ticket, ada: User, now: datetime) -> None:
    join(ticket, now, "bert@acme.example")
    blob = store(ContentFile(b"how to"), max_bytes=100)
    mail = answered(ticket, ada, now, stored=[StoredFile(blob, "how.txt", "text/plain", 6)])
    for letter in (mail, mail.copies.get()):
        assert message_of(letter).attachments == [("how.txt", "how to", "text/plain")]


def test_an_answer_from_the_page_is_held_for_the_seconds_of_the_house(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    assert answered(ticket, ada, now).hold_until is None
    assert answered(ticket, ada, now, may_be_undone=True).hold_until == now + HOLD
    Organisation.objects.update(undo_seconds=0)
    assert answered(ticket, ada, now, may_be_undone=True).hold_until is None
