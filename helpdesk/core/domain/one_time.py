"""Codes that prove a second factor: six digits of an app, or one of ten codes on paper."""

import hashlib
import hmac
import secrets
from typing import Final

STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nobody mixes up two of them


def steps_around(timestamp: float) -> tuple[int, ...]:
    """The steps whose digits count at this time: a clock may be half a minute off either way."""
    step = int(timestamp) // STEP_SECONDS
    return step - 1, step, step + 1


def make_recovery_codes() -> list[str]:
    """Ten codes like `k3vhp-9mqrt`, of 49 bit each."""
    codes: set[str] = set()
    while len(codes) < RECOVERY_CODES:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
        codes.add(f"{letters[:5]}-{letters[5:]}")
    return sorted(codes)


def normal_code(text: str) -> str:
    """As typed, without spaces and dashes and with small letters."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


def recovery_hash(*, pepper: str, user_id: int, code: str) -> str:
    """Bound to its owner and to this desk: a stolen table tells no code (A27)."""
    words = f"recovery\0{user_id}\0{normal_code(code)}"
    return hmac.new(pepper.encode(), words.encode(), hashlib.sha256).hexdigest()
