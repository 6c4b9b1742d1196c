"""Keys, credentials and tokens: how they look, how they are stored. Only hashes reach the database (A27)."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import timedelta

KEY_PREFIX = "dbk_"
CREDENTIAL_PREFIX = "dba_"
TOKEN_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # noqa: S105 - no I, L, O, U, 0, 1
TOKEN_LENGTH = 8
TOKEN_LIFETIME = timedelta(minutes=30)
TOKEN_ATTEMPTS = 5
TOKEN_SENDS_PER_HOUR = 3
RESEND_AFTER = timedelta(seconds=60)

_KEY = re.compile(r"dbk_[a-z2-7]{32}")
_CREDENTIAL = re.compile(r"dba_[A-Za-z0-9_\-]{43}")


def make_key() -> str:
    """An enrolment key: 160 bit, safe to read aloud and to put into an installer's command line."""
    return KEY_PREFIX + base64.b32encode(secrets.token_bytes(20)).decode().lower()


def make_credential() -> str:
    """A credential as the tray agent makes it: 256 bit."""
    return CREDENTIAL_PREFIX + secrets.token_urlsafe(32)


def make_token() -> str:
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def is_credential(text: str) -> bool:
    return _CREDENTIAL.fullmatch(text) is not None


def digest(secret: str) -> str:
    """SHA-256 in hex. Enough for secrets of 160 bit and more: nobody can try them all."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_digest(*, pepper: str, profile_id: int, token: str) -> str:
    """HMAC of a short token, bound to its profile: a stolen table alone does not allow trying all of them."""
    message = f"agents.token:{profile_id}:{token}"
    return hmac.new(pepper.encode(), message.encode(), hashlib.sha256).hexdigest()


def show_token(token: str) -> str:
    return f"{token[:4]}-{token[4:]}"


def normal_token(typed: str) -> str:
    """What a person typed or pasted, without blanks and dashes, in capitals."""
    return re.sub(r"[\s\-\u2010-\u2015]+", "", typed).upper()
