"""The unguessable part of a link to a first or a new password."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Final

LIFETIMES: Final = {"reset": timedelta(hours=1), "invite": timedelta(days=7)}
_PREFIX = "dba_"  # a name by which logs know it for a secret (A17)
_KEY = re.compile(r"dba_[A-Za-z0-9_\-]{43}")


def make_account_key() -> str:
    """256 bit of chance, of which the desk keeps the hash alone (A18)."""
    return _PREFIX + secrets.token_urlsafe(32)


def account_key_hash(key: str) -> str:
    """What the table holds; "" for a text that cannot be a key."""
    return hashlib.sha256(key.encode()).hexdigest() if _KEY.fullmatch(key) else ""
