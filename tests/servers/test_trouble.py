"""What goes wrong with real servers shows on the mailbox page and in `doctor`, and nothing is lost by it."""

import resource
import socket
from pathlib import Path

import pytest

from tests.hosts.process import wait_for
from tests.servers.console import Console
from tests.servers.desk import MailDesk, mail
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.servers
PAGE = "/settings/mailboxes/1/"
ROOM = 5 * 2**20
LARGE = "x" * 76 + "\r\n"


def fill_disk(desk: MailDesk) -> None:
    """No file of the desk may grow beyond ROOM from now on, as on a full disk: EFBIG where that says
    ENOSPC. Works without root, too.
    """
    assert desk.process is not None
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))


def make_room(desk: MailDesk) -> None:
    assert desk.process is not None
    forever = resource.RLIM_INFINITY
    resource.prlimit(desk.process.pid, resource.RLIMIT_FSIZE, (forever, forever))


def test_a_wrong_password_is_said_and_entering_the_right_one_helps(desk: MailDesk, dovecot: Dovecot) -> None:
    desk.fetch_from(dovecot, password="open pepper")
    dovecot.append(mail("Waiting"))
    desk.start()
    assert "AUTHENTICATIONFAILED" in desk.expect_state("refused")
    console = Console(desk)
    assert "Sign in again" in console.see(PAGE)
    doctor = desk.command("doctor", "--no-mail", "--no-dns")
    assert doctor.returncode == 1
    assert "Sign-in was refused" in doctor.stdout
    console.save_password(PAGE, PASSWORD)
    desk.expect_state("live")
    desk.expect_subject("Waiting")


def test_a_server_that_goes_away_is_said_until_it_is_back(desk: MailDesk, dovecot: Dovecot) -> None:
    desk.fetch_from(dovecot)
    desk.start()
    desk.expect_state("live")
    dovecot.stop()
    assert "refused" in desk.expect_state("unreachable")
    dovecot.start()
    dovecot.append(mail("Back again"))
    Console(desk).press(f"{PAGE}do/", "again")
    desk.expect_subject("Back again")
    assert desk.expect_state("live") == ""


def test_a_folder_that_only_holds_folders_is_said(desk: MailDesk, dovecot: Dovecot) -> None:
    client = dovecot.client()
    client.create("Parent/Child")
    client.logout()
    desk.fetch_from(dovecot, folder="Parent")
    desk.start()
    assert "There is no folder Parent" in desk.expect_state("unreachable")


def test_a_port_that_is_taken_is_said_and_used_once_it_is_free(desk: MailDesk) -> None:
    with socket.create_server(("127.0.0.1", desk.smtp_port)):
        desk.start()
        assert str(desk.smtp_port) in desk.expect_state("unreachable")
        assert "The desk does not listen for mail." in Console(desk).see(PAGE)
    Console(desk).press(f"{PAGE}do/", "again")
    desk.expect_state("live")
    assert desk.swaks() == 0


def test_a_full_disk_leaves_the_mail_with_its_sender(desk: MailDesk, tmp_path: Path) -> None:
    desk.start()
    fill_disk(desk)
    attachment = tmp_path / "big.txt"
    attachment.write_text(LARGE * (ROOM // len(LARGE)))
    big = (
        "--header",
        "Subject: Big",
        "--header",
        "Message-ID: <big@acme.example>",
        "--attach",
        f"@{attachment}",
    )
    assert desk.swaks(*big) != 0
    assert "452 4.3.1" in desk.said
    desk.expect_state("full")
    assert "The disk of the desk is full" in Console(desk).see(PAGE)
    assert "disk of the desk is full" in desk.command("doctor", "--no-mail", "--no-dns").stdout
    make_room(desk)
    assert desk.swaks(*big) == 0
    desk.expect_subject("Big")
    desk.expect_state("live")


def test_a_full_disk_leaves_the_mail_in_its_folder_unseen(desk: MailDesk, dovecot: Dovecot) -> None:
    desk.fetch_from(dovecot)
    desk.start()
    desk.expect_state("live")
    fill_disk(desk)
    dovecot.append(mail("Large", body=LARGE * (2 * ROOM // len(LARGE))))
    desk.expect_state("full")
    assert dovecot.unseen() == 1
    make_room(desk)
    Console(desk).press(f"{PAGE}do/", "again")
    desk.expect_subject("Large")
    wait_for(lambda: dovecot.unseen() == 0, "the mark")


def test_the_last_room_on_the_disk_is_kept_for_the_database(desk: MailDesk) -> None:
    desk.environment["MAIL_RESERVE_MB"] = str(2**30)
    desk.start()
    assert desk.swaks() != 0
    assert "452 4.3.1" in desk.said
    desk.expect_state("full")
