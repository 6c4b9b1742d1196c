"""The one question after a ticket is solved: how it went, said by a face and perhaps in words."""

import hashlib
import re
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Final

#: How long an answer can be given and corrected.
VALID: Final = timedelta(days=30)
#: Nobody is asked more often than this, however many tickets are solved.
PAUSE: Final = timedelta(days=14)
MAX_COMMENT: Final = 2_000

_PREFIX = "dbs_"  # a name by which logs know it for a secret (A17)
_KEY = re.compile(r"dbs_[A-Za-z0-9_\-]{43}")


class Rating(StrEnum):
    SAD = "sad"
    NEUTRAL = "neutral"
    HAPPY = "happy"


#: What rules hear of as a low rating.
LOW: Final = frozenset({Rating.SAD, Rating.NEUTRAL})


def make_survey_key() -> str:
    """The unguessable part of a link: 256 bit of chance, of which the desk keeps the hash alone (A22)."""
    return _PREFIX + secrets.token_urlsafe(32)


def key_hash(key: str) -> str:
    """What the table holds; "" for a text that cannot be a key."""
    return hashlib.sha256(key.encode()).hexdigest() if _KEY.fullmatch(key) else ""
