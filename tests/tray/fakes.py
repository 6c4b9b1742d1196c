"""A desk, a store and a computer for the agent's tests."""

import email
import email.policy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tray_agent.api import ApiError, Offline
from tray_agent.model import Machine, Me

MACHINE = Machine("id", "pc-7", "Windows 11", "23H2", "workstation", "S-1-5-21-1", "anna")
VERIFIED = {"state": "verified", "organisation": "Desk", "me_version": "v2", "capabilities": ["tickets"]}
OFF = {"state": "off", "me_version": "v1"}


class MemoryStore:
    name = "memory"

    def __init__(self, secret: str = "") -> None:
        self.secret = secret

    def load(self) -> str:
        return self.secret

    def save(self, secret: str) -> None:
        self.secret = secret


@dataclass
class FakeDesk:
    """Answers from `me`; `troubles` are raised first, one a call of the named kind."""

    me_answer: dict[str, Any] = field(default_factory=lambda: dict(VERIFIED))
    troubles: dict[str, list[ApiError | Offline]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    tickets_by_key: dict[str, dict[str, Any]] = field(default_factory=dict)
    registrations: list[dict[str, Any]] = field(default_factory=list)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.troubles.get(name):
            raise self.troubles[name].pop(0)

    def register(self, *, key: str, credential: str, machine: Machine) -> dict[str, Any]:
        self._call("register")
        self.registrations.append({"key": key, "credential": credential, "machine": machine})
        return self.me_answer

    def heartbeat(self, *, signed_in: bool = True) -> dict[str, Any]:
        self._call("heartbeat" if signed_in else "signed out")
        return {
            "state": self.me_answer["state"],
            "me_version": self.me_answer["me_version"],
            "heartbeat_seconds": 0.02,
        }

    def me(self) -> dict[str, Any]:
        self._call("me")
        return self.me_answer

    def send_token(self, *, full_name: str, email: str) -> dict[str, Any]:
        self._call("send_token")
        return self.me_answer

    def confirm(self, *, token: str) -> dict[str, Any]:
        self._call("confirm")
        return self.me_answer

    def open_ticket(
        self, *, key: str, ticket: dict[str, Any], screenshot: bytes | None, files: list[tuple[str, bytes]]
    ) -> dict[str, Any]:
        self._call("open_ticket")
        self.tickets_by_key.setdefault(
            key, {"number": len(self.tickets_by_key) + 1, "files": files, **ticket}
        )
        return self.tickets_by_key[key]

    def tickets(self) -> dict[str, Any]:
        self._call("tickets")
        row = {"number": 7, "subject": "Printer", "status": "open", "updated_at": "2026-11-22T10:00:00+00:00"}
        return {"results": [row, {**row, "number": 6, "updated_at": None}]}


def refusal(status: int, code: str, **extra: object) -> ApiError:
    return ApiError(status, {"code": code, "title": code, **extra})


def me(state: str = "verified", **facts: Any) -> Me:
    return Me(state=state, **facts)


@dataclass
class HttpDesk:
    """The agent API on a loopback port, as far as these tests need it."""

    url: str = ""
    state: str = "verified"
    known: bool = True
    lose: Callable[[int], str] = lambda _n: ""
    """For the nth ticket request: "request" loses it, "answer" takes it and says nothing."""
    answer: tuple[int, dict[str, str], bytes] | None = None
    """Instead of all answers: status, headers, body."""
    refusal: str = ""
    """Of every ticket."""
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: int = 0

    def reply(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]] | None:
        self.requests.append((method, path, headers, body))
        name = path.removeprefix("/api/agent/v1/")
        if name == "register":
            self.known = True
            return 201, self._me()
        if not self.known:
            return 401, {"code": "credential-unknown", "title": "Unknown"}
        if name == "tickets" and method == "POST":
            return self._take(headers, body)
        if name == "tickets":
            return 200, {"results": []}
        return 200, self._me()

    def _me(self) -> dict[str, Any]:
        return {"state": self.state, "me_version": self.state, "heartbeat_seconds": 1, "organisation": "Desk"}

    def _take(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]] | None:
        self.posts += 1
        if self.refusal:
            return 422, {"code": "invalid", "errors": [{"message": self.refusal}]}
        loss = self.lose(self.posts)
        if loss == "request":
            return None
        if self.state != "verified":
            return 403, {"code": "profile-not-verified", "title": "Not verified"}
        key, parts = headers["Idempotency-Key"], multipart(headers["Content-Type"], body)
        is_new = key not in self.tickets
        self.tickets.setdefault(key, {"number": len(self.tickets) + 1, "parts": parts})
        return None if loss == "answer" else (201 if is_new else 200, {"number": self.tickets[key]["number"]})


def multipart(content_type: str, body: bytes) -> list[tuple[str, str | None, bytes]]:
    """(field, file name, content) of every part."""
    message = email.message_from_bytes(
        f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=email.policy.HTTP
    )
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            bytes(part.get_payload(decode=True)),
        )
        for part in message.walk()
        if not part.is_multipart()
    ]


@contextmanager
def http_desk(**facts: Any) -> Iterator[HttpDesk]:
    desk = HttpDesk(**facts)

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if desk.answer is not None:
                desk.requests.append((self.command, self.path, dict(self.headers), body))
                status, headers, content = desk.answer
            else:
                reply = desk.reply(self.command, self.path, dict(self.headers), body)
                if reply is None:
                    return  # HTTP/1.0: the connection is closed without an answer
                status, headers = reply[0], {"Content-Type": "application/json"}
                content = json.dumps(reply[1]).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield desk
    server.shutdown()
    server.server_close()
