"""Programs of the cast: Ada's has her whole role, Mallory's token is no token."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client as Http

from helpdesk.core.models import User
from helpdesk.core.services.tokens import create_token

Program = Callable[..., Http]


def program_of(user: User, *scopes: str, days: str = "90", now: datetime | None = None) -> Http:
    """A program with a token of this person; without scopes it may do what they may."""
    wanted: Sequence[str] = scopes or sorted(user.permissions)
    made_at = now or datetime.now(UTC)
    _token, plain = create_token(user=user, name="Script", scopes=wanted, days=days, now=made_at)
    return Http(headers={"Authorization": f"Bearer {plain}"})


@pytest.fixture
def script(ada: User) -> Http:
    return program_of(ada)


@pytest.fixture
def carlas_script(carla: User) -> Http:
    return program_of(carla)


def send(http: Http, method: str, url: str, sent: object = None, **headers: str) -> Any:  # noqa: ANN401
    """The answer of a call with JSON; `If_Match` stands for If-Match."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = "" if sent is None else json.dumps(sent)
    return http.generic(method, url, body, content_type="application/json", headers=named)


def told(answer: Any) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(answer.content)
