"""The way of a browser to the provider and back."""

from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from helpdesk.core.models import (
    IdentityProvider,
    User,
)
from helpdesk.core.services.accounts.providers import save_provider
from tests.hosts.oidc import CLIENT, SECRET, Provider
from tests.web.conftest import text_of


def make_provider(ring: Provider, by: User, **more: Any) -> IdentityProvider:
    known = {"name": "Ring", "issuer": ring.issuer, "client_id": CLIENT, "secret": SECRET, **more}
    return save_provider(provider=IdentityProvider(), **known, by=by, now=timezone.now())


def begin(browser: Browser, provider: IdentityProvider, more: str = "?next=/clients/") -> dict[str, str]:
    """What the browser is sent to the provider with."""
    answer = browser.get(f"/sign-in/with/{provider.public_id}/{more}")
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"].startswith(provider.issuer + "/authorize?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def come_back(
    browser: Browser, provider: IdentityProvider, ring: Provider, asked: dict[str, str]
) -> HttpResponse:
    return land(browser, provider, code=ring.code_for(asked), state=asked["state"])


def land(browser: Browser, provider: IdentityProvider, **words: str) -> HttpResponse:
    answer = browser.get(f"/sign-in/with/{provider.public_id}/back/?{urlencode(words)}")
    return cast("HttpResponse", answer)


def walk(
    browser: Browser, provider: IdentityProvider, ring: Provider, more: str = "?next=/clients/"
) -> HttpResponse:
    return come_back(browser, provider, ring, begin(browser, provider, more))


def is_in(browser: Browser) -> bool:
    return SESSION_KEY in browser.session
