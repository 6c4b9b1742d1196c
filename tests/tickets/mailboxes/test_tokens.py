"""Access tokens from a real HTTP server on loopback."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_django import Settings

from helpdesk.core.domain.reach import NotAllowed
from tests.tickets.mailboxes.fake_imap import FakeImap
from tickets.models import Mailbox
from tickets.services.mailboxes import tokens
from tickets.services.mailboxes.imap import NotConnected, close, connect
from tickets.services.mailboxes.secret import sealed, secrets_of
from tickets.services.mailboxes.tokens import NoToken, access_token


class TokenServer:
    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: Any = {"access_token": "at-1"}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append({name: values[0] for name, values in parse_qs(body).items()})
                self.send_response(200)
                self.end_headers()
                answer = outer.answer
                self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def server() -> Iterator[TokenServer]:
    made = TokenServer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def oauth(box: Mailbox, server: TokenServer) -> Mailbox:
    box.auth, box.client_id, box.scope = "oauth-client", "desk-app", "imap"
    box.token_url = f"http://127.0.0.1:{server.server.server_port}/token?tenant=acme"
    box.secret_sealed = sealed("client secret", "rt-1")
    box.save()
    return box


def test_an_application_signs_in_with_its_own_secret(oauth: Mailbox, server: TokenServer) -> None:
    assert access_token(oauth) == "at-1"
    assert server.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "desk-app",
            "client_secret": "client secret",
            "scope": "imap",
        }
    ]


def test_a_refresh_token_is_exchanged_and_the_new_one_is_kept(oauth: Mailbox, server: TokenServer) -> None:
    oauth.auth = "oauth-refresh"
    oauth.scope = ""
    server.answer = {"access_token": "at-2", "refresh_token": "rt-2"}
    assert access_token(oauth) == "at-2"
    assert server.asked[0]["refresh_token"] == "rt-1"
    kept = Mailbox.objects.get(pk=oauth.pk)
    assert secrets_of(kept) == {"secret": "client secret", "refresh": "rt-2"}


def test_the_token_opens_the_mailbox(oauth: Mailbox, imap: FakeImap) -> None:
    close(connect(oauth))
    assert "AUTHENTICATE XOAUTH2" in imap.heard


def test_what_the_token_server_says_is_shown(oauth: Mailbox, server: TokenServer) -> None:
    server.answer = {"error": "invalid_client", "error_description": "The secret has expired.\r\nTrace: 1"}
    with pytest.raises(NotConnected) as caught:
        connect(oauth)
    assert (caught.value.state, caught.value.words) == ("refused", "The secret has expired.")


@pytest.mark.parametrize("answer", [b"<html>", [], {}])
def test_an_answer_that_is_none_is_a_refusal(oauth: Mailbox, server: TokenServer, answer: object) -> None:
    server.answer = answer
    with pytest.raises(NoToken):
        access_token(oauth)


def test_a23_the_token_server_may_not_be_inside(oauth: Mailbox, settings: Settings) -> None:
    settings.MAIL_ALLOWED_HOSTS = []
    with pytest.raises(NotAllowed):
        access_token(oauth)


def test_a23_a_token_server_inside_is_said(oauth: Mailbox) -> None:
    oauth.token_url = "http://10.0.0.1/token"
    with pytest.raises(NotConnected, match="token server"):
        connect(oauth)


def test_a_token_server_that_is_away_is_said(oauth: Mailbox, server: TokenServer) -> None:
    server.server.shutdown()
    server.server.server_close()
    with pytest.raises(NotConnected) as caught:
        connect(oauth)
    assert caught.value.state == "unreachable"


def test_https_is_spoken_to_the_named_host(
    oauth: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Context:
        def wrap_socket(self, sock: socket.socket, server_hostname: str) -> socket.socket:
            asked.append(server_hostname)
            return sock

    monkeypatch.setattr(ssl, "create_default_context", Context)
    monkeypatch.setattr(tokens, "address_of", lambda *_a, **_k: "127.0.0.1")
    oauth.token_url = oauth.token_url.replace("http://127.0.0.1", "https://login.acme.example")
    assert access_token(oauth) == "at-1"
    assert asked == ["login.acme.example"]
