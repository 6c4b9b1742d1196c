"""Sign-in by OpenID Connect: what the browser is sent with, and what a provider's word is worth.

Authorization code with PKCE (RFC 7636), state and nonce (OpenID Connect Core 1.0, section 3.1).
"""

import base64
import hashlib
import hmac
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

#: Signatures by a key of the provider's. Never "none", and none of HS*, whose key the desk would share (A18).
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
SCOPES: Final = "openid email profile"
#: How far the clocks of two houses may be apart, and how old a token may be.
CLOCKS_APART_SECONDS: Final = 60
TOKEN_PATIENCE_SECONDS: Final = 15 * 60
Claims = Mapping[str, Any]


class NotTrusted(Exception):
    """A token that does not hold what it should; the words are for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A browser on its way to a provider. Kept in its own session, found again by `state`, used once.

    `purpose`: "enter", "link" or "confirm"; `user` is who asked, 0 for a visitor; `at` in seconds.
    """

    provider: int
    purpose: str
    state: str
    nonce: str
    verifier: str
    user: int
    next: str
    at: float

    def to_session(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What a provider says of a person; `confirmed_at`: when it last asked them to show it, in seconds.

    `is_unsaid`: it gives an address and says neither that it is verified nor that it is not.
    """

    subject: str
    email: str = ""
    is_verified: bool = False
    is_unsaid: bool = False
    name: str = ""
    confirmed_at: float = 0.0


def make_flow(*, provider: int, purpose: str, user: int, next_page: str, at: float) -> Flow:
    """Three secrets of 256 bit: for the way back, for the token, and for the exchange."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
    known = {"state": state, "nonce": nonce, "verifier": verifier, "next": next_page}
    return Flow(provider=provider, purpose=purpose, user=user, at=at, **known)


def way_there(endpoint: str, flow: Flow, *, client_id: str, back: str) -> str:
    """Where the browser goes. Whoever confirms shows the provider anew that it is them."""
    challenge = hashlib.sha256(flow.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back,
        "scope": SCOPES,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if flow.purpose == "confirm":
        asked |= {"prompt": "login", "max_age": "0"}
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"


def basic_words(client_id: str, secret: str) -> str:
    """RFC 6749 section 2.3.1: both are encoded as in a form before they are joined."""
    words = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(words.encode()).decode()}"


def read_token(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The claims of a token that one of the provider's `keys` (JWKS) signed; None when its key is not among
    them, which a fresh set may mend. NotTrusted for any other token.
    """
    from joserfc import jwk, jws, jwt  # 10 MB that a desk without providers does without
    from joserfc.errors import JoseError

    try:
        header = jws.extract_compact(token.encode()).headers()
        fitting = [key for key in keys if _fits(key, header)]
        if header.get("alg") not in ALGORITHMS:
            raise NotTrusted(f"signed by {header.get('alg')}")
        if len(fitting) != 1:
            return None
        key = jwk.import_key({name: value for name, value in fitting[0].items() if isinstance(value, str)})
        return jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, TypeError, KeyError) as problem:
        raise NotTrusted(type(problem).__name__) from None


def _fits(key: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
    """Can this key have signed it? A token without `kid` fits a set with one such key."""
    algorithm = str(header.get("alg"))
    return (
        key.get("kty") == ("EC" if algorithm.startswith("ES") else "RSA")
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("kid" not in header or key.get("kid") == header["kid"])
    )


def check_claims(claims: Claims, *, issuer: str, client_id: str, nonce: str, at: float) -> Vouched:
    """OpenID Connect Core 1.0, section 3.1.3.7. NotTrusted for another's word, for another, or too old."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    age, left = at - _seconds(claims.get("iat")), _seconds(claims.get("exp")) - at
    subject = claims.get("sub")
    wrong = {
        "iss": claims.get("iss") != issuer,
        "aud": client_id not in audiences or (len(audiences) > 1 and "azp" not in claims),
        "azp": claims.get("azp", client_id) != client_id,
        "exp": not left >= -CLOCKS_APART_SECONDS,
        "iat": not -CLOCKS_APART_SECONDS <= age <= TOKEN_PATIENCE_SECONDS,
        "nonce": not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "sub": not isinstance(subject, str) or not 0 < len(subject) <= 255,
    }
    if any(wrong.values()):
        raise NotTrusted(" ".join(name for name, is_wrong in wrong.items() if is_wrong))
    confirmed = _seconds(claims.get("auth_time"))
    who = Vouched(
        subject=str(subject),
        confirmed_at=min(confirmed, at) if confirmed <= at + CLOCKS_APART_SECONDS else 0.0,
    )
    return with_profile(who, claims)


def _seconds(value: object) -> float:
    """A moment out of a stranger's JSON; what is none is at no time."""
    is_moment = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
    return float(value) if is_moment else math.nan  # type: ignore[arg-type] # asked in the line above


def with_profile(who: Vouched, claims: Claims) -> Vouched:
    """Name and address out of a token or of the provider's user info."""
    email = claims.get("email")
    address = email.strip().lower() if isinstance(email, str) and len(email) <= 254 else ""
    if address.isascii() and not str(email).isascii():  # the Kelvin sign becomes a k: somebody else's
        address = ""
    name = claims.get("name")
    known = " ".join(name.split())[:150] if isinstance(name, str) else ""
    # Some write the word instead of the truth value.
    is_verified = bool(address) and claims.get("email_verified") in (True, "true")
    is_unsaid = bool(address) and "email_verified" not in claims
    return replace(who, email=address, is_verified=is_verified, is_unsaid=is_unsaid, name=known or who.name)


def may_speak_for(email: str, domains: Sequence[str]) -> bool:
    """Is the address in one of the domains? Without any, every address is."""
    return not domains or email.rpartition("@")[2].lower() in domains
