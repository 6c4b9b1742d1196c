"""A26: what an agent reports is data to the database and text to its reader; so is what looks like a link."""

import json
import re
from datetime import datetime
from typing import cast
from uuid import uuid4

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client as Browser

from agents.domain.profile import State
from agents.domain.secret import make_credential
from agents.models import Client, Contact, Device, Profile
from agents.services import create_key
from helpdesk.core.models import Organisation, OutgoingMail, User
from helpdesk.core.services.letters import write_letter
from tests.tickets.pages import opened
from tests.web.conftest import text_of
from tickets.models import Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db
SQL = [
    "x'; DROP TABLE tickets_ticket; --",
    "' OR '1'='1",
    "1) UNION SELECT password FROM core_user --",
    '" OR subject MATCH "a*" NEAR(b',
    "%s %(x)s {0} ${jndi:ldap://evil}",
]
SCHEMES = [
    "[click](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "javascript://example.com/%0aalert(1)",
    "[a]: javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "JaVaScRiPt:alert(1)//http://x.example",
    "vbscript:msgbox(1)",
]


def send(agent: Browser, path: str, body: object) -> int:
    answer = agent.post(
        f"/api/agent/v1/{path}", json.dumps(body), content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )  # fmt: skip
    return answer.status_code


@pytest.mark.parametrize("evil", SQL)
def test_a26_sql_in_the_inventory_of_an_agent_is_text(
    client_carla: Browser, acme: Client, carla: User, now: datetime, evil: str
) -> None:
    key, credential = create_key(client=acme, label="x", by=carla, now=now)[1], make_credential()
    machine = {
        "id": "m-1",
        "name": evil,
        "os_name": evil[:60],
        "os_version": evil[:60],
        "kind": "workstation",
    }
    user = {"sid": "S-1-5-21-1-2-3-1001", "name": evil, "display_name": evil}
    registration = {"enrolment_key": key, "credential": credential, "machine": machine, "user": user}
    assert send(Browser(), "register", {**registration, "agent_version": "0.1.0"}) == 201
    device, profile = Device.objects.get(), Profile.objects.get()
    assert (device.name, device.os_name, profile.user_name, profile.display_name) == (
        evil,
        evil[:60],
        evil,
        evil,
    )

    anna = Contact.objects.create(client=acme, full_name=evil, email="anna@acme.example")
    Profile.objects.update(state=State.VERIFIED, contact=anna, verified_at=now)
    agent = Browser(headers={"Authorization": f"Agent {credential}", "Deskbell-Agent-Version": "0.1.0"})
    ticket = {"subject": evil, "description": evil, "details": {evil: [evil]}, "priority": "low"}
    assert send(agent, "tickets", ticket) == 201
    made = Ticket.objects.get()
    assert (made.subject, made.details) == (evil, {evil: [evil]})

    tables = connection.introspection.table_names()
    for path in ("/devices/", "/find/", "/tickets/", "/clients/", f"/clients/{acme.public_id}/"):
        assert client_carla.get(path, {"q": evil}).status_code == 200
    for path in (f"/tickets/{made.pk}/", f"/devices/{device.public_id}/", "/approvals/"):
        assert client_carla.get(path).status_code == 200
    saved = cast(StreamingHttpResponse, client_carla.post("/tickets/export/", {}, query_params={"q": evil}))
    assert b"".join(saved).count(b"\n") <= 2
    assert connection.introspection.table_names() == tables
    assert Ticket.objects.count() == 1


def test_a26_sql_in_a_search_finds_no_more_than_its_words(
    client_carla: Browser, carla: User, now: datetime
) -> None:
    opened(carla, now, subject="Fax")
    for evil in SQL:
        assert '<tr id="ticket-' not in text_of(client_carla.get("/tickets/", {"q": evil}))


def links_of(html: str) -> list[str]:
    return re.findall(r"""(?:href|src|action)\s*=\s*["']?([^"'>\s]*)""", html, re.IGNORECASE)


@pytest.mark.parametrize("text", SCHEMES)
def test_a26_nothing_makes_a_link_that_runs(
    client_carla: Browser, acme: Client, carla: User, now: datetime, text: str
) -> None:
    """The desk renders no markdown; what mails turn into links begins with http, https or mailto."""
    anna = Contact.objects.create(client=acme, full_name="Anna", email="anna@acme.example")
    ticket = opened(carla, now, subject=text, description=text, client=acme, contact=anna)
    add_customer_message(ticket=ticket, body=text, now=now)
    add_note(ticket=ticket, body=text, by=carla, now=now)
    ticket.refresh_from_db()
    reply_to_customer(ticket=ticket, body=text, by=carla, now=now)
    mails = [mail.html for mail in OutgoingMail.objects.all()]
    facts = {"ticket": ticket, "body": text, "rule": text, "name": text, "url": "https://desk.example/"}
    for name in ("message", "notification", "survey", "confirmation"):
        house = Organisation(name=text[:60])
        template = f"tickets/mails/{name}"
        mails.append(write_letter(template, language="en", organisation=house, facts=facts).html)
    pages = [text_of(client_carla.get(path)) for path in (f"/tickets/{ticket.pk}/", "/tickets/?status=any")]
    assert len(mails) == 5
    for html in [*pages, *mails]:
        for link in links_of(html):
            assert re.match(r"(?i)(https?://|mailto:|tel:|[/#?]|$|data:image/svg)", link), link
