"""A whole round through real servers: a mail comes in, Ada answers, the customer answers back."""

from collections.abc import Iterator

import pytest

from tests.hosts.mail import SmtpSink
from tests.hosts.process import wait_for
from tests.servers.console import Console
from tests.servers.desk import SUPPORT, MailDesk

pytestmark = pytest.mark.servers
ANNA = "anna@acme.example"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    server = SmtpSink()
    yield server
    server.close()


@pytest.fixture
def desk(sink: SmtpSink) -> Iterator[MailDesk]:
    desk = MailDesk(EMAIL_URL=sink.url)
    desk.start()
    yield desk
    desk.close()


def answer_of_ada(desk: MailDesk, sink: SmtpSink) -> dict[str, str]:
    """Headers of the mail that Anna gets."""
    desk.swaks("--header", "Subject: Printer is on fire", sender=ANNA)
    desk.expect_subject("Printer is on fire")
    Console(desk).reply(1, "Which printer?")
    found = wait_for(
        lambda: next((mail for mail in sink.to(ANNA) if "Which printer?" in str(mail)), None), "the answer"
    )
    return {
        name: str(found[name]) for name in ("From", "Reply-To", "Message-ID", "Subject", "Auto-Submitted")
    }


def test_the_answer_to_an_answer_joins_its_ticket(desk: MailDesk, sink: SmtpSink) -> None:
    sent = answer_of_ada(desk, sink)
    assert SUPPORT in sent["From"]
    assert sent["Auto-Submitted"] == "None"  # written by hand
    back = ("--header", f"Subject: Re: {sent['Subject']}", "--header", f"In-Reply-To: {sent['Message-ID']}")
    assert desk.swaks(*back, "--body", "The red one.", to=sent["Reply-To"].strip("<>"), sender=ANNA) == 0
    wait_for(lambda: [row[1] for row in desk.journal()] == ["ticket", "joined"], "the second mail")
    assert desk.subjects() == ["Printer is on fire"]
    assert "The red one." in Console(desk).see("/tickets/1/")


def test_a3_a_stranger_with_the_number_does_not_get_in(desk: MailDesk, sink: SmtpSink) -> None:
    sent = answer_of_ada(desk, sink)
    mallory = "mallory@evil.example"
    assert desk.swaks("--header", f"Subject: Re: {sent['Subject']}", sender=mallory) == 0
    wait_for(lambda: len(desk.journal()) == 2 and desk.journal()[1][1] != "", "the journal")
    assert desk.journal()[1][1] != "joined"
    assert not [mail for mail in sink.to(mallory) if "Which printer?" in str(mail)]


def test_the_doctor_sends_a_mail_round(desk: MailDesk) -> None:
    doctor = desk.command("doctor", "--no-dns")
    assert doctor.returncode == 0, doctor.stdout
    assert "the test mail came back" in doctor.stdout
    assert desk.subjects() == []


def test_the_doctor_says_when_nothing_runs(desk: MailDesk) -> None:
    desk.kill()
    doctor = desk.command("doctor", "--no-dns")
    assert doctor.returncode == 1
    assert "Is `serve` running" in doctor.stdout
