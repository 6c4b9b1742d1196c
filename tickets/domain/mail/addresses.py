"""Addresses as people's programs write them: split on bytes, quotes respected, decoded last."""

import re
from collections.abc import Iterable, Sequence

from tickets.domain.mail.charset import to_text
from tickets.domain.mail.headers import Hints, decode, decode_words, one_line
from tickets.domain.mail.parsed import Address

MAX_ADDRESSES = 1_000
MAX_NAME = 200
MAX_EMAIL = 254
_SIMPLE = re.compile(rb'(?:"?([\w .\'-]*+)"?[ \t]?<([^\s<>"(),;:@]++@[\w.-]++)>|([^\s<>"(),;:@]++@[\w.-]++))')
_BETWEEN_WORDS = re.compile(r"[\s<>\"(),;:\[\]]+")
_SPACES = re.compile(r"\s+")
_SPECIAL = re.compile(rb'[\\"(),;:<>]|=\?')
#: What no reader takes for an address: quoted words, encoded words, comments.
_ASIDE = re.compile(rb'"(?:\\.|[^"\\])*"|=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=|\((?:\\.|[^()\\])*\)', re.DOTALL)
_MARKED = re.compile(rb'[^\s<>,;:"()]*@[^\s<>,;:"()]*')
_PLAIN_BYTES = 4096
_WORDS_OF_A_GROUP = 20  # joining more of them at each colon would take time by the square (A8)
_ENCODED = re.compile(rb"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=")


class _Entry:
    """One mailbox while it is read: words outside, the part in <>, comments in ()."""

    __slots__ = ("angle", "comments", "words")

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.angle: bytes | None = None
        self.comments: list[bytes] = []


def read_addresses(values: Iterable[bytes], hints: Hints = ()) -> tuple[Address, ...]:
    """All addresses of these header values; entries without anything readable are left out."""
    found: list[Address] = []
    for value in values:
        simple = _SIMPLE.fullmatch(value.strip())
        if simple:
            name, email = (simple[1] or b"").strip(b" '"), simple[2] or simple[3]
            found.append(
                Address(
                    name.decode().strip() if name.isascii() else decode(name, hints), _email(email, hints)
                )
            )
            continue
        family = ""
        for entry in _entries(value):
            address = _address(entry, hints)
            if family and entry.angle is not None:  # `Berg, Anna <anna@x>` without quotes
                address = Address(f"{family}, {address.name}" if address.name else family, address.email)
            elif family:
                found.append(Address(family))
            is_bare = entry.angle is None and not address.email and not entry.comments
            family = address.name if is_bare else ""
            if address.email or (address.name and not is_bare):
                found.append(address)
        if family:
            found.append(Address(family))
    return tuple(_limited(address) for address in found[:MAX_ADDRESSES])


def _limited(address: Address) -> Address:
    """No mailbox has a longer address (RFC 5321); what is longer is none."""
    if len(address.name) <= MAX_NAME and len(address.email) <= MAX_EMAIL:
        return address
    return Address(address.name[:MAX_NAME], address.email if len(address.email) <= MAX_EMAIL else "")


def first_address(values: Iterable[bytes], hints: Hints = ()) -> Address:
    """The first one with an @; its name may stand alone if none has one."""
    addresses = read_addresses(values, hints)
    for address in addresses:
        if "@" in address.email:
            return address
    return addresses[0] if addresses else Address()


def is_plain(values: Sequence[bytes], email: str) -> bool:
    """Is this the one address in the one header? Where a header can be read in two ways, the server that
    looks for forgery (DMARC) may have read it in the other one.
    """
    if len(values) != 1 or len(values[0]) > _PLAIN_BYTES:
        return False
    found = {word.strip(b"'.[]").lower() for word in _MARKED.findall(_ASIDE.sub(b" ", values[0]))}
    return found == {email.lower().encode()}


def _entries(value: bytes) -> list[_Entry]:
    """One pass over the bytes: `,` and `;` outside quotes, comments and <> end an entry."""
    entries: list[_Entry] = []
    entry = _Entry()
    position = 0
    while position < len(value) and len(entries) <= MAX_ADDRESSES:
        match = _SPECIAL.search(value, position)
        if not match:
            entry.words.append(value[position:])
            break
        if match.start() > position:
            entry.words.append(value[position : match.start()])
        mark, position = match[0], match.end()
        if mark in b",;":
            entries.append(entry)
            entry = _Entry()
        elif mark == b":":
            _end_group_name(entry)
        else:
            position = _token(entry, value, mark, position)
    entries.append(entry)
    return entries


