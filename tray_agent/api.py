"""The server's agent API, version 1."""

import json
import os
from collections.abc import Mapping
from typing import Any

import requests

from tray_agent import __version__
from tray_agent.model import Machine
from tray_agent.texts import LANGUAGE

CONNECT_SECONDS, READ_SECONDS, UPLOAD_SECONDS = 5, 15, 120
LONGEST_RETRY_AFTER = 86_400.0


class ApiError(Exception):
    """The server said no: its problem document (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", f"http-{status}"))
        fields = " ".join(str(error.get("message", "")) for error in problem.get("errors") or ())
        self.sentence = fields or str(problem.get("detail") or problem.get("title") or self.code)
        self.extra = problem
        super().__init__(f"{status} {self.code}")

    @property
    def retry_after(self) -> float:
        """Seconds to wait, as the server asked, a day at most; 0 if it did not."""
        try:
            asked = float(self.extra.get("retry_after_seconds", 0))
        except (TypeError, ValueError):
            return 0
        return min(asked, LONGEST_RETRY_AFTER) if asked > 0 else 0  # NaN is not above 0


class Offline(Exception):
    """No answer came: nobody knows whether the server got it."""


def document_of(content: bytes) -> dict[str, Any]:
    """The JSON object of an answer; nothing where it is something else."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def problem_of(content: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """What a refusal says, with the wait that its head asks for."""
    body, asked = document_of(content), headers.get("Retry-After", "")
    if not body.get("retry_after_seconds") and asked.isdigit():
        body["retry_after_seconds"] = int(asked)
    return body


class Api:
    def __init__(self, server: str, credential: str) -> None:
        self._base = f"{server}/api/agent/v1/"
        self._http = requests.Session()
        self._http.trust_env = False  # no .netrc: it would replace our Authorization
        if server.startswith("https:"):  # through a proxy only what it cannot read
            self._http.proxies.update(requests.utils.get_environ_proxies(server))
        self._http.verify = os.environ.get("DESKBELL_CA") or True
        self._http.headers.update(
            {
                "Authorization": f"Agent {credential}",
                "Deskbell-Agent-Version": __version__,
                "Accept": "application/json, application/problem+json",
                "Accept-Language": LANGUAGE,
            }
        )

    def _call(
        self, method: str, path: str, *, seconds: float = READ_SECONDS, **kwargs: Any
    ) -> dict[str, Any]:
        timeout = (CONNECT_SECONDS, seconds)
        try:
            answer = self._http.request(
                method, self._base + path, timeout=timeout, allow_redirects=False, **kwargs
            )
        except requests.RequestException as error:
            raise Offline(type(error).__name__) from None  # the text of the error may hold the whole request
        body = document_of(answer.content)
        if not answer.ok or answer.is_redirect or not body:
            raise ApiError(answer.status_code, problem_of(answer.content, answer.headers))
        return body

    def register(self, *, key: str, credential: str, machine: Machine) -> dict[str, Any]:
        body = {
            "enrolment_key": key,
            "credential": credential,
            "machine": {
                "id": machine.id,
                "name": machine.name,
                "os_name": machine.os_name,
                "os_version": machine.os_version,
                "kind": machine.kind,
            },
            "user": {"sid": machine.sid, "name": machine.user_name, "display_name": machine.display_name},
            "agent_version": __version__,
        }
        return self._call("POST", "register", json=body)

    def heartbeat(self, *, signed_in: bool = True) -> dict[str, Any]:
        return self._call("POST", "heartbeat", json={"signed_in": signed_in})

    def me(self) -> dict[str, Any]:
        return self._call("GET", "me")

    def send_token(self, *, full_name: str, email: str) -> dict[str, Any]:
        return self._call("POST", "verification/token", json={"full_name": full_name, "email": email})

    def confirm(self, *, token: str) -> dict[str, Any]:
        return self._call("POST", "verification/confirm", json={"token": token})

    def open_ticket(
        self, *, key: str, ticket: dict[str, Any], screenshot: bytes | None, files: list[tuple[str, bytes]]
    ) -> dict[str, Any]:
        """Safe to repeat with the same key: the server answers with the ticket it has."""
        parts: list[tuple[str, tuple[str | None, Any, str]]] = [
            ("ticket", (None, json.dumps(ticket), "application/json"))
        ]
        if screenshot is not None:
            parts.append(("screenshot", ("screenshot.png", screenshot, "image/png")))
        parts += [("files", (name, data, "application/octet-stream")) for name, data in files]
        headers = {"Idempotency-Key": key}
        return self._call("POST", "tickets", files=parts, headers=headers, seconds=UPLOAD_SECONDS)

    def tickets(self) -> dict[str, Any]:
        return self._call("GET", "tickets")
