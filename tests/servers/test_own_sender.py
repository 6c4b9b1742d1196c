"""A mailbox that sends by its own server, in a running desk: whose server hangs keeps only its own mails."""

import socket
from collections.abc import Iterator

import pytest

from tests.hosts.mail import SmtpSink
from tests.hosts.process import wait_for
from tests.servers.console import Console
from tests.servers.desk import MailDesk

pytestmark = pytest.mark.servers
SALES = "sales@brightwell.example"
MAKE = f"""
from django.utils import timezone
from tickets.models import Mailbox
Mailbox.objects.create(
    address="{SALES}", name="Sales", sends_itself=True, send_host="127.0.0.1", send_port=int("{{port}}"),
    send_security="none", created_at=timezone.now(),
)
"""


@pytest.fixture
def house() -> Iterator[SmtpSink]:
    server = SmtpSink()
    yield server
    server.close()


@pytest.fixture
def sales() -> Iterator[SmtpSink]:
    server = SmtpSink()
    yield server
    server.close()


def start(house: SmtpSink, sales_port: int) -> MailDesk:
    desk = MailDesk(EMAIL_URL=house.url, EMAIL_TIMEOUT_SECONDS="60")
    made = desk.command("shell", "--no-imports", "-v0", "-c", MAKE.format(port=sales_port))
    assert made.returncode == 0, made.stderr
    desk.start()
    return desk


def test_each_mailbox_sends_by_its_own_way(house: SmtpSink, sales: SmtpSink) -> None:
    desk = start(house, sales.port)
    try:
        assert desk.swaks("--header", "Subject: An offer", to=SALES, sender="anna@acme.example") == 0
        assert desk.swaks("--header", "Subject: A printer", sender="bert@globex.example") == 0
        wait_for(
            lambda: bool(house.to("bert@globex.example") and sales.to("anna@acme.example")), "both mails"
        )
        assert SALES in str(sales.to("anna@acme.example")[0]["From"])
        Console(desk).reply(1, "Two hundred pieces.")
        wait_for(lambda: len(sales.to("anna@acme.example")) == 2, "the answer")
        assert len(house.messages) == 1
        assert desk.rows("SELECT send_state FROM tickets_mailbox WHERE address = ?", SALES) == [("ok",)]
    finally:
        desk.close()


def test_a_server_that_hangs_keeps_only_the_mails_of_its_mailbox(house: SmtpSink) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=20) as silent:  # takes the line and never speaks
        desk = start(house, silent.getsockname()[1])
        try:
            for number in range(5):
                desk.swaks("--header", f"Subject: Offer {number}", to=SALES, sender=f"u{number}@acme.example")
            wait_for(lambda: len(desk.subjects()) == 5, "the tickets")
            assert desk.swaks("--header", "Subject: A printer", sender="bert@globex.example") == 0
            wait_for(lambda: bool(house.to("bert@globex.example")), "the confirmation")
            stand = """SELECT status, last_error FROM core_outgoingmail WHERE "to" LIKE ?"""
            wait_for(lambda: desk.rows(stand, "%globex%") == [("sent", "")], "the desk to note it")
            left = desk.rows(stand, "%acme%")
            assert len(left) == 5
            assert set(left) <= {("queued", ""), ("sending", "")}, "nobody has given the silent server up yet"
        finally:
            desk.close()
