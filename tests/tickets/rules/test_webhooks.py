"""Webhooks of rules: what they say, how they are signed, and where they never go (A23)."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import sleep
from typing import Any

import pytest
from pytest_django import Settings

from helpdesk.core.domain.reach import NotAllowed, NotReachable
from helpdesk.core.models import Job
from helpdesk.core.services import post as post_module
from helpdesk.core.services.jobs import run_job
from helpdesk.core.services.post import NotDelivered, post
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tickets.domain.rules import Trigger
from tickets.models import Rule
from tickets.services.rules import run_on_ticket
from tickets.services.rules.webhooks import call_webhook, webhook_secret

LOOPBACK = ["127.0.0.1"]


class Receiver(HTTPServer):
    """Keeps what was posted; answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.status = 200
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"


class Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def called(url: str, make_rule: MakeRule, now: datetime) -> Job:
    make_rule({"do": "webhook", "value": url}, name="Ring")
    ticket = make_tickets(1, now, subject="Sage")[0]
    run_on_ticket(ticket=ticket, trigger=Trigger.CREATED, now=now)
    return Job.objects.get(kind="rule-webhook")


@pytest.mark.django_db
class TestCall:
    def test_the_ticket_is_posted_and_signed(
        self, receiver: Receiver, make_rule: MakeRule, now: datetime, settings: Settings
    ) -> None:
        settings.WEBHOOK_ALLOWED_HOSTS = LOOPBACK
        run_job(called(receiver.url, make_rule, now).pk, now)
        ((path, headers, body),) = receiver.got
        said = json.loads(body)
        assert path == "/hook?a=1"
        assert (said["event"], said["rule"], said["ticket"]["subject"]) == ("ticket-created", "Ring", "Sage")
        signed = f"{headers['X-Deskbell-Timestamp']}.".encode() + body
        expected = hmac.digest(webhook_secret(receiver.url).encode(), signed, hashlib.sha256).hex()
        assert headers["X-Deskbell-Signature"] == f"sha256={expected}"
        assert Job.objects.get(kind="rule-webhook").status == "done"

    def test_each_address_has_a_secret_of_its_own(self) -> None:
        assert webhook_secret("https://a.example") != webhook_secret("https://b.example")

    def test_a_receiver_that_is_down_is_called_again(
        self, receiver: Receiver, make_rule: MakeRule, now: datetime, settings: Settings
    ) -> None:
        settings.WEBHOOK_ALLOWED_HOSTS = LOOPBACK
        receiver.status = 503
        run_job(called(receiver.url, make_rule, now).pk, now)
        job = Job.objects.get(kind="rule-webhook")
        assert (job.status, job.run_at > now) == ("queued", True)
        assert "answered 503" in job.last_error

    def test_a_rule_that_calls_elsewhere_by_now_calls_nobody(
        self, receiver: Receiver, make_rule: MakeRule, now: datetime, settings: Settings
    ) -> None:
        settings.WEBHOOK_ALLOWED_HOSTS = LOOPBACK
        job = called(receiver.url, make_rule, now)
        Rule.objects.filter(name="Ring").update(actions=[{"do": "webhook", "value": "https://b.example"}])
        call_webhook(job.ref, now)
        Rule.objects.filter(name="Ring").update(deleted_at=now)
        call_webhook(job.ref, now)
        assert receiver.got == []


def lead(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name resolves to these addresses; each look-up is noted."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_rest: Any, **_more: Any) -> list[Any]:
        asked.append(host)
        family = socket.AF_INET6 if ":" in addresses[0] else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "::ffff:127.0.0.1",
    ],
)
def test_a23_a_webhook_never_goes_inside(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    lead(monkeypatch, address)
    with pytest.raises(NotAllowed):
        post("https://hooks.example/x", b"", {})


def test_a23_one_private_address_of_a_name_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch, "93.184.216.34", "127.0.0.1")
    with pytest.raises(NotAllowed):
        post("https://hooks.example/x", b"", {})


@pytest.mark.parametrize("url", ["http://127.1/", "http://2130706433/", "http://[::1]/", "http://localhost/"])
def test_a23_other_ways_to_write_loopback_are_seen_through(url: str) -> None:
    with pytest.raises((NotAllowed, NotReachable)):
        post(url, b"", {})


def test_a23_the_checked_address_is_the_one_that_is_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = lead(monkeypatch, "127.0.0.1")
    port = receiver.server_port
    post(f"http://hooks.example:{port}/x", b"{}", {}, allowed=["hooks.example"])
    assert asked[0] == "hooks.example"
    assert set(asked[1:]) <= {"127.0.0.1"}
    assert receiver.got[0][1]["Host"] == f"hooks.example:{port}"


def test_a23_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status = 302
    with pytest.raises(NotDelivered, match="answered 302"):
        post(receiver.url, b"{}", {}, allowed=LOOPBACK)
    assert len(receiver.got) == 1


def test_a_receiver_that_hangs_up_is_a_failure(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "do_POST", lambda self: self.connection.close())
    with pytest.raises(NotDelivered, match="did not answer"):
        post(receiver.url, b"{}", {}, allowed=LOOPBACK)


@pytest.mark.parametrize("drip", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 500 No\r\nX: a\r\n", b"a"])
def test_a23_a_receiver_that_never_comes_to_an_end_is_left(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, drip: bytes
) -> None:
    """There is one lane for all webhooks: each byte would buy the receiver ten more seconds of it."""

    def never_end(self: Answer) -> None:
        with suppress(OSError):
            while True:
                self.connection.sendall(drip)
                sleep(0.005)

    monkeypatch.setattr(Answer, "do_POST", never_end)
    monkeypatch.setattr(post_module, "TIMEOUT_SECONDS", 0.05)
    with pytest.raises(NotDelivered):
        post(receiver.url, b"{}", {}, allowed=LOOPBACK)


def test_a_path_that_no_request_can_carry_is_a_failure(receiver: Receiver) -> None:
    with pytest.raises(NotDelivered):
        post(f"{receiver.url}&b=ü", b"{}", {}, allowed=LOOPBACK)


def test_a_certificate_must_be_the_names(receiver: Receiver) -> None:
    with pytest.raises(NotDelivered, match="SSLError"):
        post(f"https://127.0.0.1:{receiver.server_port}", b"{}", {}, allowed=LOOPBACK)
