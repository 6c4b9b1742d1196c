"""Clients Acme and Globex, Anna at Acme with her verified profile, a technician for Globex alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.domain.profile import State
from agents.models import Client, Contact, Device, Profile, RoleScope
from helpdesk.core.models import Role, User
from helpdesk.core.templatetags.memo import Memo
from tests.conftest import make_user
from tickets.domain.status import Status
from tickets.models import Activity, Ticket


@pytest.fixture
def anna(acme: Client) -> Contact:
    return Contact.objects.create(
        client=acme, full_name="Anna Berg", email="anna@acme.example", phone="+49 30 1234"
    )


@pytest.fixture
def pc(acme: Client, now: datetime) -> Device:
    return Device.objects.create(client=acme, machine_id="m-1", name="ACME-PC-1", created_at=now)


@pytest.fixture
def profile(pc: Device, anna: Contact, now: datetime) -> Profile:
    return make_profile(pc, anna, now)


def make_profile(device: Device, contact: Contact | None, now: datetime, **facts: Any) -> Profile:
    return Profile.objects.create(
        **{
            "device": device,
            "sid": "S-1-5-21-1001",
            "user_name": "anna",
            "state": State.VERIFIED if contact else State.ENABLED,
            "state_changed_at": now,
            "contact": contact,
            "verified_at": now if contact else None,
            **facts,
        }
    )


@pytest.fixture
def gus(globex: Client, role_technician: Role) -> User:
    """A technician whose role covers Globex and nothing else."""
    role = Role.objects.create(name="For Globex", permissions=role_technician.permissions)
    RoleScope.objects.create(role=role, client=globex)
    return make_user("gus@deskbell.example", "Gus Gorman", role)


@pytest.fixture
def ticket(acme: Client, anna: Contact, now: datetime) -> Ticket:
    return make_tickets(1, now, client=acme, contact=anna)[0]


def make_tickets(count: int, now: datetime, **facts: Any) -> list[Ticket]:
    """Tickets a minute apart, the first one the newest."""
    contact = facts.get("contact")
    if contact:
        facts = {"contact_name": contact.full_name, "contact_email": contact.email, **facts}
    if facts.get("status") == "closed":
        facts["closed_at"] = now
    rows = [
        Ticket(
            **{
                "subject": f"Printer {i} is on fire",
                "created_at": now - timedelta(minutes=i),
                "updated_at": now - timedelta(minutes=i),
                **facts,
            }
        )
        for i in range(count)
    ]
    return Ticket.objects.bulk_create(rows)


def last_activity(ticket: Ticket) -> Activity:
    return ticket.activities.latest("id")


def the_ticket(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def closed(ticket: Ticket, now: datetime) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.CLOSED, closed_at=now)
    return the_ticket(ticket)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(as it was kept, as it would be drawn now) of each part of a page that was looked up."""
    seen: list[tuple[str, str]] = []
    look_up = Memo.render

    def compare(self: Memo, context: Any) -> str:  # noqa: ANN401 - as Django calls it
        kept = look_up(self, context)
        seen.append((kept, self.nodelist.render(context)))
        return kept

    monkeypatch.setattr(Memo, "render", compare)
    return seen
