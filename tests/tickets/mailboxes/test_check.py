"""What an administrator tries by hand."""

from collections.abc import Iterator
from datetime import datetime
from smtplib import SMTPException

import pytest
from pytest_django import Settings

from helpdesk.core.models import OutgoingMail, User
from tests.core.sink import Sink, running_sink
from tests.tickets.mailboxes.fake_imap import FakeImap
from tickets.models import Mailbox
from tickets.services.mailboxes.check import check_mailbox, nobody_listens, send_trial
from tickets.services.mailboxes.imap import NotConnected
from tickets.services.mailboxes.room import has_room


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Sink]:
    with running_sink() as (sink, port):
        settings.SMTP_LISTEN = ("0.0.0.0", port)
        yield sink


def words(mailbox: Mailbox) -> str:
    with pytest.raises(NotConnected) as caught:
        check_mailbox(mailbox)
    return caught.value.words


def test_an_imap_mailbox_says_how_much_it_holds(box: Mailbox) -> None:
    assert check_mailbox(box) == "Signed in. The folder INBOX holds 12 mails."


def test_an_imap_mailbox_in_trouble_says_why(box: Mailbox, imap: FakeImap) -> None:
    imap.password = "pepper"
    assert "Wrong password" in words(box)


def test_the_receiver_takes_mail_for_the_address(receiver: Sink) -> None:
    assert "takes mail" in check_mailbox(Mailbox(address="support@desk.example"))


def test_a_receiver_that_does_not_know_the_address_says_so(receiver: Sink) -> None:
    receiver.answers["RCPT"] = ["550 no such address"]
    assert words(Mailbox(address="support@desk.example")) == "no such address"


def test_a_receiver_that_is_off_or_away_is_said(settings: Settings) -> None:
    settings.SMTP_LISTEN = None
    assert "SMTP_LISTEN" in words(Mailbox())
    settings.SMTP_LISTEN = ("127.0.0.1", 9)
    assert "Nothing takes mail at 127.0.0.1, port 9. Is `serve` running" in words(Mailbox())
    assert nobody_listens(SMTPException("odd")).words == "odd"


def test_a_test_mail_goes_from_the_address_to_who_asked(box: Mailbox, carla: User, now: datetime) -> None:
    send_trial(mailbox=box, to=carla, now=now)
    sent = OutgoingMail.objects.get()
    assert (sent.to, sent.from_address) == (carla.email, "support@desk.example")


def test_the_reserve_of_the_disk_is_watched(settings: Settings) -> None:
    settings.MAIL_RESERVE_MB = 0
    assert has_room()
    settings.MAIL_RESERVE_MB = 2**40
    assert not has_room()
