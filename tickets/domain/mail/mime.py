"""The tree of a mail, cut on bytes, never deeper or wider than the caps."""

import re
from dataclasses import dataclass, field

from tickets.domain.mail.params import Parameters, read_parameters

MAX_HEADER_BYTES = 256 * 1024
MAX_HEADERS = 2_000
MAX_PARTS = 1_000
MAX_DEPTH = 30

_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_FIELD_START = re.compile(rb"[!-9;-~]+[ \t]*:")
_HEADER_LINE = re.compile(
    rb"(?:Received|From|To|Date|Subject|Sender|Return-Path|Message-ID|Delivered-To|Reply-To|MIME-Version"
    rb"|Content-Type|DKIM-Signature|X-[\w-]+)[ \t]*:",
    re.IGNORECASE,
)
_MBOX = re.compile(rb">?From [^\n:]*(?::[^\n]*)?\n")
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+*-]+")
_BOUNDARY_LINE = re.compile(
    rb"^--([^\s-][^\n]{0,72}?)[ \t\r]*\n(?=Content-[A-Za-z-]+:)", re.MULTILINE | re.IGNORECASE
)
_BROKEN_FIELD_ROOM = 4096
_NOISE_BYTES = 200


@dataclass(slots=True)
class Caps:
    """What is left to spend, and what was exceeded."""

    parts: int = MAX_PARTS
    problems: list[str] = field(default_factory=list)

    def exceeded(self, words: str) -> None:
        self.problems.append(words)


@dataclass(slots=True)
class Part:
    """Header names are lower-case; values are raw bytes, still folded and encoded."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    default_type: str = "text/plain"
    children: list["Part"] = field(default_factory=list)
    media_type: str = ""
    params: Parameters = field(default_factory=dict)
    disposition: str = ""
    disposition_params: Parameters = field(default_factory=dict)

    def get(self, name: bytes) -> bytes | None:
        """The first value of that name."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def get_all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    @property
    def is_multipart(self) -> bool:
        return self.media_type.startswith("multipart/")

    def walk(self) -> list["Part"]:
        """This part and all below it, in the order of the mail (a forwarded mail is one part)."""
        found, waiting = [], [self]
        while waiting:
            part = waiting.pop()
            found.append(part)
            waiting.extend(reversed(part.children))
        return found


def read_tree(raw: bytes, caps: Caps) -> Part:
    """The mail as a tree; what lies beyond the caps is left out and named in `caps.problems`."""
    return _read_part(tidy_start(raw), caps, 0, "text/plain")


def tidy_start(raw: bytes) -> bytes:
    """Take off what mail programs and pipes leave before the header (and CR-only line ends)."""
    if b"\n" not in raw[:MAX_HEADER_BYTES] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\x00")
    if raw[:1] in b" \t":
        raw = raw.lstrip()
    mbox = _MBOX.match(raw) if raw[:5] == b"From " or raw[:6] == b">From " else None
    if mbox:
        raw = raw[mbox.end() :].lstrip(b"\r\n")
    if not _FIELD_START.match(raw):
        return _skip_to_header(raw)
    return raw


def _skip_to_header(raw: bytes) -> bytes:
    """Junk lines such as `---- Original message ----` stand before a real header; else all of it is text."""
    position = 0
    for _ in range(8):
        position = raw.find(b"\n", position, _BROKEN_FIELD_ROOM) + 1
        if not position:
            break
        if _HEADER_LINE.match(raw, position):
            return raw[position:]
    return b"\n" + raw


def split_head(raw: bytes) -> tuple[bytes, bytes]:
    """(header block with \\n line ends, body) — the body begins after the first empty line."""
    if raw[:1] == b"\n":
        return b"", raw[1:]
    if raw[:2] == b"\r\n":
        return b"", raw[2:]
    bare, full = raw.find(b"\n\n"), raw.find(b"\n\r\n")
    if bare < 0 and full < 0:
        return raw.replace(b"\r\n", b"\n"), b""
    if full < 0 or 0 <= bare < full:
        return raw[:bare].replace(b"\r\n", b"\n"), raw[bare + 2 :]
    return raw[:full].replace(b"\r\n", b"\n").rstrip(b"\r"), raw[full + 3 :]


