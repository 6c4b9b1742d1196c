"""The tray agent as its user meets it: a process on a display, windows, keys."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.hosts.display import XHost
from tests.hosts.mail import SmtpSink
from tests.hosts.process import Process

SETTINGS = "Personal settings"
NEW_TICKET = "New ticket"
TOKEN = re.compile(r"^\s*([A-HJ-NP-TV-Z2-9]{4}-[A-HJ-NP-TV-Z2-9]{4})\s*$", re.M)
Picture = Callable[[str], None]
Start = Callable[..., Process]


def token_in(mail: str) -> str:
    """The confirmation token, on a line of its own."""
    [token] = TOKEN.findall(mail)
    return str(token)


class TrayAgent:
    """The agent of one user at one desktop. ``start`` runs the agent's program with the words it is given."""

    def __init__(self, desktop: XHost, start: Start) -> None:
        self.desktop = desktop
        self._start = start
        self.process = self.command("run")
        self.process.expect("ready", 40)

    @classmethod
    def on_linux(cls, desktop: XHost, folder: Path, server: str, key: str) -> "TrayAgent":
        return cls(desktop, linux_agent(desktop, folder, server, key))

    def command(self, *words: str) -> Process:
        return self._start(*words)

    def restart(self) -> None:
        assert not self.process.is_running
        self.process = self.command("run")
        self.process.expect("ready", 40)

    def verify(self, full_name: str, email: str, sink: SmtpSink, picture: Picture) -> None:
        """Fill in Personal settings by keys, with the token from the mail."""
        self.process.expect("state enabled")
        assert self.command("settings").wait() == 0
        self.desktop.wait_for_window(SETTINGS)
        self._settle()
        self.desktop.type(full_name)
        self.desktop.press("Tab")
        self.desktop.type(email)
        picture("settings-filled-in")
        self.desktop.press("Return")
        token = token_in(sink.wait_for_mail(email, "confirmation token"))
        self.process.expect("token sent")
        self._settle()
        picture("token-asked-for")
        self.desktop.type(token)
        self.desktop.press("Return")
        self.process.expect("state verified")
        self._settle()
        picture("verified")
        self.desktop.press("Escape")
        self.desktop.wait_for_no_window(SETTINGS)

    def press_hotkey(self) -> float:
        """Seconds from the key to the window."""
        began = time.monotonic()
        self.desktop.key("ctrl+F12")
        self.desktop.wait_for_window(NEW_TICKET)
        seconds = time.monotonic() - began
        self._settle()
        return seconds

    def fill_in(self, subject: str, description: str) -> None:
        self.desktop.type(subject)
        self.desktop.press("Tab")
        self.desktop.type(description)

    def send(self) -> float:
        """When it was sent (time.monotonic); returns once the ticket is safe on the disk."""
        said = len(self.process.lines)
        sent = time.monotonic()
        self.desktop.press("ctrl+Return")
        self.process.expect("queued", since=said)
        return sent

    def waiting(self) -> int:
        """How many tickets lie in the outbox, as the agent's own command line tells."""
        process = self.command("status")
        assert process.wait() == 0, process.output
        return int(process.expect("waiting:").split()[1])

    def _settle(self) -> None:
        """A window that has just come takes the keyboard a moment later."""
        time.sleep(0.4)


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
    }

    def start(*words: str) -> Process:
        return desktop.start(sys.executable, "-m", "tray_agent", *words, **environment)

    return start
