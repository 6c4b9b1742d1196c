"""The agent's command line, for scripts: no window, the same ticket."""

from pathlib import Path

import pytest
from PIL import ImageChops

from tests.hosts.agent import linux_agent, token_in
from tests.hosts.cable import TcpCut
from tests.hosts.console import Album, Console
from tests.hosts.display import XHost
from tests.hosts.mail import SmtpSink
from tests.hosts.server import CARLA, Server

pytestmark = [pytest.mark.e2e, pytest.mark.gui]


def test_the_command_line_verifies_and_opens_a_ticket_with_a_screenshot(
    server: Server,
    cable: TcpCut,
    sink: SmtpSink,
    desktop: XHost,
    console: Console,
    album: Album,
    tmp_path: Path,
) -> None:
    desktop.show_wallpaper(tmp_path / "wallpaper.png")
    agent = linux_agent(desktop, tmp_path, cable.url, server.keys["Acme"])
    agent("status").expect("state: off")
    console.sign_in(CARLA)
    console.enable_for_client("Acme")
    assert agent("verify", "--name", "Anna Gruen", "--email", "anna@acme.example").wait() == 0
    token = token_in(sink.wait_for_mail("anna@acme.example", "confirmation token"))
    agent("verify", "--token", token.lower().replace("-", " ")).expect("state: verified")

    screen = desktop.still_picture(album.next("screen"))
    cable.cut()
    words = ("ticket", "--subject", "From a script", "--description", "No window", "--screenshot")
    assert agent(*words).wait() == 3, "it waits for the network"
    cable.restore()
    agent(*words[:2], "Another one").expect("Ticket #")
    assert server.rows("SELECT count(*) FROM tickets_ticket WHERE subject = 'From a script'") == [(1,)]
    assert console.listed("From a script") == 1
    assert "No window" in console.open_ticket("From a script").activity
    assert ImageChops.difference(console.screenshot_of_ticket(), screen).getbbox() is None
