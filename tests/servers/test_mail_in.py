"""Mail comes in through real servers: swaks at the desk's own SMTP door, Dovecot read by IMAP."""

import smtplib
import time

import pytest

from tests.hosts.process import free_port, wait_for
from tests.servers.desk import SUPPORT, MailDesk, mail
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.servers


def test_a_mail_by_smtp_becomes_a_ticket(desk: MailDesk) -> None:
    desk.start()
    assert desk.swaks("--header", "Subject: Printer is on fire") == 0
    desk.expect_subject("Printer is on fire", 5)
    assert desk.state() == ("live", "")


def test_the_receiver_knows_its_own_addresses_only(desk: MailDesk) -> None:
    desk.start()
    assert desk.swaks(to="nobody@elsewhere.example") != 0
    assert "550 5.1.1" in desk.said


def test_a_mail_server_of_the_house_hands_over_by_lmtp(desk: MailDesk) -> None:
    port = free_port()
    desk.environment["LMTP_LISTEN"] = f"127.0.0.1:{port}"
    desk.start()
    desk.smtp_port = port
    to = f"{SUPPORT},support+x@brightwell.example"
    assert desk.swaks("--protocol", "LMTP", "--header", "Subject: By LMTP", to=to) == 0
    assert desk.said.count("250 2.0.0 Kept") == 2
    desk.expect_subject("By LMTP")


def test_a_mail_in_an_imap_folder_becomes_a_ticket_within_three_seconds(
    desk: MailDesk, dovecot: Dovecot
) -> None:
    desk.fetch_from(dovecot)
    desk.start()
    desk.expect_state("live")
    began = time.monotonic()
    dovecot.append(mail("Cannot print"))
    desk.expect_subject("Cannot print", 5)
    assert time.monotonic() - began < 3
    assert dovecot.unseen() == 0


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_line_must_show_a_certificate_that_is_known(
    desk: MailDesk, dovecot: Dovecot, security: str
) -> None:
    dovecot.append(mail("Sealed"))
    desk.fetch_from(dovecot, security=security)
    desk.start()
    assert "certificate" in desk.expect_state("unreachable")
    desk.kill()
    desk.environment["SSL_CERT_FILE"] = str(dovecot.folder / "cert.pem")
    desk.start()
    desk.expect_subject("Sealed")
    desk.expect_state("live")


def test_it_ends_within_three_seconds_while_it_waits_for_mail(desk: MailDesk, dovecot: Dovecot) -> None:
    desk.fetch_from(dovecot)
    desk.start()
    desk.expect_state("live")
    assert desk.process is not None
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", desk.smtp_port):
        assert desk.process.stop() == 0
    assert time.monotonic() - began < 3


def test_what_others_have_read_before_stays_theirs(desk: MailDesk, dovecot: Dovecot) -> None:
    dovecot.append(mail("Long done"), flags=r"(\Seen)")
    dovecot.append(mail("Still open"))
    desk.fetch_from(dovecot)
    desk.start()
    desk.expect_subject("Still open")
    dovecot.append(mail("Read at once by somebody"), flags=r"(\Seen)")
    desk.expect_subject("Read at once by somebody")
    assert desk.subjects() == ["Still open", "Read at once by somebody"]


def test_a_folder_that_counts_anew_loses_and_doubles_nothing(desk: MailDesk, dovecot: Dovecot) -> None:
    """Removed and made again while the desk is away: the same UIDs, another UIDVALIDITY."""
    desk.fetch_from(dovecot, folder="Desk")
    client = dovecot.client()
    client.create("Desk")
    dovecot.append(mail("First"), mail("Second"), folder="Desk")
    desk.start()
    desk.expect_subject("Second")
    wait_for(lambda: desk.rows("SELECT last_uid FROM tickets_mailbox") == [(2,)], "its progress")
    desk.kill()
    client.delete("Desk")
    time.sleep(1.1)  # Dovecot's UIDVALIDITY is a time in seconds
    client.create("Desk")
    dovecot.append(mail("Second"), mail("Third"), folder="Desk", flags=r"(\Seen)")
    desk.start()
    desk.expect_subject("Third")
    assert desk.subjects() == ["First", "Second", "Third"]
    client.logout()
