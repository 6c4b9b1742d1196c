"""Acme and Globex, their devices and the people at them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from agents.domain import secret
from agents.domain.profile import State
from agents.models import Client, Contact, Device, EnrolmentKey, Profile
from agents.services import create_key
from helpdesk.core.models import User

MakeProfile = Callable[..., Profile]
MakeDevice = Callable[..., Device]


@pytest.fixture
def acme_key(acme: Client, carla: User, now: datetime) -> str:
    return create_key(client=acme, label="Installer", by=carla, now=now - timedelta(days=2))[1]


@pytest.fixture
def globex_key(globex: Client, carla: User, now: datetime) -> str:
    return create_key(client=globex, label="Installer", by=carla, now=now - timedelta(days=2))[1]


@pytest.fixture
def key_row(acme_key: str) -> EnrolmentKey:
    return EnrolmentKey.objects.get(key_hash=secret.digest(acme_key))


@pytest.fixture
def make_device(acme: Client, now: datetime) -> MakeDevice:
    def make(
        name: str = "PC-1", *, client: Client | None = None, seen: float | None = 0, **fields: object
    ) -> Device:
        """`seen`: seconds ago, None for never."""
        at = None if seen is None else now - timedelta(seconds=seen)
        return Device.objects.create(
            client=client or acme,
            machine_id=f"machine-{name}",
            name=name,
            last_seen_at=at,
            created_at=now,
            **fields,
        )

    return make


@pytest.fixture
def make_profile(make_device: MakeDevice, now: datetime) -> MakeProfile:
    def make(
        user: str = "claire",
        *,
        device: Device | None = None,
        state: State = State.ENABLED,
        seen: float | None = 0,
        **fields: object,
    ) -> Profile:
        device = device or Device.objects.filter(name="PC-1").first() or make_device()
        return Profile.objects.create(
            device=device,
            sid=f"S-1-5-21-{user}",
            user_name=user,
            state=state.value,
            state_changed_at=now - timedelta(days=1),
            last_seen_at=None if seen is None else now - timedelta(seconds=seen),
            created_at=now,
            **fields,
        )

    return make


@pytest.fixture
def claire(acme: Client) -> Contact:
    return Contact.objects.create(client=acme, full_name="Claire Fontaine", email="claire@acme.example")


@pytest.fixture
def verified(make_profile: MakeProfile, claire: Contact, now: datetime) -> Profile:
    return make_profile("claire", state=State.VERIFIED, contact=claire, verified_at=now)
