"""The tray agent as its user meets it: a process on a display, windows, keys."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.hosts.display import XHost
from tests.hosts.mail import SmtpSink
from tests.hosts.process import Process
from tests.hosts.wine import WineHost

TOKEN = re.compile(r"^\s*([A-HJ-NP-TV-Z2-9]{4}-[A-HJ-NP-TV-Z2-9]{4})\s*$", re.M)
SETTINGS = "Personal settings"
NEW_TICKET = "New ticket"
Picture = Callable[[str], object]
Start = Callable[..., Process]


def token_in(mail: str) -> str:
    """The confirmation token, on a line of its own."""
    [token] = TOKEN.findall(mail)
    return str(token)


class TrayAgent:
    """The agent of one user at one desktop. ``start`` runs the agent's program with the words it is given.

    What it shows is awaited by the lines that it prints with DESKBELL_TRACE=1; all it is told comes by keys.
    """

    def __init__(self, desktop: XHost, start: Start) -> None:
        self.desktop = desktop
        self.command = start
        self.start()

    def start(self) -> None:
        self.process = self.command("run")
        self.process.expect("ready")

    def open_settings(self) -> None:
        """In the running agent, as from the start menu."""
        said = len(self.process.lines)
        asking = self.command("settings")
        self.process.expect("settings shown", since=said)
        assert asking.wait() == 0
        self._settle(SETTINGS)

    def verify(self, full_name: str, email: str, sink: SmtpSink, picture: Picture) -> None:
        """Fill in Personal settings by keys, with the token from the mail."""
        self.process.expect("state enabled")
        self.open_settings()
        self.desktop.type(full_name)
        self.desktop.press("Tab")
        self.desktop.type(email)
        picture("settings-filled-in")
        self.desktop.press("Return")
        token = token_in(sink.wait_for_mail(email, "confirmation token"))
        self.process.expect("answered")  # now the window knows it too, and takes the token
        self._settle(SETTINGS)
        self.desktop.type(token)
        picture("token-filled-in")
        self.desktop.press("Return")
        self.process.expect("settings verified")
        self._settle(SETTINGS)
        picture("confirmed")
        self.desktop.press("Escape")

    def press_hotkey(self) -> float:
        """Milliseconds from the agent's hearing it to the form, as the agent tells them."""
        self.process.expect("hotkey by")
        said = len(self.process.lines)
        self.desktop.key("ctrl+F12")
        line = self.process.expect("form shown by hotkey", since=said)
        self._settle(NEW_TICKET)
        return float(line.rsplit(" ", 2)[1])

    def fill_in(self, subject: str, description: str) -> None:
        self.desktop.type(subject)
        self.desktop.press("Tab")
        self.desktop.type(description)

    def send(self) -> float:
        """When the keys were pressed (time.monotonic); returns once the ticket is safe on the disk."""
        said = len(self.process.lines)
        pressed = time.monotonic()
        self.desktop.press("ctrl+Return")
        self.process.expect("queued", since=said)
        return pressed

    def waiting(self) -> int:
        """How many tickets lie in the outbox, as the agent's own command line tells."""
        process = self.command("status")
        assert process.wait() == 0, process.output
        return int(process.expect("waiting:").split()[1])

    def _settle(self, window: str) -> None:
        """A window that has just come takes the keyboard a moment later."""
        time.sleep(0.4)
        self.desktop.focus(window)


def linux_agent(desktop: XHost, folder: Path, server: str, key: str) -> Start:
    environment = {
        "DESKBELL_SERVER": server,
        "DESKBELL_KEY": key,
        "DESKBELL_DATA": str(folder / "data"),
        "DESKBELL_TRACE": "1",
        "XDG_CONFIG_HOME": str(folder / "config"),
        "DBUS_SESSION_BUS_ADDRESS": "",
        "PYSTRAY_BACKEND": "xorg",
        "PYTHONUNBUFFERED": "1",
        "PYTHONFAULTHANDLER": "1",
    }

    def start(*words: str) -> Process:
        return desktop.start(sys.executable, "-m", "tray_agent", *words, **environment)

    return start


def windows_agent(desktop: WineHost, server: str, key: str) -> Start:
    """From source, by the Windows CPython; its data lie where Windows wants them, in %APPDATA%."""

    def start(*words: str) -> Process:
        return desktop.python(
            "-m", "tray_agent", *words,
            DESKBELL_SERVER=server, DESKBELL_KEY=key, DESKBELL_TRACE="1", PYTHONUNBUFFERED="1",
        )  # fmt: skip

    return start
