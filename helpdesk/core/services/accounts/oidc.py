"""Talking to a sign-in provider: what it publishes, its keys, and a code for a token.

All of it goes through the guard of webhooks (A23): only public addresses and those of SIGN_IN_ALLOWED_HOSTS,
no redirects, little time, little to read. What is published is kept for an hour, a failure for half a minute,
so that a provider that is down does not hold up the desk.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from helpdesk.core.domain.oidc import Flow, NotTrusted, basic_words, read_token
from helpdesk.core.domain.reach import NotAllowed, NotReachable
from helpdesk.core.errors import Conflict
from helpdesk.core.models import IdentityProvider
from helpdesk.core.services.post import NotDelivered, exchange
from helpdesk.core.services.secrets import unseal

WELL_KNOWN: Final = "/.well-known/openid-configuration"
MOST_BYTES: Final = 256 * 1024
KEPT_SECONDS, FAILURE_KEPT_SECONDS, KEYS_AT_MOST_EVERY_SECONDS = 3600, 30, 60
LAST_KEPT_SECONDS, ASKING_SECONDS = 24 * 3600, 30
PURPOSE: Final = "sign-in provider"


class ProviderAway(Conflict):
    """It cannot be reached, or answers what no provider does. The sentence is for people."""

    code = "provider-away"


def is_endpoint(url: object) -> bool:
    """https, or http to a host that the operator opened; nothing that carries a password or a fragment."""
    if not isinstance(url, str) or not url.isprintable() or " " in url or len(url) > 2000:
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and host in {word.lower() for word in settings.SIGN_IN_ALLOWED_HOSTS}
    )
    return is_safe and bool(host) and not parts.fragment and "@" not in parts.netloc


def published_by(provider: IdentityProvider) -> dict[str, Any]:
    """Its discovery document, whose addresses are checked. ProviderAway says what is wrong.

    One asks at a time, the others take what was said last: a slow provider holds up one thread, not all.
    """
    kept, last, asking = (_slot(what, provider.issuer) for what in ("about", "last", "asking"))
    found = cache.get(kept)
    if found is None and cache.add(asking, 1, ASKING_SECONDS):
        try:
            found = _published(provider)
            cache.set(kept, found, KEPT_SECONDS)
            cache.set(last, found, LAST_KEPT_SECONDS)
        except ProviderAway as problem:
            cache.set(kept, str(problem), FAILURE_KEPT_SECONDS)
            raise
        finally:
            cache.delete(asking)
    elif found is None:
        found = cache.get(last) or _silence(provider)
    if isinstance(found, str):
        raise ProviderAway(found)
    return dict(found)


def _silence(provider: IdentityProvider) -> str:
    words = _("%(name)s does not answer. Try again in a moment, or sign in with your password.")
    return words % {"name": provider.name}


def forget_published(provider: IdentityProvider) -> None:
    """Asked anew at the next use."""
    for what in ("about", "last", "asking", "keys", "keys-asked"):
        cache.delete(_slot(what, provider.issuer))


def _published(provider: IdentityProvider) -> dict[str, Any]:
    found = _ask(provider, "GET", provider.issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != provider.issuer:
        words = _("%(name)s calls itself %(issuer)s. Enter exactly that as the issuer.")
        raise ProviderAway(words % {"name": provider.name, "issuer": str(found.get("issuer", ""))[:200]})
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(is_endpoint(found.get(name)) for name in needed):
        words = _("%(name)s publishes an address that is missing or not safe (https).")
        raise ProviderAway(words % {"name": provider.name})
    optional = ("userinfo_endpoint", "end_session_endpoint")
    known = {name: found[name] for name in (*needed, *optional) if is_endpoint(found.get(name))}
    methods = found.get("token_endpoint_auth_methods_supported")
    return known | {
        "methods": methods if isinstance(methods, list) else ["client_secret_basic"],
        "names_itself": found.get("authorization_response_iss_parameter_supported") is True,
    }


def claims_of_code(
    provider: IdentityProvider, *, code: str, flow: Flow, back: str
) -> tuple[dict[str, Any], str]:
    """(the claims of the ID token, the access token). ProviderAway, and NotTrusted for a token that nobody
    signed whom we know.
    """
    about = published_by(provider)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": flow.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    secret = unseal(provider.secret_sealed, purpose=PURPOSE)
    if secret and "client_secret_basic" in about["methods"]:
        headers["Authorization"] = basic_words(provider.client_id, secret)
    else:
        fields["client_id"] = provider.client_id
        fields |= {"client_secret": secret} if secret else {}
    answer = _ask(provider, "POST", about["token_endpoint"], urlencode(fields).encode(), headers)
    return _read(provider, str(answer.get("id_token", ""))), str(answer.get("access_token", ""))


def _read(provider: IdentityProvider, token: str) -> dict[str, Any]:
    """Keys change (rotation): one that is unknown makes us ask again, at most once a minute."""
    claims = read_token(token, _keys(provider))
    if claims is None and cache.add(_slot("keys-asked", provider.issuer), 1, KEYS_AT_MOST_EVERY_SECONDS):
        cache.delete(_slot("keys", provider.issuer))
        claims = read_token(token, _keys(provider))
    if claims is None:
        raise NotTrusted("signed by an unknown key")
    return claims


def _keys(provider: IdentityProvider) -> list[dict[str, Any]]:
    kept = _slot("keys", provider.issuer)
    if (found := cache.get(kept)) is None:
        rows = _ask(provider, "GET", published_by(provider)["jwks_uri"]).get("keys")
        found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        cache.set(kept, found, KEPT_SECONDS)
    return list(found)


def user_info(provider: IdentityProvider, *, access_token: str, subject: str) -> dict[str, Any]:
    """What the provider tells beyond the token: {} where it tells nothing, or of somebody else."""
    url = published_by(provider).get("userinfo_endpoint")
    if not url or not access_token.isprintable() or not access_token.isascii():
        return {}
    found = _ask(provider, "GET", url, headers={"Authorization": f"Bearer {access_token}"})
    return found if found.get("sub") == subject else {}


def _ask(
    provider: IdentityProvider,
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    allowed, names = settings.SIGN_IN_ALLOWED_HOSTS, {"name": provider.name}
    known = {"Accept": "application/json", "User-Agent": "Deskbell", **(headers or {})}
    try:
        status, answer = exchange(method, url, body, known, allowed=allowed, most=MOST_BYTES)
    except NotAllowed:
        words = _(
            "%(name)s is in a private network. The operator of this desk can open it: SIGN_IN_ALLOWED_HOSTS."
        )
        raise ProviderAway(words % names) from None
    except (NotDelivered, NotReachable):
        raise ProviderAway(_silence(provider)) from None
    try:
        found = json.loads(answer)
    except ValueError:
        found = None
    if status != 200 or not isinstance(found, dict):
        raise ProviderAway(_("%(name)s refused to answer. Start the sign-in again.") % names)
    return found


def _slot(what: str, issuer: str) -> str:
    return f"oidc:{what}:{hashlib.sha256(issuer.encode()).hexdigest()[:32]}"
