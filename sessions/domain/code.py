"""Session codes: nine digits, told in groups of three on the phone, in mails and on the join page.

A code is short because people type it. What makes it safe is how it is used (docs/sessions.md): it lets one
customer into one request for some hours, is never given twice, and wrong ones are counted.
"""

import re
import secrets
import unicodedata
from typing import Final

DIGITS: Final = 9
#: How many codes there are, the plain ones among them.
CODES: Final = 10**DIGITS
_SEQUENCES: Final = frozenset({"123456789", "987654321", "012345678", "876543210"})
#: What people take for a digit, and what they set between the groups.
_ALIKE: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "|": "1"})
_BETWEEN: Final = re.compile(r"[\s\-‐-―−.,;:_/·'’\u200b\u2060\ufeff]+")


def make_code() -> str:
    """From the system's own chance, without those that everybody would try first."""
    while True:
        code = f"{secrets.randbelow(CODES):0{DIGITS}}"
        if not is_plain(code):
            return code


def is_plain(code: str) -> bool:
    return len(set(code)) < 4 or code in _SEQUENCES


def spoken(code: str) -> str:
    """482 913 067"""
    return " ".join(code[place : place + 3] for place in range(0, len(code), 3))


def parse_code(typed: str) -> str:
    """The nine digits of what somebody typed or pasted, however it is grouped; "" if it can be no code."""
    text = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:100]).lower()).translate(_ALIKE)
    digits = [unicodedata.digit(sign, -1) for sign in text]
    return "".join(map(str, digits)) if len(digits) == DIGITS and min(digits) >= 0 else ""
