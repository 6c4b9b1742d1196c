"""The name of a file: wherever a mail hides it, without path, control and direction characters."""

import re
from mimetypes import guess_extension
from urllib.parse import unquote, unquote_to_bytes

from tickets.domain.mail.charset import known, to_text
from tickets.domain.mail.headers import Hints, decode, decode_words, one_line
from tickets.domain.mail.mime import Part
from tickets.domain.mail.params import CHARSET, Parameters

MAX_NAME = 200
_EXTENDED = re.compile(r"([\w-]{2,30})'[\w-]{0,20}'")
_PERCENT = re.compile(r"(?:[\w.-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_PATH = re.compile(r"^.*[/\\](?=[^/\\])", re.DOTALL)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/octet-stream": ".bin",
    "message/delivery-status": ".txt",
    "message/global-delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/rfc822-headers": ".txt",
}
_NOUNS = {
    "text/calendar": "calendar",
    "text/vcard": "contact",
    "text/x-vcard": "contact",
    "message/rfc822": "mail",
    "message/global": "mail",
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "receipt",
    "message/feedback-report": "complaint",
    "text/rfc822-headers": "headers",
    "application/pgp-signature": "signature",
    "application/pgp-keys": "key",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
}


def declared_name(part: Part, hints: Hints = ()) -> str:
    """The name that the mail gives: Content-Disposition, then Content-Type, in any encoding; or ""."""
    return (
        _parameter(part.disposition_params, "filename", hints)
        or _parameter(part.params, "name", hints)
        or _parameter(part.params, "filename", hints)
        or _parameter(part.disposition_params, "name", hints)
    )


def file_name(part: Part, hints: Hints = ()) -> str:
    """Never empty: else Content-Location, Content-Description, Content-ID, at last its kind: `image.png`."""
    name = declared_name(part, hints)
    if name:
        return name
    extension = extension_of(part.media_type)
    location = safe_name(unquote(decode(part.get(b"content-location"), hints)).partition("?")[0])
    if location and "." in location and "://" not in location:
        return location
    for header in (b"content-description", b"content-id"):
        other = safe_name(decode(part.get(header), hints).strip("<> ").partition("@")[0])
        if other:
            return other if "." in other[-6:] else other + extension
    main = part.media_type.partition("/")[0]
    noun = main if main in ("image", "audio", "video") else "document" if main == "text" else "file"
    return _NOUNS.get(part.media_type, noun) + extension


def extension_of(media_type: str) -> str:
    default = ".txt" if media_type.startswith("text/") else ".bin"
    return _EXTENSIONS.get(media_type) or guess_extension(media_type) or default


def safe_name(text: str) -> str:
    """The last part of a path, at most MAX_NAME characters with its extension kept."""
    name = _PATH.sub("", one_line(_UNSAFE.sub(" ", text))).strip().strip('"').strip()
    name = name.rstrip("/\\")
    if name in (".", ".."):
        return ""
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        name = stem[: MAX_NAME - 16] + dot + extension if dot and len(extension) < 12 else name[:MAX_NAME]
    return name


def _parameter(params: Parameters, key: str, hints: Hints) -> str:
    value = params.get(key)
    if not value:
        return ""
    raw = value.encode("utf-8", "surrogateescape")
    if b"=?" in raw:
        return safe_name(decode_words(raw, hints))
    charset = params.get(key + CHARSET, "")
    text = to_text(raw, charset, hints)
    if "%" in text and not charset:
        label = _EXTENDED.match(text)
        if label and known(label[1]):  # RFC 2231 in a parameter without its asterisk
            text = to_text(unquote_to_bytes(text[label.end() :]), label[1])
        elif _PERCENT.fullmatch(text):
            text = unquote(text)
    return safe_name(text)
