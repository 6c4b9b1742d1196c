"""What webhooks may hear of, and how their calls are signed."""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit


class HookEvent(StrEnum):
    TICKET_CREATED = "ticket.created"
    TICKET_CHANGED = "ticket.changed"
    TICKET_MERGED = "ticket.merged"
    TICKET_RATED = "ticket.rated"
    CUSTOMER_WROTE = "message.received"
    REPLY_SENT = "message.sent"
    NOTE_WRITTEN = "note.written"
    TARGET_MISSED = "target.missed"


#: Of a test call; nobody subscribes to it.
PING = "ping"
#: A webhook that has given up a call and not once worked for so long is switched off.
LONG_FAILURE = timedelta(hours=3)


def is_address(url: str) -> bool:
    """http or https with a host, without a name and password in it (A17)."""
    try:
        parts = urlsplit(url)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    return (
        is_plain
        and has_port
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in url
    )


def derived_secret(key: str, of: str) -> str:
    """What a receiver checks signatures with: derived from `key`, so that no table holds it (A27)."""
    return hmac.digest(key.encode(), f"deskbell webhook {of}".encode(), hashlib.sha256).hex()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over `<timestamp>.<body>`, so that an old call cannot be played again."""
    return hmac.digest(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hex()
