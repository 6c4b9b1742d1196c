"""kill -9 at every step of intake and of delivery: no mail is lost, none doubled, none sent twice."""

import queue
import random
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from tests.hosts.process import wait_for
from tests.servers.console import Console
from tests.servers.desk import SUPPORT, MailDesk, mail
from tests.servers.dovecot import Dovecot
from tests.servers.slow_sink import STEPS, SlowSink

KILLS = 25  # of each loop
AFTER_THE_DOT = ("dot, dropped", "dot, kept", "250", "QUIT")  # at QUIT the 250 may not be written yet
LEAST = 2  # how often each step must be hit, however busy the machine is

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(600)]


class Sender(threading.Thread):
    """A mail server as it should be: tries the same bytes again until it hears 250."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.waiting: queue.Queue[bytes] = queue.Queue()
        self.accepted = self.unanswered = 0
        self.waits_for_yes = threading.Event()

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
            server.ehlo()
            server.mail("anna@acme.example")
            server.rcpt(SUPPORT)
            server.docmd("DATA")
            server.send(content + b".\r\n")
            self.waits_for_yes.set()
            try:
                is_accepted = server.getreply()[0] == 250
            except smtplib.SMTPServerDisconnected:
                self.unanswered += 1
            finally:
                self.waits_for_yes.clear()
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
                self.console.reply(random.randint(1, tickets), "We look at it.")


@pytest.fixture(autouse=True)
def _seed() -> None:
    made = random.randrange(10**9)
    print(f"seed {made}")
    random.seed(made)


@pytest.fixture
def sink() -> Iterator[SlowSink]:
    server = SlowSink()
    yield server
    server.close()


def rows_in(desk: MailDesk, status: str) -> int:
    number: int = desk.rows("SELECT count(*) FROM tickets_mailin WHERE status = ?", status)[0][0]
    return number


def test_kills_at_every_step_of_intake_lose_and_double_nothing(desk: MailDesk, dovecot: Dovecot) -> None:
    """A kill waits for a moment, and what the database and the servers say afterwards tells what it hit."""
    desk.fetch_from(dovecot)
    desk.start()
    sender = Sender(desk.smtp_port)
    sender.start()
    expected: set[str] = set()
    hits: Counter[str] = Counter()
    moments = {
        "door": sender.waits_for_yes.is_set,
        "kept": lambda: rows_in(desk, "new") > 0,
        "reading": lambda: rows_in(desk, "working") > 0,
        "imap": lambda: dovecot.unseen() > 0,
        "any": lambda: True,
    }
    for turn in range(KILLS):
        desk.expect_state("live")
        unanswered = sender.unanswered
        for way in ("imap", "smtp", "smtp", "smtp"):
            number = len(expected) + 1
            content = mail(f"Mail {number} by {way}", number=number)
            expected.add(f"{number}@acme.example")
            sender.waiting.put(content) if way == "smtp" else dovecot.append(content)
        step = list(moments)[turn % len(moments)]
        with suppress(AssertionError):
            wait_for(moments[step], step, 0.7)
        time.sleep(random.uniform(0, 0.5 if step == "any" else 0.02))
        desk.kill()
        time.sleep(0.05)  # until the sender has noticed
        hits["the door: sent, not yet answered"] += sender.unanswered - unanswered
        hits["kept, not yet read"] += rows_in(desk, "new") > 0
        hits["being read"] += rows_in(desk, "working") > 0
        hits["in the folder, not yet seen"] += dovecot.unseen() > 0
        desk.start()
    wait_for(lambda: sender.waiting.empty() and sender.accepted == 3 * KILLS, "the sender's queue", 60)
    wait_for(lambda: taken(desk) == expected, "all mails", 120)
    print(dict(hits))
    check_intake(desk, expected)
    assert len(hits) == 4
    assert min(hits.values()) >= LEAST, hits


def test_kills_at_every_step_of_delivery_lose_nothing_and_send_nothing_twice(
    desk: MailDesk, sink: SlowSink
) -> None:
    desk.environment |= {"EMAIL_URL": sink.url, "EMAIL_TIMEOUT_SECONDS": "10"}
    desk.start()
    for number in range(5):
        assert desk.swaks("--header", f"Subject: Mail {number}", sender=f"u{number}@acme.example") == 0
    wait_for(lambda: len(desk.subjects()) == 5, "the tickets")
    ada = Ada(Console(desk))
    ada.start()
    hits: Counter[str] = Counter()
    for turn in range(KILLS):
        step = STEPS[turn % len(STEPS)]
        sink.arm(step, passes=random.randint(1, 2))  # so that no mail is killed at every try
        assert sink.reached.wait(30), step
        time.sleep(random.uniform(0, 0.003 if step == "250" else 0.1))
        is_hit = sink.holding == step
        desk.kill()
        hits[step] += is_hit
        desk.start()
    sink.arm("")
    ada.is_done.set()
    ada.join(30)
    wait_for(lambda: not under_way(desk), "the answers", 120)
    print(dict(hits), Counter(desk.rows("SELECT status, doubts FROM core_outgoingmail")))
    check_delivery(desk, sink)
    in_doubt = sum(hits[step] for step in AFTER_THE_DOT)
    assert desk.rows("SELECT count(*) FROM core_outgoingmail WHERE status = 'failed'")[0][0] <= in_doubt
    assert set(hits) == set(STEPS)
    assert min(hits.values()) >= LEAST, hits


def test_a_mail_in_doubt_is_left_to_a_person(desk: MailDesk, sink: SlowSink) -> None:
    desk.environment |= {"EMAIL_URL": sink.url, "EMAIL_TIMEOUT_SECONDS": "10"}
    desk.start()
    assert desk.swaks("--header", "Subject: Printer") == 0
    desk.expect_subject("Printer")
    wait_for(lambda: len(sink.messages) == 1, "the confirmation")
    wait_for(lambda: not under_way(desk), "the confirmation's row")
    console = Console(desk)
    sink.arm("dot, kept")
    console.reply(1, "We look at it.")
    assert sink.reached.wait(30)
    desk.kill()
    desk.start()
    wait_for(lambda: not under_way(desk), "the end of the answer")
    last = desk.rows("SELECT status, doubts FROM core_outgoingmail ORDER BY id DESC LIMIT 1")
    assert last == [("failed", 1)]
    assert len(sink.messages) == 2
    page = console.see("/tickets/1/")
    assert "arrived is not known" in page
    assert "Resend" in page


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


def check_delivery(desk: MailDesk, sink: SlowSink) -> None:
    """What the kill met after the final dot and before the answer was noted may have arrived: it says so and
    waits for a person. Any other mail arrives, and none does twice.
    """
    answers = desk.rows("SELECT count(*) FROM tickets_message WHERE kind = 'reply'")
    assert answers == desk.rows("SELECT count(*) FROM core_outgoingmail WHERE kind = 'ticket-reply'")
    rows = desk.rows("SELECT message_id, status, doubts FROM core_outgoingmail")
    arrived = Counter(str(message["Message-ID"]) for message in sink.messages)
    assert set(arrived) <= {message_id for message_id, _status, _doubts in rows}
    assert {(status, doubts) for _id, status, doubts in rows} <= {("sent", 0), ("failed", 1)}
    assert {message_id: n for message_id, n in arrived.items() if n > 1} == {}, "none is sent twice"
    lost = [
        message_id for message_id, status, _doubts in rows if status == "sent" and not arrived[message_id]
    ]
    assert lost == [], "what is said to be sent has arrived"
