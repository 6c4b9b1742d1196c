"""What people wrote and what they attached, out of the tree of a mail."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tickets.domain.mail import flowed, names, tnef
from tickets.domain.mail.charset import known, to_text
from tickets.domain.mail.headers import Hints, decode
from tickets.domain.mail.mime import Caps, Part, read_headers, split_head
from tickets.domain.mail.parsed import MailFile
from tickets.domain.mail.transfer import find_uuencoded, undo

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_ENRICHED = re.compile(r"<(/?)[A-Za-z-]{1,40}>(?:\s*<param>[^<]*</param>)?", re.IGNORECASE)
_OF_OTHER_SCREENS = ("text/x-amp-html", "text/watch-html")
_BODY_TYPES = ("text/plain", "text/html", "text/enriched", "text/richtext")


@dataclass(slots=True)
class Body:
    root: Part
    hints: Hints = ()
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    files: list[MailFile] = field(default_factory=list)

    @property
    def text(self) -> str:
        text = "\n".join(self.texts)
        return text if text.strip() else ""

    @property
    def html(self) -> str:
        return "\n".join(self.htmls)


def read_body(root: Part, hints: Hints) -> Body:
    body = Body(root, hints)
    _read(root, body, "")
    return body


def content_of(part: Part) -> bytes:
    return undo(part.body, part.get(b"content-transfer-encoding"))


def text_of(part: Part, hints: Hints) -> str:
    """A text part with \\n line ends."""
    raw = content_of(part)
    declared = part.params.get("charset", "")
    if part.media_type == "text/html" and not raw.isascii():
        meta = _META_CHARSET.search(raw[:4096])
        if meta and not known(declared):
            declared = meta[1].decode("ascii", "replace")
    text = to_text(raw, declared, hints)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff")


def _read(part: Part, body: Body, parent: str) -> None:
    if part.is_multipart:
        _READERS.get(part.media_type, _read_all)(part, body)
    elif part.media_type in _BODY_TYPES and not _is_file(part, body):
        _read_text(part, body)
    else:
        _read_file(part, body, parent)


def _is_file(part: Part, body: Body) -> bool:
    """A text part is a file if the mail says so, or has a name and is not the first of its kind."""
    if part.disposition == "attachment":
        return True
    if part is body.root:
        return False
    if "filename" in part.disposition_params and (part.media_type != "text/html" or body.htmls):
        return True
    if part.media_type in ("text/enriched", "text/richtext") and (body.texts or body.htmls):
        return True
    has_name = bool(names.declared_name(part, body.hints))
    return has_name and (part.media_type != "text/html" or bool(body.htmls))


def _read_all(part: Part, body: Body) -> None:
    for child in part.children:
        _read(child, body, part.media_type)


def _read_related(part: Part, body: Body) -> None:
    for child in part.children:
        _read(child, body, "multipart/related")


def _read_alternative(part: Part, body: Body) -> None:
    """Of each kind of text one; everything else that stands among the alternatives is a file."""
    texts, htmls = len(body.texts), len(body.htmls)
    for child in part.children:
        if child.media_type in _OF_OTHER_SCREENS:
            continue
        before = len(body.texts), len(body.htmls)
        _read(child, body, "multipart/alternative")
        if before[0] > texts:
            del body.texts[before[0] :]
        if before[1] > htmls:
            del body.htmls[before[1] :]


_READERS: dict[str, Callable[[Part, Body], None]] = {
    "multipart/alternative": _read_alternative,
    "multipart/related": _read_related,
}


def _read_text(part: Part, body: Body) -> None:
    if part.media_type == "text/html":
        body.htmls.append(text_of(part, body.hints))
        return
    if part.media_type == "text/plain" and b"begin" in part.body and _take_uuencoded(part, body):
        return
    text = text_of(part, body.hints)
    if part.media_type != "text/plain":
        text = _ENRICHED.sub("", text.replace("<<", "<"))
    elif part.params.get("format", "").lower() == "flowed":
        text = flowed.unflow(text, deletes_space=part.params.get("delsp", "").lower() == "yes")
    body.texts.append(text)


def _take_uuencoded(part: Part, body: Body) -> bool:
    """Old programs put files into the text between `begin 644 name` and `end`."""
    raw = content_of(part)
    found = find_uuencoded(raw)
    if not found:
        return False
    rest, position = b"", 0
    for name, content, start, end in found:
        rest += raw[position:start]
        position = end
        body.files.append(MailFile(names.safe_name(name) or "file.bin", "application/octet-stream", content))
    declared = part.params.get("charset", "")
    text = to_text(rest + raw[position:], declared, body.hints).replace("\r\n", "\n")
    body.texts.append(text)
    return True


def _read_file(part: Part, body: Body, parent: str) -> None:
    if part.media_type.startswith("message/"):
        body.files.append(_message_file(part, body))
        return
    content = content_of(part)
    if part.media_type in tnef.TYPES or tnef.looks_like_tnef(content):
        unwrapped = tnef.unwrap(content)
        if unwrapped:
            _take_tnef(*unwrapped, body)
            return
    name = names.file_name(part, body.hints)
    content_id = decode(part.get(b"content-id")).strip("<> ")
    is_inline = part.disposition == "inline" or (parent == "multipart/related" and bool(content_id))
    body.files.append(
        MailFile(name, part.media_type, content, content_id, is_inline and part.disposition != "attachment")
    )


def _take_tnef(text: str, html: str, files: list[MailFile], body: Body) -> None:
    if text and not body.texts and not body.htmls:
        body.texts.append(text.replace("\r\n", "\n"))
    if html and not body.htmls and not body.texts:
        body.htmls.append(html)
    body.files.extend(files)


def _message_file(part: Part, body: Body) -> MailFile:
    """A forwarded mail stays whole, under its subject."""
    content = content_of(part)
    name = names.declared_name(part, body.hints)
    if not name and part.media_type in ("message/rfc822", "message/global"):
        fields, _ = read_headers(split_head(content.lstrip())[0], Caps())
        subject = next((value for key, value in fields if key == b"subject"), b"")
        name = names.safe_name(decode(subject, body.hints).replace("/", "-").replace("\\", "-"))
        name = f"{name[:150]}.eml" if name else ""
    name = name or names.file_name(part, body.hints)
    return MailFile(name, part.media_type, content, decode(part.get(b"content-id")).strip("<> "))
