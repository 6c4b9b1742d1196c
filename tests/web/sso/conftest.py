"""A real provider on loopback, which the operator opened to the desk, and a row for it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from helpdesk.core.models import (
    IdentityProvider,
    User,
)
from tests.hosts.oidc import Provider, oidc_provider
from tests.web.sso.walk import make_provider


@pytest.fixture(scope="module")
def _server() -> Iterator[Provider]:
    with oidc_provider() as server:
        yield server


@pytest.fixture
def ring(_server: Provider, settings: Settings) -> Provider:
    """A provider in its first state, which the operator has opened to the desk."""
    settings.SIGN_IN_ALLOWED_HOSTS = ["127.0.0.1"]
    fresh = {"twist": {}, "told": {}, "about": {}, "token": "", "email_in_token": True, "person": None}
    for name, value in fresh.items():
        setattr(_server, name, value)
    _server.person = {"sub": "anna-1", "email": "ada@deskbell.example", "email_verified": True, "name": "Ada"}
    _server.asked.clear()
    _server.forms.clear()
    return _server


@pytest.fixture
def provider(ring: Provider, carla: User) -> IdentityProvider:
    return make_provider(ring, carla, links_by_email=True)