def _end_group_name(entry: _Entry) -> None:
    """`Team:` before members goes; a colon in a name or an address (`mailto:x`) stays."""
    if len(entry.words) > _WORDS_OF_A_GROUP:
        entry.words.append(b":")
        return
    so_far = b"".join(entry.words).strip()
    if entry.angle is None and so_far and b"@" not in so_far and so_far[-1:].isalpha():
        entry.words = [] if so_far.lower() in _GROUPS or so_far.lower() == b"mailto" else [*entry.words, b":"]
    else:
        entry.words.append(b":")


_GROUPS = frozenset(
    (
        b"undisclosed-recipients",
        b"undisclosed recipients",
        b"recipient list not shown",
        b"unlisted-recipients",
    )
)


def _token(entry: _Entry, value: bytes, mark: bytes, position: int) -> int:
    """Read what begins with `mark`; the position after it."""
    if mark == b"=?":
        word = _ENCODED.match(value, position - 2)
        entry.words.append(word[0] if word else mark)
        return word.end() if word else position
    if mark == b"\\":
        entry.words.append(value[position : position + 1])
        return position + 1
    if mark == b'"':
        stop, text = _quoted(value, position)
        entry.words.append(text)
        return stop
    if mark == b"(":
        stop = _comment_end(value, position)
        entry.comments.append(value[position : stop - 1])
        return stop
    return _angle(entry, value, position) if mark == b"<" else position


def _angle(entry: _Entry, value: bytes, position: int) -> int:
    """`<ann@x>`; without an end (`Ann <ann@x`) the rest up to a comma."""
    stop, again = value.find(b">", position), value.find(b"<", position)
    if stop < 0:
        comma = value.find(b",", position)
        stop = comma if comma >= 0 else len(value)
    elif 0 <= again < stop and b"@" not in value[position:again]:
        return position
    inside = value[position:stop]
    if entry.angle is None or (b"@" in inside and b"@" not in entry.angle):
        entry.angle = inside
    return stop + 1


def _quoted(value: bytes, position: int) -> tuple[int, bytes]:
    stop = position
    while True:
        stop = value.find(b'"', stop)
        if stop < 0:  # an opening quote that never ends is an ordinary character
            return position, b""
        slashes = stop - len(value[position:stop].rstrip(b"\\")) - position
        if slashes % 2 == 0 or slashes > 64:
            break
        stop += 1
    text = value[position:stop]
    if b"\\" in text:
        text = re.sub(rb"\\(.)", rb"\1", text, flags=re.DOTALL)
    return stop + 1, text


def _comment_end(value: bytes, position: int) -> int:
    depth = 1
    for match in re.finditer(rb"\\.|[()]", value[position : position + 4096], re.DOTALL):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if depth == 0:
            return position + match.end()
    return min(len(value), position + 4096) + 1


def _address(entry: _Entry, hints: Hints) -> Address:
    outside, comment = b"".join(entry.words), b" ".join(entry.comments)
    if entry.angle is None and b"@" in comment and b"@" not in outside:  # `Ann (ann@x)`
        outside, comment = comment + b" " + outside, b""
    if entry.angle is not None and (entry.angle.strip() or b"@" not in outside):
        email, name = _email(entry.angle, hints), outside
    else:
        text = _text(outside, hints)
        word = next((word for word in _BETWEEN_WORDS.split(text) if "@" in word[1:-1]), "")
        if not word:
            return Address(_name(outside or comment, hints), "")
        email = word.strip("'.")
        rest = text.replace(word, " ", 1).strip(" <>'\",;:")
        return Address(one_line(rest) or _name(comment, hints), email)
    return Address(_name(name, hints) or _name(comment, hints), email)


def _text(raw: bytes, hints: Hints) -> str:
    return decode_words(raw, hints) if b"=?" in raw else to_text(raw, "", hints)


def _name(raw: bytes, hints: Hints) -> str:
    name = " ".join(decode(raw, hints).split())
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name


def _email(raw: bytes, hints: Hints) -> str:
    text = raw.decode("ascii") if raw.isascii() and b"=?" not in raw else decode(raw, hints)
    text = _SPACES.sub("", one_line(text)).strip("<>\"'")
    if text[:7].lower() == "mailto:":
        text = text[7:]
    return text.rstrip(".,;")
