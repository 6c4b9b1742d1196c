"""The main job: Ctrl+F12 on the customer's desktop opens a ticket in the console. Nothing is mocked."""

import time
from pathlib import Path

import pytest
from PIL import ImageChops

from tests.hosts.agent import TrayAgent, linux_agent
from tests.hosts.cable import TcpCut
from tests.hosts.console import Album, Console
from tests.hosts.display import XHost
from tests.hosts.mail import SmtpSink
from tests.hosts.process import wait_for
from tests.hosts.server import CARLA, Server

pytestmark = [pytest.mark.e2e, pytest.mark.gui]

NAME, EMAIL = "Anna Gruen", "anna@acme.example"
SUBJECT = "The printer is out of paper"
DESCRIPTION = "Since this morning, on the second floor."


@pytest.fixture
def agent(desktop: XHost, tmp_path: Path, server: Server, cable: TcpCut) -> TrayAgent:
    """Installed with Acme's enrolment key and started, as at log-on."""
    desktop.show_wallpaper(tmp_path / "wallpaper.png")
    agent = TrayAgent(desktop, linux_agent(desktop, tmp_path, cable.url, server.keys["Acme"]))
    wait_for(lambda: server.rows("SELECT 1 FROM agents_profile"), "the registration")
    return agent


@pytest.fixture
def verified(agent: TrayAgent, console: Console, desktop: XHost, sink: SmtpSink, album: Album) -> TrayAgent:
    """Enabled by the administrator, and the address confirmed with the token from the mail."""
    console.sign_in(CARLA)
    console.enable_for_client("Acme")
    agent.verify(NAME, EMAIL, sink, lambda name: desktop.picture(album.next(name)))
    return agent


def test_the_hotkey_opens_a_ticket_in_the_console(
    verified: TrayAgent, console: Console, desktop: XHost, server: Server, album: Album
) -> None:
    console.open_list()
    before = desktop.still_picture(album.next("screen-before-hotkey"))
    verified.press_hotkey()
    verified.fill_in(SUBJECT, DESCRIPTION)
    desktop.picture(album.next("form-filled-in"))
    sent = verified.send()
    seconds = console.seconds_until_listed(SUBJECT, since=sent)
    assert seconds < 2, f"in the list only after {seconds:.1f} s"

    facts = console.open_ticket(SUBJECT)
    device, user = server.rows(
        "SELECT device.name, user_name FROM agents_profile JOIN agents_device device ON device.id = device_id"
    )[0]
    assert facts.subject == SUBJECT
    assert "Open" in facts.status
    assert NAME in facts.customer
    assert EMAIL in facts.customer
    assert "Acme" in facts.customer
    assert str(device) in facts.device
    assert str(user) in facts.device
    assert "Verified" in facts.device
    assert DESCRIPTION in facts.activity
    received = console.screenshot_of_ticket()
    received.save(album.next("attachment"))
    assert received.size == before.size
    assert ImageChops.difference(received, before).getbbox() is None, "the screenshot is not what was shown"


def test_a_single_device_is_enabled_from_its_manage_menu(
    agent: TrayAgent, console: Console, desktop: XHost, sink: SmtpSink, server: Server, album: Album
) -> None:
    [(device, user)] = server.rows(
        "SELECT device.name, user_name FROM agents_profile JOIN agents_device device ON device.id = device_id"
    )
    console.sign_in(CARLA)
    console.enable_on_device(str(device), str(user))
    agent.verify(NAME, EMAIL, sink, lambda name: desktop.picture(album.next(name)))
    assert server.rows("SELECT state FROM agents_profile") == [("verified",)]


def test_a_ticket_waits_for_the_network_through_a_kill_and_comes_once(
    verified: TrayAgent, console: Console, desktop: XHost, server: Server, cable: TcpCut, album: Album
) -> None:
    console.open_list()
    screen = desktop.still_picture(album.next("screen-before-hotkey"))
    cable.cut()
    verified.press_hotkey()
    verified.fill_in(SUBJECT, DESCRIPTION)
    verified.send()
    desktop.picture(album.next("ticket-waits"))
    verified.process.kill()
    assert tickets(server) == 0

    verified.start()
    refused = cable.refused
    wait_for(lambda: cable.refused > refused, "a try of the new process")
    cable.restore()
    restored = time.monotonic()
    console.seconds_until_listed(SUBJECT, since=restored, limit=60)
    stays_one(server)
    console.open_ticket(SUBJECT)
    assert ImageChops.difference(console.screenshot_of_ticket(), screen).getbbox() is None


def test_a_lost_answer_makes_no_second_ticket(
    verified: TrayAgent, console: Console, server: Server, cable: TcpCut
) -> None:
    console.open_list()
    cable.lose_next_answer(b"POST /api/agent/v1/tickets")
    verified.press_hotkey()
    verified.fill_in(SUBJECT, DESCRIPTION)
    sent = verified.send()
    console.seconds_until_listed(SUBJECT, since=sent)
    assert cable.lost_answers == 1
    wait_for(lambda: verified.waiting() == 0, "an empty outbox", 60)
    stays_one(server)


def test_a_lost_answer_and_a_kill_make_no_second_ticket(
    verified: TrayAgent, server: Server, cable: TcpCut
) -> None:
    cable.lose_next_answer(b"POST /api/agent/v1/tickets")
    verified.press_hotkey()
    verified.fill_in(SUBJECT, DESCRIPTION)
    verified.send()
    wait_for(lambda: cable.lost_answers == 1, "the lost answer")
    verified.process.kill()
    verified.start()
    wait_for(lambda: verified.waiting() == 0, "an empty outbox", 60)
    stays_one(server)


def tickets(server: Server) -> int:
    [(count,)] = server.rows("SELECT count(*) FROM tickets_ticket")
    assert isinstance(count, int)
    return count


def stays_one(server: Server, seconds: float = 3) -> None:
    """Exactly one ticket, and no other one a little later."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert tickets(server) == 1
        time.sleep(0.1)
