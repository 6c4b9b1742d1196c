"""Header values: unfolding, RFC 2047 on bytes, message ids, dates."""

import re
from binascii import a2b_qp
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from tickets.domain.mail.charset import known, to_text
from tickets.domain.mail.transfer import from_base64

_FOLD = re.compile(rb"\r?\n[ \t]*")
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?")
_WHOLE_WORD = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]+\?=")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_ID = re.compile(r"<([^<>]*)>")
MAX_VALUE = 32 * 1024
MAX_REFERENCES = 200

Hints = tuple[str, ...]


def decode(raw: bytes | None, hints: Hints = ()) -> str:
    """A header as one line of text, without control characters."""
    if not raw:
        return ""
    if len(raw) > MAX_VALUE:
        raw = raw[:MAX_VALUE]
    if b"\n" in raw:
        raw = _FOLD.sub(b" ", raw)
    if b"=?" not in raw:
        return one_line(to_text(raw, "", hints))
    text = decode_words(raw, hints)
    if "=?" in text and text.isascii() and _WHOLE_WORD.search(text):  # encoded twice
        text = decode_words(text.encode(), hints)
    return one_line(text)


def one_line(text: str) -> str:
    if text.isprintable():
        return text.strip()
    return " ".join(_CONTROLS.sub(" ", text).split())


def decode_words(raw: bytes, hints: Hints = ()) -> str:
    """RFC 2047 on bytes: neighbours of one charset are decoded as one text, blanks between them vanish."""
    pieces: list[str] = []
    run: list[tuple[str, bytes, bytes]] = []
    position = 0
    for start, end, word in _words(raw):
        between = raw[position:start]
        if between.strip() or (position == 0 and between):
            pieces += _run_text(run, hints)
            run = []
            pieces.append(to_text(between, "", hints))
        run.append(word)
        position = end
    pieces += _run_text(run, hints)
    if position < len(raw):
        pieces.append(to_text(raw[position:], "", hints))
    return "".join(pieces)


def _words(raw: bytes) -> Iterable[tuple[int, int, tuple[str, bytes, bytes]]]:
    position = 0
    while match := _WORD.search(raw, position):
        end = raw.find(b"?=", match.end())
        stop = end + 2
        if end < 0:  # cut off by a length limit
            stop = end = len(raw)
        charset = match[1].decode("ascii", "replace").partition("*")[0]
        yield match.start(), stop, (charset, match[2].lower(), raw[match.end() : end])
        position = stop


def _run_text(run: list[tuple[str, bytes, bytes]], hints: Hints) -> list[str]:
    """Texts of neighbouring words; a character or a base64 group may be split over two of them."""
    texts: list[str] = []
    data, charset, rest = b"", "", b""
    for label, kind, content in run:
        if data and label.lower() != charset:
            texts.append(_word_text(data, charset, hints))
            data = b""
        charset = label.lower()
        if kind == b"q":
            data += a2b_qp(content.replace(b"_", b"=20").replace(b"\n", b""))
            continue
        content = rest + content.strip()
        rest = b""
        if len(content) % 4 and not content.endswith(b"=") and len(run) > 1 and label == run[-1][0]:
            keep = len(content) // 4 * 4
            content, rest = content[:keep], content[keep:]
        data += from_base64(content)
    if rest:
        data += from_base64(rest)
    if data:
        texts.append(_word_text(data, charset, hints))
    return texts


def _word_text(data: bytes, charset: str, hints: Hints) -> str:
    return to_text(data, charset, hints) if known(charset) else to_text(data, "", hints)


def message_ids(values: Iterable[bytes]) -> tuple[str, ...]:
    """All ids of In-Reply-To or References in their order, without <> and without repetition."""
    found: dict[str, None] = {}
    for raw in values:
        text = decode(raw)
        for item in _ID.findall(text) or text.replace(",", " ").split():
            if name := clean_id(item):
                found.setdefault(name)
    return tuple(found)[-MAX_REFERENCES:]


def message_id(raw: bytes | None) -> str:
    text = decode(raw)
    match = _ID.search(text)
    return clean_id(match[1] if match else text)


def clean_id(text: str) -> str:
    return "".join(text.strip("<> \t").split())[:998]


def date(raw: bytes | None) -> datetime | None:
    """With its time zone; a date without one is taken for UTC; nonsense is None."""
    if not raw:
        return None
    try:
        parsed = parsedate_tz(decode(raw[:200]))
        if parsed is None:
            return None
        zone = timezone(timedelta(seconds=parsed[9])) if parsed[9] else UTC
        return datetime(*parsed[:6], tzinfo=zone)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
