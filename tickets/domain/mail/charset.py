"""Bytes to text when the label is wrong, missing or unknown: declared, UTF-8, hints, detector, cp1252."""

import codecs
import re
import sys
from functools import lru_cache

_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "iso-gb2312": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ansi": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode": "utf-16",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "utf8mb4": "utf-8",
    "x-utf-8": "utf-8",
    "_iso-2022-jp$esc": "iso2022_jp_ext",
    "_iso-2022-jp$sio": "iso2022_jp_ext",
}
_NOT_CHARSETS = frozenset(
    ["idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap"]
)
_SILENT = frozenset(
    {
        "",
        "us-ascii",
        "ascii",
        "ansi_x3.4-1968",
        "default",
        "x-unknown",
        "unknown-8bit",
        "8bit",
        "binary",
        "none",
    }
)
_LABEL_END = re.compile("[\\s(;,\"']")
STATEFUL = ("iso2022", "utf-7", "utf-16", "utf-32", "hz")
_JUNK = re.compile("[\x00\ud800-\udfff]")
_JIS_SHIFT = re.compile(rb"\x1b(\$[@B]|\([BJI])")


@lru_cache(maxsize=256)
def known(label: str) -> str:
    """The codec for a charset label, or "" when the label is unknown or says nothing."""
    name = _LABEL_END.split(label.strip(" \t\"'").lower())[0]
    if name in _SILENT:
        return ""
    name = _ALIASES.get(name, name)
    for candidate in (name, re.sub(r"^(?:cp|windows|win|x-cp|x-windows)[-_ ]?(?=\d{3,4}$)", "cp", name)):
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError):
            continue
        if info._is_text_encoding and info.name.replace("-", "_") not in _NOT_CHARSETS:
            return _ALIASES.get(info.name, info.name)
    return ""


def to_text(raw: bytes, declared: str = "", hints: tuple[str, ...] = ()) -> str:
    """Never raises; the text holds neither NUL nor lone surrogates."""
    codec = known(declared) if declared else ""
    if raw.isascii() and (not codec.startswith(STATEFUL) or _is_no_utf16(raw, codec)):
        text = raw.decode("ascii")
        if "\x1b$" not in text:
            return text.replace("\x00", "") if "\x00" in text else text
        codec = codec or "iso2022_jp_ext"
    return clean(_decoded(raw, codec, hints))


def _is_no_utf16(raw: bytes, codec: str) -> bool:
    """Some programs label plain ASCII as UTF-16."""
    return codec.startswith(("utf-16", "utf-32")) and b"\x00" not in raw


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which neither PostgreSQL nor JSON bears."""
    return _JUNK.sub("", text) if not text.isascii() or "\x00" in text else text


def _decoded(raw: bytes, codec: str, hints: tuple[str, ...]) -> str:
    if codec.startswith("iso2022_jp"):
        return _strictly(raw, codec) or _japanese(raw)
    for candidate in (codec, "utf-8", *hints):
        text = _strictly(raw, candidate) if candidate else None
        if text is not None:
            return text
    if codec not in ("", "utf-8"):
        text = raw.decode(codec, "replace")
        if text.count("\ufffd") * 20 <= len(text):
            return text
    if _is_nearly_utf8(raw):
        return raw.decode("utf-8", "replace")
    return _strictly(raw, _detected(raw)) or _western(raw)


def _strictly(raw: bytes, codec: str) -> str | None:
    if codec == "cp1252":
        return _western(raw)
    try:
        return raw.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _western(raw: bytes) -> str:
    """cp1252, its five holes read as Latin-1."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return codecs.charmap_decode(raw, "strict", _CP1252)[0]


_HOLES = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))
_CP1252 = "".join(chr(byte) if byte in _HOLES else bytes((byte,)).decode("cp1252") for byte in range(256))


def _is_nearly_utf8(raw: bytes) -> bool:
    """A cut or doubled byte in a long UTF-8 text does not make it another charset."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    return whole > 0 and broken * 8 <= whole


def begin_mail() -> None:
    """Call it before each mail: guessing is limited for each (A8)."""
    if "tickets.domain.mail.detect" in sys.modules:  # chardet comes with the first mail that needs it
        from tickets.domain.mail import detect

        detect.begin_mail()


def _detected(raw: bytes) -> str:
    from tickets.domain.mail.detect import detect

    return known(detect(raw)) or "cp1252"


def _japanese(raw: bytes) -> str:
    """ISO-2022-JP with the vendor rows (①, ㈱): each double byte by way of Shift JIS (cp932)."""
    pieces, mode, position = [], b"(B", 0
    for match in [*_JIS_SHIFT.finditer(raw), None]:
        chunk = raw[position : match.start() if match else len(raw)]
        pieces.append(_jis_chunk(chunk, mode))
        if match:
            mode, position = match[1], match.end()
    return "".join(pieces)


def _jis_chunk(chunk: bytes, mode: bytes) -> str:
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in chunk).decode("cp932", "replace")
    if not mode.startswith(b"$"):
        return chunk.decode("cp932", "replace")
    shifted = bytearray()
    for high, low in zip(chunk[::2], chunk[1::2], strict=False):
        first = (high - 0x21 >> 1) + (0x81 if high < 0x5F else 0xC1)
        second = low + (0x1F if low < 0x60 else 0x20) if high & 1 else low + 0x7E
        shifted += bytes((first & 0xFF, second & 0xFF))
    return shifted.decode("cp932", "replace")
