"""The same path with an agent that is nothing but HTTP: tells a fault of the server from one of the agent."""

import io
import json
import secrets
import time
from uuid import uuid4

import pytest
import requests
from PIL import Image, ImageChops

from tests.hosts.agent import token_in
from tests.hosts.console import Console
from tests.hosts.mail import SmtpSink
from tests.hosts.server import CARLA, Server

pytestmark = pytest.mark.e2e


class HttpAgent:
    def __init__(self, server: Server, key: str) -> None:
        self._base = f"{server.url}/api/agent/v1"
        self._credential = f"dba_{secrets.token_urlsafe(32)}"
        answer = requests.post(
            f"{self._base}/register",
            json={
                "enrolment_key": key, "credential": self._credential, "agent_version": "0.1.0",
                "machine": {"id": "m-1", "name": "ACME-PC-1", "os_name": "Windows 11", "os_version": "24H2",
                            "kind": "workstation"},
                "user": {"sid": "S-1-5-21-1-2-3-1001", "name": "anna", "display_name": "Anna"},
            },
            headers={"Deskbell-Agent-Version": "0.1.0"},
            timeout=10,
        )  # fmt: skip
        assert answer.status_code == 201, answer.text

    def post(self, path: str, body: dict[str, str], **headers: str) -> requests.Response:
        return requests.post(f"{self._base}/{path}", json=body, headers=self._headers | headers, timeout=10)

    def send_ticket(self, subject: str, screenshot: bytes) -> requests.Response:
        ticket = {"subject": subject, "description": "Two lines\nof text", "priority": "high", "details": {}}
        return requests.post(
            f"{self._base}/tickets",
            data={"ticket": json.dumps(ticket)},
            files={"screenshot": ("s.png", screenshot, "image/png")},
            headers=self._headers | {"Idempotency-Key": str(uuid4())},
            timeout=10,
        )

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Agent {self._credential}", "Deskbell-Agent-Version": "0.1.0"}


def test_a_plain_http_agent_is_enabled_confirmed_and_heard(
    server: Server, sink: SmtpSink, console: Console
) -> None:
    agent = HttpAgent(server, server.keys["Acme"])
    assert agent.post("heartbeat", {}).json()["state"] == "off"
    console.sign_in(CARLA)
    console.enable_for_client("Acme")
    assert agent.post("heartbeat", {}).json()["state"] == "enabled"
    asked = agent.post("verification/token", {"full_name": "Anna Gruen", "email": "anna@acme.example"})
    assert asked.status_code == 202, asked.text
    mail = sink.wait_for_mail("anna@acme.example", "confirmation token")
    assert agent.post("verification/confirm", {"token": token_in(mail)}).json()["state"] == "verified"

    console.open_list()
    screen = Image.effect_noise((800, 600), 80).convert("RGB")
    png = io.BytesIO()
    screen.save(png, "PNG")
    answer = agent.send_ticket("Printer jam", png.getvalue())
    assert answer.status_code == 201, answer.text
    assert console.seconds_until_listed("Printer jam", since=time.monotonic()) < 2
    facts = console.open_ticket("Printer jam")
    assert "ACME-PC-1" in facts.device
    assert "anna" in facts.device
    assert "anna@acme.example" in facts.customer
    assert facts.priority.startswith("High")
    assert ImageChops.difference(console.screenshot_of_ticket(), screen).getbbox() is None
