"""A small world behind the console: Acme and Globex, a technician who reaches Globex alone."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from agents.domain.profile import State
from agents.models import Client, Contact, Device, Profile, RoleScope
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Role, User
from helpdesk.core.web import CONFIRMED
from tests.conftest import browser_of, make_user

MakeDevice = Callable[..., Device]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def make_device(acme: Client) -> MakeDevice:
    """A device of Acme, seen just now, with a profile for each of `users`. The views read the real clock."""

    def make(
        name: str = "PC-1",
        *users: str,
        client: Client | None = None,
        state: State = State.OFF,
        profile: dict[str, Any] | None = None,
        **fields: Any,
    ) -> Device:
        now = timezone.now()
        device = Device.objects.create(
            **{
                "client": client or acme, "machine_id": f"m-{name}", "name": name, "os_name": "Windows 11",
                "last_seen_at": now, "created_at": now, **fields,
            }
        )  # fmt: skip
        facts = profile or {}
        if state is State.VERIFIED:
            facts = {"contact": _claire(), "verified_at": now, **facts}
        for user in users:
            Profile.objects.create(
                device=device, sid=f"S-1-5-{name}-{user}", user_name=user, state=state.value,
                state_changed_at=now, last_seen_at=device.last_seen_at, created_at=now, **facts,
            )  # fmt: skip
        return device

    return make


def _claire() -> Contact:
    return Contact.objects.get_or_create(full_name="Claire Fontaine", email="claire@acme.example")[0]


def role_of(name: str, *permissions: Permission, clients: list[Client] | None = None) -> Role:
    """Without `clients` it reaches all of them."""
    role = Role.objects.create(name=name, permissions=list(permissions), all_clients=clients is None)
    for client in clients or []:
        RoleScope.objects.create(role=role, client=client)
    return role


@pytest.fixture
def eve(db: None) -> User:
    """She cares for people and roles but is no administrator."""
    may = (Permission.USERS_EDIT, Permission.TICKETS_VIEW, Permission.CLIENTS_VIEW)
    return make_user("eve@deskbell.example", "Eve Moneypenny", role_of("People", *may))


@pytest.fixture
def client_eve(eve: User) -> Browser:
    return browser_of(eve)


@pytest.fixture
def client_gil(globex: Client) -> Browser:
    """A technician of Globex alone."""
    may = [p for p in Permission if p not in (Permission.USERS_EDIT, Permission.SETTINGS_EDIT)]
    return browser_of(make_user("gil@deskbell.example", "Gil", role_of("Globex", *may, clients=[globex])))


def text_of(response: object) -> str:
    """The page. The answers of Django's test browser have a type without a name."""
    return cast("HttpResponse", response).content.decode()


def long_ago(browser: Browser) -> None:
    """The browser's person showed who they are too long ago for what is grave."""
    session = browser.session
    session[CONFIRMED] = 0
    session.save()
