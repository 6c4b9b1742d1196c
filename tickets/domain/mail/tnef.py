"""winmail.dat: what Outlook wraps in TNEF comes out as text and files."""

from mimetypes import guess_type
from typing import Any

from tickets.domain.mail.charset import clean, to_text
from tickets.domain.mail.names import safe_name
from tickets.domain.mail.parsed import MailFile

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")


def looks_like_tnef(content: bytes) -> bool:
    return content[:4] == b"\x78\x9f\x3e\x22"


def unwrap(content: bytes) -> tuple[str, str, list[MailFile]] | None:
    """(text, html, files), or None when the wrapper cannot be read."""
    from tnefparse import TNEF

    try:
        wrapper: Any = TNEF(content, do_checksum=False)
        files = [_file(item, number) for number, item in enumerate(wrapper.attachments, 1)]
        text, html = _text(wrapper.body), _text(wrapper.htmlbody)
        if not (text or html) and wrapper.rtfbody:
            files.append(MailFile("message.rtf", "application/rtf", bytes(wrapper.rtfbody)))
        return text, html, [file for file in files if file.content]
    except Exception:  # noqa: BLE001 — a foreign parser of foreign bytes: whatever it meets, the file is kept whole
        return None


def _file(item: Any, number: int) -> MailFile:  # noqa: ANN401 — tnefparse has no types
    name = safe_name(_text(item.long_filename())) or f"file-{number}.bin"
    kind = guess_type(name)[0] or "application/octet-stream"
    return MailFile(name, kind, bytes(item.data or b""))


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        return to_text(value)
    return clean(str(value)) if value else ""
