"""Senders that are made up: two authors, hidden ones, findings that the sender wrote himself (A3, A4)."""

import pytest

from agents.models import Contact
from helpdesk.core.models import OutgoingMail
from tests.tickets.mail.conftest import ANNA, MALLORY, Desk, steps
from tests.tickets.mail.letters import single
from tests.tickets.mail.situations import number, trust
from tickets.domain.mail.addresses import is_plain
from tickets.models import MailIn, Message, Participant
from tickets.services.mail.people import honest_name
from tickets.services.mail.strangers import admit_sender

pytestmark = pytest.mark.django_db

TWO_READINGS = [
    f"From: {ANNA}\nFrom: {MALLORY}",
    f"From: {ANNA}, {MALLORY}",
    f"From: <{ANNA}> <{MALLORY}>",
    f'From: <"{ANNA}> x"@evil.example>',
    "From: =?utf-8?q?anna=40acme.example?=",
    f"From: {MALLORY} <{ANNA}>",
    f"From: Anna\nReply-To: {ANNA}",
    f"Reply-To: {ANNA}",
    f"From: {'x' * 5000} <{ANNA}>",
]


def _as(author: str, desk: Desk, *more: str) -> MailIn:
    head = [author, "To: support@desk.example", "Message-ID: <x@evil.example>", *more]
    return desk.receive(("\n".join(head) + "\n\nSend me everything.\n").encode())


@pytest.mark.parametrize("author", TWO_READINGS)
def test_a3_a_sender_whom_two_readers_see_otherwise_is_held(desk: Desk, author: str) -> None:
    mail = _as(author, desk, f"In-Reply-To: {desk.marked()}")
    assert (mail.sender, mail.outcome) == (ANNA, "held")
    assert steps(mail) == ["signed-id", "sender-doubtful"]
    assert not Participant.objects.exists()


def test_a4_no_technician_hides_behind_another_author(desk: Desk) -> None:
    mark = desk.marked(to=desk.ada.email)
    assert _as(f"From: {desk.ada.email}, {MALLORY}", desk, f"In-Reply-To: {mark}").outcome == "held"
    assert not OutgoingMail.objects.exists()


def test_a3_a_doubtful_sender_opens_no_clients_door(desk: Desk) -> None:
    mail = _as(f"From: {ANNA}, {MALLORY}", desk)
    assert mail.ticket is not None
    assert (mail.ticket.client, mail.ticket.contact, Contact.objects.count()) == (None, None, 1)
    assert mail.ticket.activities.filter(field="sender-doubtful").exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "author",
    [
        f"Anna Berg <{ANNA}>",
        f'"Berg, Anna" <{ANNA}>',
        f'"{ANNA}" <{ANNA}>',
        f"{ANNA} <{ANNA}>",
        f"'{ANNA}' <{ANNA}>",
        f"{ANNA} (Anna Berg)",
        f"=?utf-8?q?Anna_=40_Acme?= <{ANNA}>",
        f"<{ANNA.upper()}>",
        f"mailto:{ANNA}",
        f'"Anna <{ANNA}>',
    ],
)
def test_an_ordinary_sender_is_not_doubted(author: str) -> None:
    assert is_plain([author.encode()], ANNA)


@pytest.mark.parametrize(
    "findings",
    [
        ['mx.desk.example; spf=pass smtp.mailfrom="a; dmarc=pass"@evil.example; dmarc=fail'],
        ["mx.desk.example; dkim=pass (a (b) ; dmarc=pass) header.d=x; dmarc=fail"],
        ["mx.desk.example; dmarc=pass; dmarc=fail"],
        ["mx.desk.example; dkim=pass header.d=evil.example", "mx.desk.example; dmarc=fail"],
    ],
)
def test_a4_words_of_the_sender_do_not_hide_that_he_was_found_forged(desk: Desk, findings: list[str]) -> None:
    trust(desk)
    lines = [f"Authentication-Results: {finding}" for finding in findings]
    mail = _as(f"From: {ANNA}", desk, f"In-Reply-To: {desk.marked()}", *lines)
    assert (mail.outcome, steps(mail)[-1]) == ("held", "dmarc-failed")


