"""Tokens of the API: how they look, how they are stored. Only hashes reach the database (A27)."""

import hashlib
import re
import secrets
from datetime import timedelta

PREFIX = "dbt_"
SHOWN = 8
#: What may be chosen for how long a token works: days, or until somebody revokes it.
LIFETIMES: dict[str, timedelta | None] = {
    "30": timedelta(days=30),
    "90": timedelta(days=90),
    "365": timedelta(days=365),
    "never": None,
}
_TOKEN = re.compile(r"dbt_[A-Za-z0-9_\-]{43}")


def make_token() -> str:
    """256 bit, so that nobody can try them all."""
    return PREFIX + secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
