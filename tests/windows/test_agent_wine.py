"""The tray agent, run from source by the Windows CPython: two Windows users at one machine at once."""

from collections.abc import Callable
from functools import partial

import pytest
from PIL import Image, ImageChops

from tests.hosts.agent import TrayAgent, windows_agent
from tests.hosts.console import Album, Console
from tests.hosts.mail import SmtpSink
from tests.hosts.server import CARLA, Server
from tests.hosts.wine import WineHost

pytestmark = pytest.mark.wine

TEXT = "Die Lampe blinkt grün, 3 Stück"


def test_two_windows_users_at_one_machine_open_a_ticket_each(
    windows_user: Callable[[str], WineHost], server: Server, sink: SmtpSink, console: Console, album: Album
) -> None:
    hosts = {name: windows_user(name) for name in ("anna", "bert")}
    for host in hosts.values():
        host.show_wallpaper(host.prefix / "wallpaper")
    agents = {
        name: TrayAgent(host, windows_agent(host, server.url, server.keys["Acme"]))
        for name, host in hosts.items()
    }
    for agent in agents.values():
        agent.process.expect("registered")
        agent.process.expect("live")
    assert server.rows("SELECT count(*) FROM agents_device") == [(1,)], "one machine"
    assert server.rows("SELECT user_name, sid FROM agents_profile ORDER BY sid") == [
        ("anna", "S-1-5-21-0-0-0-1000"),
        ("bert", "S-1-5-21-0-0-0-1001"),
    ]
    console.sign_in(CARLA)
    console.enable_for_client("Acme")
    for name, agent in agents.items():
        agent.verify(
            f"{name.title()} Gruen", f"{name}@acme.example", sink, partial(take, album, hosts[name], name)
        )
        assert "RegisterHotKey" in agent.process.expect("hotkey by")
        agent.process.expect("tray visible")

    screens = {}
    for name, agent in agents.items():  # both forms are open at the same time
        screens[name] = hosts[name].still_picture(album.next(f"{name}-screen"))
        agent.press_hotkey()
        agent.fill_in(f"Ticket of {name}", TEXT)
        take(album, hosts[name], name, "form")
    for agent in agents.values():
        agent.send()
        agent.process.expect("ticket ")

    for name in agents:
        assert console.listed(f"Ticket of {name}") == 1
        facts = console.open_ticket(f"Ticket of {name}")
        assert TEXT in facts.activity
        assert f"{name}@acme.example" in facts.customer
        assert name in facts.device
        received = console.screenshot_of_ticket()
        assert ImageChops.difference(received, screens[name]).getbbox() is None, (
            f"another screen than {name}'s"
        )


def take(album: Album, host: WineHost, name: str, step: str) -> Image.Image:
    return host.still_picture(album.next(f"{name}-{step}"))