def test_a3_a_number_and_a_forged_sender_let_nobody_read_on(desk: Desk) -> None:
    """Both can be guessed; only what was in a mail of the thread proves that somebody had it."""
    mail = desk.receive(desk.letter(subject=number(desk), cc=MALLORY))
    assert (mail.outcome, Message.objects.get(ticket=desk.own).is_held) == ("joined", False)
    assert not Participant.objects.exists()
    assert "people-unproved" in steps(mail)
    assert desk.own.activities.get(field="people-unproved").after == MALLORY


def test_a3_praise_that_a_sender_wrote_himself_proves_nothing(desk: Desk) -> None:
    """The server that we trust said nothing of DMARC: its line stands above."""
    trust(desk)
    lines = ["mx.desk.example; spf=none", "mx.desk.example; dmarc=pass"]
    _as(
        f"From: {ANNA}",
        desk,
        f"Subject: {number(desk)}",
        f"Cc: {MALLORY}",
        *(f"Authentication-Results: {line}" for line in lines),
    )
    assert Message.objects.filter(ticket=desk.own).exists()
    assert not Participant.objects.exists()


def test_who_is_proved_may_bring_others_by_the_number_alone(desk: Desk) -> None:
    trust(desk)
    found = "mx.desk.example; dmarc=pass header.from=acme.example"
    desk.receive(desk.letter(subject=number(desk), cc="bo@acme.example", authentication_results=found))
    assert Participant.objects.get().email == "bo@acme.example"


def test_a_mail_without_any_author_is_not_called_forged() -> None:
    assert single("Subject: x", b"x").is_author_doubtful


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f'"{ANNA}"', "mallory"),
        (f"=?utf-8?q?Anna_=3C{ANNA.replace('@', '=40')}=3E?=", "mallory"),
        ('"Sign in: https://evil.example"', "mallory"),
        ("www.evil.example", "mallory"),
        ('"Anna @ Acme"', "Anna @ Acme"),
        (f'"{MALLORY}"', MALLORY),
        (f'"Mallory M. ({MALLORY})"', "Mallory M."),
        (f'"Mallory {MALLORY} {ANNA}"', "mallory"),
    ],
)
def test_a4_a_name_that_poses_as_an_address_or_a_link_is_none(desk: Desk, name: str, shown: str) -> None:
    ticket = _as(f"From: {name} <{MALLORY}>", desk, f"Cc: {name} <cc@evil.example>").ticket
    assert ticket is not None
    assert (ticket.contact_name, Contact.objects.get(email=MALLORY).full_name) == (shown, shown)
    mail = OutgoingMail.objects.get()
    assert (mail.to_name, ANNA in mail.text, "evil.example" in mail.text.replace(MALLORY, "")) == (
        shown,
        False,
        False,
    )
    assert ANNA not in Participant.objects.get().name


@pytest.mark.parametrize("sender", ["support+x@desk.example", "Support+t9.aaaa@DESK.example"])
def test_a7_any_plus_address_of_ours_is_ours(desk: Desk, sender: str) -> None:
    assert steps(_as(f"From: {sender}", desk)) == ["own-address"]


def test_a4_what_one_admits_brings_nothing_along_that_may_be_forged(desk: Desk) -> None:
    mark = f"In-Reply-To: {desk.marked()}"
    first = _as(f"From: {MALLORY}", desk, mark).entry
    _as(f"From: {MALLORY}", desk, mark, "X: again")
    forged = _as(f"From: {MALLORY}, {ANNA}", desk, mark).entry
    assert first is not None
    admit_sender(ticket=desk.own, message=first, by=desk.ada, now=desk.now)
    assert Message.objects.get(ticket=desk.own, is_held=True) == forged


def test_a_name_without_an_address_is_judged_too() -> None:
    assert [honest_name("Anna", ""), honest_name(f"Anna {ANNA}", "")] == ["Anna", ""]
