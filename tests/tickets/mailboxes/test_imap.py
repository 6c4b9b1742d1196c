"""Signing in by IMAP: what works, and what is said when it does not."""

import imaplib
import socket
import ssl
from typing import Any

import pytest
from pytest_django import Settings

from helpdesk.core.domain import reach
from tests.tickets.mailboxes.fake_imap import FakeImap
from tickets.models import Mailbox
from tickets.services.mailboxes import imap as service
from tickets.services.mailboxes.imap import NotConnected, choose_folder, close, connect, words_of
from tickets.services.mailboxes.secret import sealed


def sign_in(box: Mailbox) -> None:
    opened = connect(box)
    try:
        choose_folder(opened, box)
    finally:
        close(opened)


def refusal(box: Mailbox) -> NotConnected:
    with pytest.raises(NotConnected) as caught:
        sign_in(box)
    return caught.value


def test_it_signs_in_and_chooses_the_folder(box: Mailbox) -> None:
    opened = connect(box)
    assert choose_folder(opened, box) == 77
    close(opened)


def test_a8_a_server_cannot_fill_the_memory_with_one_literal(box: Mailbox) -> None:
    opened = connect(box)
    with pytest.raises(imaplib.IMAP4.abort, match="at once"):
        opened.client.read(3 * 2**30)
    assert opened.client.read(0) == b""
    close(opened)


def test_a_password_with_other_letters_goes_as_utf_8(box: Mailbox, imap: FakeImap) -> None:
    box.secret_sealed = sealed("pässword")
    close(connect(box))
    assert "AUTHENTICATE PLAIN" in imap.heard


def test_a_wrong_password_is_refused_in_the_servers_words(box: Mailbox) -> None:
    box.secret_sealed = sealed("open pepper")
    error = refusal(box)
    assert (error.state, error.words) == ("refused", "[AUTHENTICATIONFAILED] Wrong password.")


def test_a27_a_secret_under_another_key_asks_to_be_entered_again(box: Mailbox, settings: Settings) -> None:
    settings.SECRET_KEY = "x" * 40
    assert refusal(box).state == "refused"


def test_a_server_that_hangs_up_at_sign_in_is_unreachable(box: Mailbox, imap: FakeImap) -> None:
    imap.answers["LOGIN"] = ""
    assert refusal(box).state == "unreachable"


def test_a_port_that_nobody_listens_on_is_unreachable(box: Mailbox, imap: FakeImap) -> None:
    imap.listener.close()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        box.port = probe.getsockname()[1]
    error = refusal(box)
    assert (error.state, error.words) == (
        "unreachable",
        f"127.0.0.1 does not answer at port {box.port}: Connection refused",
    )


def test_a_name_that_nobody_knows_is_said(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_kwargs: Any) -> str:
        raise reach.NotReachable("imap.acme.example")

    monkeypatch.setattr(service, "address_of", unknown)
    assert "127.0.0.1 is not known" in refusal(box).words


def test_a23_a_private_host_is_called_only_when_the_operator_named_it(
    box: Mailbox, imap: FakeImap, settings: Settings
) -> None:
    settings.MAIL_ALLOWED_HOSTS = []
    assert "MAIL_ALLOWED_HOSTS" in refusal(box).words
    assert imap.heard == []


def test_a_missing_folder_is_said(box: Mailbox, imap: FakeImap) -> None:
    imap.answers["SELECT"] = "Mailbox doesn't exist"
    error = refusal(box)
    assert error.state == "unreachable"
    assert "INBOX: Mailbox doesn't exist" in error.words


def test_a_folder_name_that_cannot_be_said_is_no_crash(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = connect(box)

    def bad(*_args: Any) -> None:
        raise opened.client.error("SELECT command error: BAD")

    monkeypatch.setattr(opened.client, "select", bad)
    with pytest.raises(NotConnected, match="BAD"):
        choose_folder(opened, box)
    close(opened)


def test_a_line_that_drops_at_the_folder_is_no_refusal(box: Mailbox, imap: FakeImap) -> None:
    imap.answers["SELECT"] = ""
    opened = connect(box)
    with pytest.raises(opened.client.abort):
        choose_folder(opened, box)
    close(opened)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_asks_for_encryption_never_goes_on_without(box: Mailbox, imap: FakeImap, security: str) -> None:
    """The fake server speaks none."""
    box.security = security
    imap.answers["STARTTLS"] = "not here"
    assert refusal(box).state == "unreachable"
    assert not any("sesame" in line for line in imap.heard)


def test_the_certificate_must_be_of_the_named_host(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Context:
        def wrap_socket(self, sock: socket.socket, server_hostname: str) -> socket.socket:
            asked.append(server_hostname)
            return sock

    monkeypatch.setattr(ssl, "create_default_context", Context)
    monkeypatch.setattr(service, "address_of", lambda *_a, **_k: "127.0.0.1")
    box.security, box.host = "tls", "imap.acme.example"
    close(connect(box))
    assert asked == ["imap.acme.example"]


def test_an_error_without_words_says_its_name() -> None:
    assert words_of(ValueError()) == "ValueError"
