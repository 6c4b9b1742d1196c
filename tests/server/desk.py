"""The desk as a process with the probe app, and a browser-like reader of its live events."""

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import requests

from tests.hosts.process import Process, free_port

PATIENCE_SECONDS = 4


class Desk:
    """`manage.py serve` in a folder of its own. `stop` and `kill` end it, `start` starts it again."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.data = folder
        self.streams: list[Stream] = []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self.environment = {
            **kept,
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "DEMO": "0",
            "SMTP_LISTEN": "",
            "PATIENCE_SECONDS": str(PATIENCE_SECONDS),
            "DJANGO_SETTINGS_MODULE": "tests.server.probe.settings",
            **environment,
        }
        self.process = self.launch()
        self.process.expect("Deskbell is ready", 60)

    def launch(self) -> Process:
        return Process([sys.executable, "manage.py", "serve"], self.environment)

    def start(self) -> None:
        self.process = self.launch()
        self.process.expect("Deskbell is ready", 60)

    def hang_up(self) -> None:
        """Close every stream that a test left open."""
        while self.streams:
            self.streams.pop().close()

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=20, **options)

    def post(self, path: str, fields: object = None, **options: Any) -> requests.Response:
        if fields is not None:
            options["json"] = fields
        return requests.post(self.url + path, timeout=30, **options)

    def sign_in(self, email: str, *, clients: list[str] | None = None) -> "Visitor":
        answer = self.post("/probe/sign-in/", {"email": email, "clients": clients})
        answer.raise_for_status()
        return Visitor(self, answer.json(), answer.cookies.get_dict())

    def announce(
        self, name: str, ref: str = "", *, client_id: int | None = None, user_id: int | None = None
    ) -> None:
        fields = {"name": name, "ref": ref, "client_id": client_id, "user_id": user_id}
        self.post("/probe/announce/", fields).raise_for_status()


class Visitor:
    """Somebody who is signed in, with the ids that a test needs."""

    def __init__(self, desk: Desk, facts: dict[str, Any], cookies: dict[str, str]) -> None:
        self.desk = desk
        self.user_id: int = facts["user_id"]
        self.clients: dict[str, int] = facts["clients"]
        self.cookies = cookies

    def listen(self, last_event_id: str = "", *, after: str = "") -> "Stream":
        return Stream(self.desk, self.cookies, last_event_id, after)


class Stream:
    """An open /live/: `events` are (name, ref) pairs, `last_id` is what an EventSource would send again."""

    def __init__(self, desk: Desk, cookies: dict[str, str], last_event_id: str = "", after: str = "") -> None:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self.connection = HTTPConnection("127.0.0.1", desk.port, timeout=20)
        self.connection.request("GET", f"/live/?after={after}" if after else "/live/", headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.events: list[tuple[str, str]] = []
        self.last_id = ""
        self.has_ended = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        desk.streams.append(self)
        if self.status == 200:
            self.thread.start()
            until(lambda: bool(self.last_id), "the greeting of the stream")

    def _read(self) -> None:
        name = ""
        with contextlib.suppress(OSError, HTTPException, ValueError):
            for raw in self.response:
                field, _, value = raw.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    self.events.append((name, value))
                elif field == "id":
                    self.last_id = value
        self.has_ended = True

    def expect(self, *wanted: tuple[str, str]) -> None:
        until(lambda: self.events == list(wanted), f"{wanted}, got {self.events}")

    def close(self) -> None:
        """Hang up, also while the reader waits."""
        if self.connection.sock is not None:
            with contextlib.suppress(OSError):
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        if self.thread.is_alive():
            self.thread.join(5)
        self.response.close()
        self.connection.close()


def until(reached: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, f"Not within {seconds} s: {what}"
        time.sleep(0.02)