def read_headers(block: bytes, caps: Caps) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """(fields, what follows a header that ends without an empty line)."""
    if len(block) > MAX_HEADER_BYTES:
        caps.exceeded("header block too large")
        block = block[:MAX_HEADER_BYTES]
    fields: list[tuple[bytes, bytes]] = []
    position = 0
    for match in _FIELD.finditer(block):
        if _is_text(block[position : match.start()]):
            return fields, block[position:]
        fields.append((match[1].lower(), match[2]))
        position = match.end() + 1
        if len(fields) >= MAX_HEADERS:
            caps.exceeded("too many headers")
            return fields, b""
    return fields, block[position:]


def _is_text(between: bytes) -> bool:
    """Several lines without a colon are the body of a mail that lost its empty line; one is noise."""
    return between.count(b"\n") > 2


def _read_part(raw: bytes, caps: Caps, depth: int, default_type: str) -> Part:
    block, body = split_head(raw)
    headers, rest = read_headers(block, caps) if block else ([], b"")
    if rest.strip() and (not body or not headers or _is_text(rest) or len(rest) > _NOISE_BYTES):
        body = rest + b"\n\n" + body
    part = Part(headers, body, default_type)
    _read_content_headers(part)
    caps.parts -= 1
    if part.is_multipart:
        _read_children(part, caps, depth)
    return part


def _read_content_headers(part: Part) -> None:
    content_type = part.get(b"content-type")
    part.media_type = part.default_type
    if content_type is not None:
        value, part.params = read_parameters(content_type)
        found = _TYPE.match(value.replace(" ", "").lower())
        part.media_type = found[0] if found else _bare_type(value, part.default_type)
    disposition = part.get(b"content-disposition")
    if disposition is not None:
        value, part.disposition_params = read_parameters(disposition)
        part.disposition = value.strip().lower()


def _bare_type(value: str, default: str) -> str:
    """`text` or `html` alone is text; anything else of that form says nothing."""
    return "text/html" if value.strip().lower() == "html" else default


def _read_children(part: Part, caps: Caps, depth: int) -> None:
    if depth >= MAX_DEPTH:
        caps.exceeded("parts nested too deeply")
        part.media_type = "application/octet-stream"
        return
    default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    for raw in _slices(part, caps):
        if caps.parts <= 0:
            caps.exceeded("too many parts")
            return
        part.children.append(_read_part(raw, caps, depth + 1, default))
    if not part.children:
        part.media_type = "text/plain"


def _slices(part: Part, caps: Caps) -> list[bytes]:
    boundary = part.params.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    slices = cut(part.body, boundary, caps.parts + 1) if boundary else []
    if not slices:
        guess = _BOUNDARY_LINE.search(part.body)
        slices = cut(part.body, guess[1], caps.parts + 1) if guess else []
    return slices


def cut(body: bytes, boundary: bytes, limit: int) -> list[bytes]:
    """The parts between the lines `--boundary`, without their last line end."""
    mark = b"--" + boundary
    slices: list[bytes] = []
    begin, position = -1, 0
    while len(slices) <= limit:
        position = body.find(mark, position)
        if position < 0:
            break
        after = position + len(mark)
        if position and body[position - 1] not in b"\r\n":
            position = after
            continue
        stop = body.find(b"\n", after)
        line = body[after : stop if stop >= 0 else len(body)]
        closes = line.startswith(b"--")
        if line[2 if closes else 0 :].strip():
            position = after
            continue
        if begin >= 0:
            slices.append(_without_line_end(body[begin:position]))
        begin = -1 if closes or stop < 0 else stop + 1
        if closes or stop < 0:
            break
        position = stop + 1
    if begin >= 0 and body[begin:].strip():
        slices.append(body[begin:])
    return slices


def _without_line_end(data: bytes) -> bytes:
    return data[:-2] if data.endswith(b"\r\n") else data[:-1] if data[-1:] in (b"\n", b"\r") else data
