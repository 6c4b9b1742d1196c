"""The secret parts of links. The desk can make each again at any time from its own key and a random id, so a
stolen table tells none of them (A17, A22, A31), and a link can be copied later.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final
from uuid import UUID

#: Names by which logs know them for secrets (`core.domain.redaction`).
CUSTOMER: Final = "dbc_"
TECHNICIAN: Final = "dbv_"
_GUEST = "dbg_"
_LINK = re.compile(r"(db[a-z]_)([A-Za-z0-9_\-]{22})([A-Za-z0-9_\-]{43})")
_GUEST_KEY = re.compile(r"dbg_[A-Za-z0-9_\-]{43}")


def link_token(secret: str, *, kind: str, row: UUID) -> str:
    """`kind` is CUSTOMER or TECHNICIAN: neither can be worked out from the other."""
    return f"{kind}{_text(row.bytes)}{_text(_seal(secret, kind, row))}"


def read_link(secrets_of_desk: list[str], token: str, *, kind: str) -> UUID | None:
    """The row whose link this is; None for anything else. Earlier keys of the desk still open."""
    found = _LINK.fullmatch(token)
    if found is None or found[1] != kind:
        return None
    row = UUID(bytes=base64.urlsafe_b64decode(found[2] + "=="))
    is_ours = any(
        hmac.compare_digest(link_token(each, kind=kind, row=row), token) for each in secrets_of_desk
    )
    return row if is_ours else None


def _seal(secret: str, kind: str, row: UUID) -> bytes:
    return hmac.new(secret.encode(), b"deskbell link\0" + kind.encode() + row.bytes, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def make_guest_key() -> str:
    """Shown by a customer who has joined, from then on: 256 bit of chance. The desk keeps the hash alone."""
    return _GUEST + secrets.token_urlsafe(32)


def guest_hash(key: str) -> str:
    """What the table holds; "" for a text that cannot be such a key."""
    return hashlib.sha256(key.encode()).hexdigest() if _GUEST_KEY.fullmatch(key) else ""
