"""The receiver's decisions, without a line: whose mail it takes, and what it says when it cannot."""

import asyncio
import errno
from collections.abc import Iterator
from datetime import datetime

import pytest
from aiosmtpd.smtp import Envelope
from django.db.utils import OperationalError
from pytest_django import Settings

from helpdesk.server import smtp_in
from helpdesk.server.smtp_in import Receiver, is_full
from helpdesk.server.smtp_session import SmtpSession
from tickets.models import Mailbox, MailIn

SUPPORT, SALES = "support@desk.example", "sales@desk.example"
RAW = b"From: anna@acme.example\r\nSubject: Help\r\nMessage-ID: <1@acme.example>\r\n\r\nHelp\r\n"


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def receiver(db: None, now: datetime, told: list[tuple[str, str]]) -> Receiver:
    for address in (SUPPORT, SALES):
        Mailbox.objects.create(address=address, created_at=now)
    Mailbox.objects.create(address="old@desk.example", is_active=False, created_at=now)
    made = Receiver(lambda state, words: told.append((state, words)))
    made.loop.close()
    made.learn()
    return made


def envelope(*to: str) -> Envelope:
    made = Envelope()
    made.mail_from, made.rcpt_tos, made.content = "anna@acme.example", list(to), RAW
    return made


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Support@Desk.Example", SUPPORT),
        ("support+t17.abcdefghijklmnop@desk.example", SUPPORT),
        ("support+anything@desk.example", SUPPORT),
        ("sales+b4.abcdefghijklmnop@desk.example", SALES),
        ("postmaster@desk.example", SUPPORT),
        ("postmaster@acme.example", None),
        ("old@desk.example", None),
        ("nobody@desk.example", None),
        ("no address", None),
    ],
)
def test_whose_mail_it_is(receiver: Receiver, address: str, mailbox: str | None) -> None:
    found = receiver.mailbox_of(address)
    assert (found.address if found else None) == mailbox


def test_it_says_yes_only_when_the_mail_is_kept(receiver: Receiver) -> None:
    assert receiver._keep(envelope(SUPPORT, "support+x@desk.example", SALES)).startswith("250")
    kept = MailIn.objects.order_by("mailbox_id").values_list("mailbox__address", "envelope_to")
    assert list(kept) == [(SUPPORT, [SUPPORT, "support+x@desk.example"]), (SALES, [SALES])]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError("database or disk is full"),
        OperationalError("disk I/O error"),
    ],
)
def test_a_full_disk_is_said_to_the_sender_and_to_the_page(
    receiver: Receiver, told: list[tuple[str, str]], error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_kwargs: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(smtp_in, "store_many", fail)
        assert receiver._keep(envelope(SUPPORT)).startswith("452 4.3.1")
    assert receiver._keep(envelope(SUPPORT)).startswith("250")
    assert [state for state, _words in told] == ["full", "live"]


def test_the_reserve_is_never_given_to_mail(receiver: Receiver, settings: Settings) -> None:
    settings.MAIL_RESERVE_MB = 2**40
    assert receiver._keep(envelope(SUPPORT)).startswith("452 4.3.1")
    assert not MailIn.objects.exists()


@pytest.mark.parametrize("error", [OperationalError("database is locked"), RuntimeError("what?")])
def test_a10_whatever_fails_the_sender_keeps_the_mail(
    receiver: Receiver, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(smtp_in, "store_many", fail)
    assert receiver._keep(envelope(SUPPORT)).startswith("451")
    assert asyncio.run(receiver.handle_exception(error)).startswith("451")


def test_a_mailbox_that_was_turned_off_meanwhile_costs_no_mail(receiver: Receiver) -> None:
    Mailbox.objects.update(is_active=False)
    receiver.learn()
    assert receiver._keep(envelope(SUPPORT)).startswith("451")


def test_a_page_that_cannot_be_told_does_not_stop_the_mail(
    receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_state: str, _words: str) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(receiver, "tell", fail)
    settings.MAIL_RESERVE_MB = 2**40
    assert receiver._keep(envelope(SUPPORT)).startswith("452")


def test_other_troubles_are_no_full_disk() -> None:
    assert not is_full(OSError(errno.ECONNRESET, "reset"))
    assert not is_full(ValueError("is full"))


def test_a20_one_peer_does_not_take_all_places(receiver: Receiver) -> None:
    """Twenty-five silent lines of one house would keep everybody's mail out."""
    mallory = [receiver.enter("203.0.113.9") for _ in range(smtp_in.MAX_SESSIONS - 1)]
    assert mallory.count(True) == smtp_in.MAX_OF_ONE_PEER
    for _ in mallory:
        receiver.leave("203.0.113.9")
    assert not receiver.peers
    house = [receiver.enter("127.0.0.1") for _ in range(smtp_in.MAX_SESSIONS + 1)]
    assert house.count(True) == smtp_in.MAX_SESSIONS


@pytest.fixture
def session(receiver: Receiver) -> Iterator[SmtpSession]:
    receiver.loop = asyncio.new_event_loop()
    made = SmtpSession(receiver, loop=receiver.loop)
    yield made
    if made._timeout_handle:
        made._timeout_handle.cancel()
    receiver.loop.close()


def test_a_mail_that_comes_in_slowly_is_not_cut_off(session: SmtpSession) -> None:
    session._reset_timeout()
    before = session._timeout_handle
    session.data_received(b"a line\r\n")
    assert session._timeout_handle is not before


def test_a20_nobody_stays_by_saying_a_word_now_and_then(session: SmtpSession) -> None:
    session.ends_at = session.loop.time() + 5
    session._reset_timeout()
    assert session._timeout_handle is not None
    assert session._timeout_handle.when() <= session.ends_at + 0.1
