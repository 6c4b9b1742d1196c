"""What strangers write: names, machine ids, addresses. Markup is kept raw, control characters are not."""

import re
import unicodedata

_MACHINE_ID = re.compile(r"[A-Za-z0-9{][A-Za-z0-9._:{}\-]{2,99}")
_SID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,183}")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")
_SPACES = frozenset({"\t", "\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"})


def _is_control(char: str) -> bool:
    """Control, format (bidirectional overrides, zero width), surrogate and private characters."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def has_control(text: str) -> bool:
    """Would this break a line, a mail header or the direction of the text around it?"""
    return any(_is_control(char) for char in text)


def clean_name(text: str, *, limit: int) -> str:
    """One line of at most `limit` characters; control characters go, markup stays as it was typed (A28)."""
    spaced = (" " if char in _SPACES else char for char in text)
    kept = "".join(char for char in spaced if not _is_control(char))
    return " ".join(kept.split())[:limit].rstrip()


def is_machine_id(text: str) -> bool:
    return _MACHINE_ID.fullmatch(text) is not None


def is_sid(text: str) -> bool:
    return _SID.fullmatch(text) is not None


def is_domain(text: str) -> bool:
    """Lower case, with a dot in it."""
    return _DOMAIN.fullmatch(text) is not None


def normal_email(text: str) -> str:
    """Lower case, outer blanks off. Nothing else: two spellings of a mailbox stay two addresses."""
    return text.strip(" ").lower()


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def normal_domains(lines: str) -> list[str]:
    """Mail domains out of text parted by blanks, commas or lines; `@` in front is forgiven.

    Raises ValueError with the first word that is no domain.
    """
    found: dict[str, None] = {}
    for word in re.split(r"[\s,;]+", lines.strip()):
        domain = word.strip().lower().removeprefix("@").rstrip(".")
        if not domain:
            continue
        if _DOMAIN.fullmatch(domain) is None:
            raise ValueError(word)
        found[domain] = None
    return list(found)


def version_key(text: str) -> tuple[int, int, int] | None:
    """`1.4` and `1.4.2-beta` to something that sorts; None if it is no version."""
    match = _VERSION.match(text.strip())
    if match is None:
        return None
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch or 0)


def is_too_old(version: str, minimum: str) -> bool:
    """An agent that does not say its version readably counts as too old."""
    mine, least = version_key(version), version_key(minimum)
    return mine is None or (least is not None and mine < least)
