"""One of each thing of the administration, for the contract."""

from datetime import datetime
from typing import TypedDict

from agents.domain.activation import Action
from agents.models import Client, CustomField, Device, Profile
from agents.services import apply_activation, create_key
from helpdesk.core.models import ImportRun, Role, Team, User
from tests.conftest import make_user
from tickets.models import BlockedSender, Calendar, Mailbox, Rule, ServiceTarget, StoppedAddress
from tickets.services.mail.journal import store_raw


class _Facts(TypedDict):
    client: Client
    by: User
    now: datetime


def setup_things(pc: Device, carla: User, now: datetime) -> dict[str, object]:
    """By the names of the places in addresses."""
    profile = Profile.objects.create(device=pc, sid="S-1-5-21-1001", user_name="anna", created_at=now)
    devices, facts = Device.objects.filter(pk=pc.pk), _Facts(client=pc.client, by=carla, now=now)
    calendar = Calendar.objects.create(name="Shop", week=[[[540, 1020]]] * 5 + [[], []])
    day = calendar.days_off.create(first=now.date(), last=now.date(), name="Closed")
    promises = {"urgent": {"first": [1, "h"], "warn": 0}}
    role = Role.objects.create(name="Trainee", permissions=["tickets.view"])
    return {
        "person": make_user("dora@desk.example", "Dora", role).pk,
        "team": Team.objects.create(name="Night").pk,
        "role": role.pk,
        "letter": "invite",
        "language": "de",
        "field": CustomField.objects.create(belongs_to="device", key="floor", name="Floor", type="text").pk,
        "key": create_key(label="Installer", **facts)[0].pk,
        "agent_run": str(apply_activation(devices=devices, action=Action.ENABLE, **facts).public_id),
        "profile": str(profile.public_id),
        "incoming": store_raw(raw=b"Subject: Disk", source="pipe", now=now).pk,
        "blocked": BlockedSender.objects.create(pattern="evil.example", created_at=now).pk,
        "stopped": StoppedAddress.objects.create(email="anna@acme.example", created_at=now).pk,
        "mailbox": Mailbox.objects.create(address="info@desk.example", created_at=now).pk,
        "rule": Rule.objects.filter(is_default=False).order_by("pk")[0].pk,
        "calendar": calendar.pk,
        "day": day.pk,
        "target": ServiceTarget.objects.create(name="Gold", calendar=calendar, promises=promises).pk,
        "import_run": str(
            ImportRun.objects.create(kind="clients", text="name\nInitech", by=carla, created_at=now).public_id
        ),
    }
