"""kill -9 at random points of intake and delivery: no mail is lost, none doubled, none sent twice."""

import queue
import random
import smtplib
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest
import requests

from tests.hosts.mail import SmtpSink
from tests.hosts.process import wait_for
from tests.servers.console import Console
from tests.servers.desk import SUPPORT, MailDesk, mail
from tests.servers.dovecot import Dovecot

KILLS = 50

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(1500)]


class Sender(threading.Thread):
    """A mail server as it should be: tries the same bytes again until it hears 250."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.waiting: queue.Queue[bytes] = queue.Queue()
        self.accepted = 0

    def run(self) -> None:
        while content := self.waiting.get():
            while not self._hand_over(content):
                time.sleep(0.02)
            self.accepted += 1

    def _hand_over(self, content: bytes) -> bool:
        is_accepted = False
        with (
            suppress(OSError, smtplib.SMTPException),
            smtplib.SMTP("127.0.0.1", self.port, timeout=10) as server,
        ):
            server.sendmail("anna@acme.example", [SUPPORT], content)
            is_accepted = True
        return is_accepted


class Ada(threading.Thread):
    """Answers tickets as fast as the desk lets her; an answer that was cut off may or may not be there."""

    def __init__(self, console: Console) -> None:
        super().__init__(daemon=True)
        self.console = console
        self.is_done = threading.Event()

    def run(self) -> None:
        while not self.is_done.wait(0.05):
            with suppress(requests.RequestException, AssertionError):
                tickets = self.console.desk.rows("SELECT max(id) FROM tickets_ticket")[0][0]
                if tickets:
                    self.console.reply(random.randint(1, tickets), "We look at it.")


@pytest.fixture
def seed() -> int:
    made = random.randrange(10**9)
    print(f"seed {made}")
    random.seed(made)
    return made


def test_fifty_kills_lose_double_and_repeat_nothing(desk: MailDesk, dovecot: Dovecot, seed: int) -> None:
    sink = SmtpSink()
    desk.environment |= {"EMAIL_URL": sink.url, "EMAIL_TIMEOUT_SECONDS": "2"}
    desk.fetch_from(dovecot)
    desk.start()
    sender, ada = Sender(desk.smtp_port), Ada(Console(desk))
    sender.start()
    ada.start()
    expected: set[str] = set()
    for _round in range(KILLS):
        for way in ("smtp", "smtp", "smtp", "imap"):
            number = len(expected) + 1
            content = mail(f"Mail {number} by {way}", number=number)
            expected.add(f"{number}@acme.example")
            sender.waiting.put(content) if way == "smtp" else dovecot.append(content)
        time.sleep(random.uniform(0, 0.7))
        desk.kill()
        desk.start()
    wait_for(lambda: sender.waiting.empty() and sender.accepted == 3 * KILLS, "the sender's queue", 60)
    wait_for(lambda: taken(desk) == expected, "all mails", 120)
    ada.is_done.set()
    ada.join(30)
    wait_for(lambda: not under_way(desk), "the answers", 120)
    check_intake(desk, expected)
    check_delivery(desk, sink)
    sink.close()


def taken(desk: MailDesk) -> set[str]:
    rows = desk.rows("SELECT message_id FROM tickets_mailin WHERE status = 'done' AND ticket_id IS NOT NULL")
    return {row[0] for row in rows}


def under_way(desk: MailDesk) -> int:
    query = "SELECT count(*) FROM core_outgoingmail WHERE status IN ('queued', 'sending')"
    number: int = desk.rows(query)[0][0]
    return number


def check_intake(desk: MailDesk, expected: set[str]) -> None:
    rows = desk.rows("SELECT message_id, ticket_id, outcome FROM tickets_mailin")
    assert Counter(row[0] for row in rows) == Counter(expected), "each mail is in the journal once"
    tickets = [row[1] for row in rows]
    assert len(set(tickets)) == len(tickets) == len(desk.subjects()), "and has one ticket of its own"


def check_delivery(desk: MailDesk, sink: SmtpSink) -> None:
    """Who dies after the text and before the answer is noted cannot know: only a mail in that doubt comes
    again, with the same Message-ID.
    """
    rows = desk.rows("SELECT message_id, status, doubts FROM core_outgoingmail")
    arrived = Counter(str(message["Message-ID"]) for message in sink.messages)
    assert rows
    assert {status for _id, status, _doubts in rows} <= {"sent", "failed"}
    for message_id, status, doubts in rows:
        assert status == "sent" or doubts > 1, f"{message_id} was given up without a doubt"
        assert 1 <= arrived[message_id] <= 1 + doubts, f"{message_id}: {arrived[message_id]} times"
