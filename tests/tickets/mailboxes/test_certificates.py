"""The certificate of a mail server is checked for reading and sending; what is wrong is said in words."""

import imaplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from helpdesk.core.mailbox import WayBlocked, certificate_words, own_servers, use_own_servers
from tests.core.sink import running_sink
from tests.servers.certificate import write_certificate
from tickets.models import Mailbox
from tickets.services.mailboxes import imap as service
from tickets.services.mailboxes.imap import NotConnected, connect
from tickets.services.mailboxes.sending import check_sending

pytestmark = pytest.mark.django_db


def broken(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (62, "The certificate of mx.acme.example is made out to another name"),
        (64, "The certificate of mx.acme.example is made out to another name"),
        (10, "is not valid today"),
        (18, r"vouches for the certificate of mx.acme.example \(self-signed certificate\)"),
    ],
)
def test_a_certificate_that_is_wrong_says_how(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def refuse(_mailbox: Mailbox) -> imaplib.IMAP4:
        raise broken(code)

    monkeypatch.setattr(service, "_opened", refuse)
    box.host = "mx.acme.example"
    with pytest.raises(NotConnected, match=words) as caught:
        connect(box)
    assert caught.value.state == "unreachable"
    assert certificate_words(broken(code), box.host) == caught.value.words


@pytest.fixture(params=["tls", "starttls"])
def sender(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Iterator[Mailbox]:
    """Its server shows a certificate of 127.0.0.1 that is its own authority."""
    settings.MAIL_ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    write_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    name = "ssl_context" if request.param == "tls" else "tls_context"
    with running_sink(**{name: context}) as (_sink, port):
        yield Mailbox(
            sends_itself=True, send_host="127.0.0.1", send_port=port, send_security=request.param, pk=1
        )


def test_an_authority_that_nobody_knows_gets_no_password(sender: Mailbox) -> None:
    with pytest.raises(WayBlocked, match=r"vouches for the certificate of 127\.0\.0\.1"):
        check_sending(sender, patience=5)


def test_an_authority_of_the_house_is_believed_and_the_name_must_fit(
    sender: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    assert check_sending(sender, patience=5)
    sender.send_host = "localhost"
    with pytest.raises(WayBlocked, match="The certificate of localhost is made out to another name"):
        check_sending(sender, patience=5)


def test_a_desk_without_own_servers_sends_all_by_the_one_of_the_house() -> None:
    before = own_servers()
    use_own_servers(None)
    try:
        nobody = own_servers()
        assert nobody.route_of("a@desk.example") is None
        assert nobody.lanes_of(["a@desk.example"]) == {}
        assert nobody.rests_until("1") is None
    finally:
        use_own_servers(before)
