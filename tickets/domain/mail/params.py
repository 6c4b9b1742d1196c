"""Parameters of Content-Type and Content-Disposition (RFC 2045, 2231) as mail programs write them."""

import re
from urllib.parse import unquote_to_bytes

Parameters = dict[str, str]
"""Name in lower case to value; the value holds its bytes by surrogateescape, still RFC 2047 if it was."""

CHARSET = "*charset"
"""Key of the RFC 2231 charset of a parameter: `filename*charset`."""

_NAME = re.compile(rb'(?<![^\s=;"])([^\s=;"]++)\s{0,8}=\s{0,8}')
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_QUOTES_INSIDE = re.compile(rb'[^;"]*"[^;]*"(?=\s*(?:;|$))')
_PLAIN = re.compile(rb"[^;]*")
_NEXT_NAME = re.compile(rb"\s[\w*-]+=")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_FOLD = re.compile(rb"\r?\n[ \t]*")
_ESCAPED = re.compile(rb'\\(["\\])')
MAX_PARAMETERS = 100


def read_parameters(raw: bytes) -> tuple[str, Parameters]:
    """(value before the first `;`, parameters)."""
    if b"\n" in raw:
        raw = _FOLD.sub(b" ", raw)
    head, _, tail = raw.partition(b";")
    if b"=" in head:  # the first semicolon was forgotten
        head, _, rest = head.strip().partition(b" ")
        head, tail = (b"", raw) if b"=" in head else (head, rest + b";" + tail)
    value = head.decode("ascii", "replace").strip().strip('"')
    if not tail:
        return value, {}
    pieces: list[tuple[str, bytes]] = []
    position = 0
    while len(pieces) < MAX_PARAMETERS and (match := _NAME.search(tail, position)):
        content, position = _value(tail, match.end())
        pieces.append((match[1].decode("ascii", "replace").lower(), content))
    return value, _joined(pieces)


def _value(tail: bytes, position: int) -> tuple[bytes, int]:
    """(value, where the next parameter begins); quotes in quotes and missing semicolons are borne."""
    quoted = _QUOTED.match(tail, position)
    if quoted:
        if b"=" not in tail[quoted.end() :] and (more := _QUOTES_INSIDE.match(tail, quoted.end())):
            return tail[position + 1 : more.end() - 1], more.end()
        return _ESCAPED.sub(rb"\1", quoted[1]), quoted.end()
    plain = _PLAIN.match(tail, position)
    content = plain[0] if plain else b""
    following = _NEXT_NAME.search(content)
    if following:
        content = content[: following.start()]
    return content.strip().rstrip(b'"'), position + len(content)


def _joined(pieces: list[tuple[str, bytes]]) -> Parameters:
    """Sections (`name*0*`) put together; a plain name wins only if nothing better stands."""
    found: Parameters = {}
    sections: dict[str, list[tuple[int, bool, bytes]]] = {}
    for key, content in pieces:
        if "*" not in key:
            found.setdefault(key, content.decode("utf-8", "surrogateescape"))
            continue
        match = _SECTION.fullmatch(key)
        if match:
            sections.setdefault(match[1], []).append((int(match[2] or 0), bool(match[3]), content))
    for name, rows in sections.items():
        rows.sort(key=lambda row: row[0])
        charset, content = _section_text(rows)
        found[name] = content.decode("utf-8", "surrogateescape")
        if charset:
            found[name + CHARSET] = charset
    return found


def _section_text(rows: list[tuple[int, bool, bytes]]) -> tuple[str, bytes]:
    charset, joined = "", b""
    for index, (_, is_encoded, content) in enumerate(rows):
        if is_encoded and index == 0 and content.count(b"'") >= 2:
            label, _, content = content.split(b"'", 2)
            charset = label.decode("ascii", "replace")
        joined += unquote_to_bytes(content) if is_encoded or charset else content
    return charset, joined
