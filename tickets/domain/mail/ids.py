"""Marks that a mail carries out of the house and back: Message-IDs, reply addresses, bounce addresses.

Each is signed with 80 bits of an HMAC that binds ticket and recipient, so that nobody makes one up (A3). They
are read without regard to case, because some servers fold it.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable

_SIG = r"(?P<sig>[a-z2-7]{16})"
_MESSAGE_ID = re.compile(
    rf"<?t(?P<ticket>\d{{1,18}})\.m(?P<message>\d{{1,18}})\.{_SIG}@[^\s<>@]+>?", re.IGNORECASE
)
_REPLY = re.compile(
    rf"(?P<base>[^\s<>@]+)\+t(?P<ticket>\d{{1,18}})\.{_SIG}@(?P<host>[^\s<>@]+)", re.IGNORECASE
)
_BOUNCE = re.compile(rf"[^\s<>@]+\+b(?P<mail>\d{{1,18}})\.{_SIG}@[^\s<>@]+", re.IGNORECASE)
_SUBJECT = re.compile(r"\[\s*(?:T\s*)?#\s*(\d{1,18})\s*\]", re.IGNORECASE)
_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
_OWN_HEADER = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?<?([^\s<>]+)", re.IGNORECASE | re.MULTILINE)


def _sign(secret: bytes, *parts: object) -> str:
    text = "|".join(str(part) for part in parts)
    return b32encode(hmac.digest(secret, text.encode(), hashlib.sha256)[:10]).decode().lower()


def make_message_id(secret: bytes, *, ticket: int, message: int, recipient: str, domain: str) -> str:
    """`<t17.m4.….@desk>`: this message of this ticket, sent to this recipient."""
    sig = _sign(secret, "mid", ticket, message, recipient.lower())
    return f"<t{ticket}.m{message}.{sig}@{domain}>"


def read_message_id(text: str) -> tuple[int, int, str] | None:
    """(ticket, message, signature) of an id of ours, with or without its angle brackets; not yet believed."""
    found = _MESSAGE_ID.fullmatch(text.strip())
    return (int(found["ticket"]), int(found["message"]), found["sig"].lower()) if found else None


def is_signed(secret: bytes, text: str, recipients: Iterable[str]) -> bool:
    """Was this Message-ID made by us for one of these recipients?"""
    read = read_message_id(text)
    if read is None:
        return False
    ticket, message, sig = read
    return any(
        hmac.compare_digest(sig, _sign(secret, "mid", ticket, message, recipient.lower()))
        for recipient in recipients
    )


def make_reply_address(secret: bytes, *, address: str, ticket: int, recipient: str) -> str:
    """`support+t17.….@desk` for the Reply-To of a mail to this recipient."""
    base, _at, host = address.rpartition("@")
    return f"{base}+t{ticket}.{_sign(secret, 'to', ticket, recipient.lower())}@{host}"


def read_reply_address(text: str) -> tuple[int, str, str] | None:
    """(ticket, signature, the mailbox's own address) of a reply address of ours; not yet believed."""
    found = _REPLY.fullmatch(text.strip())
    if found is None:
        return None
    return int(found["ticket"]), found["sig"].lower(), f"{found['base']}@{found['host']}".lower()


def is_reply_address(secret: bytes, text: str, recipients: Iterable[str]) -> bool:
    """Did we give this reply address to one of these recipients?"""
    read = read_reply_address(text)
    if read is None:
        return False
    ticket, sig, _address = read
    return any(
        hmac.compare_digest(sig, _sign(secret, "to", ticket, recipient.lower())) for recipient in recipients
    )


def make_bounce_address(secret: bytes, *, address: str, mail: int) -> str:
    """`support+b99.….@desk`: the envelope sender by which a failed delivery names its mail (VERP)."""
    base, _at, host = address.rpartition("@")
    return f"{base}+b{mail}.{_sign(secret, 'bounce', mail)}@{host}"


def read_bounce_address(secret: bytes, text: str) -> int | None:
    """The outgoing mail's number, if the address is one of ours."""
    found = _BOUNCE.fullmatch(text.strip())
    if found is None or not hmac.compare_digest(
        found["sig"].lower(), _sign(secret, "bounce", int(found["mail"]))
    ):
        return None
    return int(found["mail"])


def subject_numbers(subject: str) -> list[int]:
    """The ticket numbers that a subject names as `[#17]` or `[T#17]`: a hint, never a proof."""
    return [int(number) for number in _SUBJECT.findall(subject)]


def without_number(subject: str) -> str:
    """The subject without the marks of ours."""
    return " ".join(_SUBJECT.sub(" ", subject).split())


def base_address(address: str) -> str:
    """The mailbox behind a plus address of ours; other addresses as they are. Lower case."""
    address = address.strip().lower()
    found = re.fullmatch(r"([^@]+)\+[tb]\d{1,18}\.[a-z2-7]{16}@([^@]+)", address)
    return f"{found[1]}@{found[2]}" if found else address


def without_plus(address: str) -> str:
    """The mailbox behind any plus address: `a+b@x` is `a@x`."""
    local, at, host = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{host}"


def raw_message_id(raw: bytes) -> str:
    """The Message-ID header of a mail that nobody has parsed yet; "" without one."""
    end = _HEADER_END.search(raw, 0, 262_144)
    found = _OWN_HEADER.search(raw, 0, end.start() if end else 262_144)
    return found[1].decode("ascii", "replace") if found else ""
