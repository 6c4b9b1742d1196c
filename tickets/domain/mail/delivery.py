"""Machine-readable reports: RFC 3464 (delivery), RFC 5965 (complaint); the ids of the mail they return."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tickets.domain.mail.addresses import first_address
from tickets.domain.mail.body import content_of
from tickets.domain.mail.headers import decode, message_id
from tickets.domain.mail.mime import Caps, Part, read_headers, split_head
from tickets.domain.mail.parsed import Bounced

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
HEADER_TYPES = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
MAIL_TYPES = ("message/rfc822", "message/global", "message/partial")
FEEDBACK_TYPE = "message/feedback-report"
RECEIPT_TYPES = ("message/disposition-notification", "message/global-disposition-notification")
MAX_RECIPIENTS = 500

_BLOCKS = re.compile(rb"\n[ \t]*\n+")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"\b([45])\d\d[ -]")
_MESSAGE_ID = re.compile(rb"^[ \t>|]*(?:X-)?Message-ID:[ \t]*(?:\n[ \t>]+)?(<[^<>\s]{1,300}>)", re.I | re.M)

Fields = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Report:
    """`is_final` is False when the report only says that mail arrived (delivered, relayed, expanded)."""

    bounced: tuple[Bounced, ...] = ()
    has_recipients: bool = False


def status_parts(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.media_type in STATUS_TYPES]


def read_report(parts: Iterable[Part]) -> Report:
    """The recipients of all delivery-status parts who were not reached (yet)."""
    found: list[Bounced] = []
    has_recipients = False
    for part in parts:
        for fields in _blocks(content_of(part)):
            has_recipients = has_recipients or b"action" in fields or b"status" in fields
            entry = _recipient(fields)
            if entry and len(found) < MAX_RECIPIENTS:
                found.append(entry)
    return Report(tuple(found), has_recipients)


def _blocks(content: bytes) -> list[Fields]:
    """One dict a block; some programs leave out the empty line, so a second recipient opens a block too."""
    blocks: list[Fields] = []
    text = content.replace(b"\r\n", b"\n").strip(b"\n")
    for chunk in _BLOCKS.split(text)[: MAX_RECIPIENTS + 1]:
        fields: Fields = {}
        for name, value in read_headers(chunk, Caps())[0]:
            if name == b"final-recipient" and name in fields:
                blocks.append(fields)
                fields = {}
            fields.setdefault(name, value)
        blocks.append(fields)
    return blocks


def _recipient(fields: Fields) -> Bounced | None:
    action = decode(fields.get(b"action")).lower().split(" ")[0].strip(";.")
    words = typed(fields.get(b"diagnostic-code"))
    status = status_of(decode(fields.get(b"status"))) or status_of(words)
    address = ""
    for name in (b"original-recipient", b"final-recipient", b"x-actual-recipient"):
        address = address or address_of(fields.get(name))
    if not address or action in ("delivered", "relayed", "expanded") or (not action and not status):
        return None
    if action not in ("failed", "delayed") and status[:1] == "2":
        return None
    is_delayed = action == "delayed" or (action != "failed" and status[:1] == "4")
    return Bounced(address, "delayed" if is_delayed else "failed", status, words[:500])


def typed(raw: bytes | None) -> str:
    """The value after its type: `smtp; 550 no such user`."""
    text = decode(raw)
    head, mark, tail = text.partition(";")
    return tail.strip() if mark and " " not in head.strip() else text


def address_of(raw: bytes | None) -> str:
    """`rfc822; <ann@acme.example>` as address in lower case."""
    text = typed(raw).strip()
    if text.upper().startswith("X400") or not text:
        return ""
    return first_address([text.encode("utf-8", "replace")]).email.lower() if "@" in text else ""


def status_of(text: str) -> str:
    """The enhanced status code in a text, else one made of its SMTP reply code, else ""."""
    match = _STATUS.search(text)
    if match:
        return match[0]
    reply = _REPLY.search(text)
    return f"{reply[1]}.0.0" if reply else ""


def read_complaint(parts: Iterable[Part]) -> tuple[Bounced, ...]:
    """Whose mailbox complained (RFC 5965), as far as the report says so."""
    found: list[Bounced] = []
    for part in parts:
        fields, _ = read_headers(content_of(part).replace(b"\r\n", b"\n").strip(b"\n"), Caps())
        kind = next((decode(value) for name, value in fields if name == b"feedback-type"), "abuse")
        for name, value in fields:
            if name in (b"original-rcpt-to", b"removal-recipient") and (address := address_of(value)):
                found.append(Bounced(address, "failed", "", kind))
    return tuple(dict.fromkeys(found))


def returned_to(parts: list[Part]) -> list[str]:
    """To whom the mail that came back was written: the first address of its To."""
    for part in parts:
        fields = _returned_header(part)
        email = first_address([value for name, value in fields if name == b"to"]).email
        if email:
            return [email]
    return []


def _returned_header(part: Part) -> list[tuple[bytes, bytes]]:
    if part.media_type not in MAIL_TYPES and part.media_type not in HEADER_TYPES:
        return []
    return read_headers(split_head(content_of(part).lstrip(b"\r\n"))[0], Caps())[0]


def returned_ids(parts: list[Part], text: str) -> tuple[str, ...]:
    """Message ids of the mail that came back, as attached or as quoted in the text."""
    found: dict[str, None] = {}
    for part in parts:
        for name, value in _returned_header(part):
            if name == b"message-id":
                found.setdefault(message_id(value))
    for match in _MESSAGE_ID.finditer(text.encode("utf-8", "replace")):
        found.setdefault(message_id(match[1]))
    found.pop("", None)
    return tuple(found)[:50]
