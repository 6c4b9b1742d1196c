"""Content-Transfer-Encoding undone, with junk, missing padding and false labels borne."""

import re
from binascii import Error as Garbled
from binascii import a2b_base64, a2b_qp, a2b_uu

MAX_GROUPS = 1_000
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET + b"="))
_NOT_JUNK = bytes(set(range(256)) - set(_ALPHABET + b"= \t\r\n"))
_GROUP = re.compile(rb"[^=]+=*")
_SOFT_BREAK = re.compile(rb"=[ \t]+\r?\n")
_TOKEN = re.compile(r"[a-z0-9-]+")
_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)


def undo(body: bytes, encoding: bytes | None) -> bytes:
    """The content of a part."""
    if not encoding:
        return body
    found = _TOKEN.search(encoding.decode("ascii", "replace").lower())
    name = found[0] if found else ""
    if name == "base64":
        return from_base64(body) if _looks_like_base64(body) else body
    if name == "quoted-printable":
        return from_quoted_printable(body)
    if name in ("x-uuencode", "x-uue", "uuencode", "uue"):
        return from_uuencode(body)
    return body


def _looks_like_base64(body: bytes) -> bool:
    """Not so when the first lines are sentences: some programs label plain text as base64."""
    head = body[:600].strip()
    first = head.partition(b"\n")[0].strip()
    if len(first) % 4 == 0 and not first.translate(None, _ALPHABET + b"="):
        return True
    words = head.split()
    return not words or b"=" in head[-3:] or max(map(len, words)) > 20 or len(words) < 4


def from_base64(body: bytes) -> bytes:
    """Padding inside begins a new group; text that follows the padding (a list's footer) is left out."""
    data = body.translate(None, _NOT_BASE64)
    core = data.rstrip(b"=")
    if b"=" not in core:
        return _group(core)
    groups: list[bytes] = []
    for match in _GROUP.finditer(body):
        group = match[0]
        if groups and (len(groups) >= MAX_GROUPS or len(group.translate(None, _NOT_JUNK)) < len(group)):
            break
        groups.append(_group(group.translate(None, _NOT_BASE64).rstrip(b"=")))
    return b"".join(groups)


def _group(data: bytes) -> bytes:
    rest = len(data) % 4
    if rest == 1:
        data, rest = data[:-1], 0
    try:
        return a2b_base64(data + b"=" * (-rest % 4)) if data else b""
    except Garbled:  # pragma: no cover — the alphabet was filtered before
        return b""


def from_quoted_printable(body: bytes) -> bytes:
    if b"= " in body or b"=\t" in body:
        body = _SOFT_BREAK.sub(b"", body)
    return a2b_qp(body)


def from_uuencode(body: bytes) -> bytes:
    """The first file of a uuencoded body; the body itself when there is none."""
    found = find_uuencoded(body)
    return found[0][1] if found else body


def find_uuencoded(body: bytes) -> list[tuple[str, bytes, int, int]]:
    """(name, content, start, end) of each complete uuencoded file in a text."""
    found: list[tuple[str, bytes, int, int]] = []
    position = 0
    while match := _BEGIN.search(body, position):
        end, content = _uu_lines(body, match.end())
        if end:
            name = match[1].decode("utf-8", "replace").strip()
            found.append((name, content, match.start(), end))
        position = end or match.end()
    return found


def _uu_lines(body: bytes, position: int) -> tuple[int, bytes]:
    """(end after the line `end`, content), or (0, b"") as soon as a line is none of that kind."""
    pieces: list[bytes] = []
    while position < len(body):
        stop = body.find(b"\n", position)
        stop = len(body) if stop < 0 else stop
        line = body[position:stop].rstrip(b"\r")
        position = stop + 1
        if line.rstrip() == b"end":
            return (position, b"".join(pieces)) if pieces else (0, b"")
        if not line.strip():
            continue
        try:
            pieces.append(a2b_uu(line))
        except Garbled:
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                pieces.append(a2b_uu(line[:wanted]))
            except Garbled:
                return 0, b""
    return 0, b""
