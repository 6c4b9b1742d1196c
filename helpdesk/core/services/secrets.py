"""Secrets of other servers at rest, sealed by a key out of SECRET_KEY: a stolen database tells none (A27)."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from helpdesk.core.errors import Conflict

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class SealBroken(Conflict):
    """Another SECRET_KEY, or a row that somebody changed by hand."""

    code = "seal-broken"
    title = _("This secret was sealed with another SECRET_KEY. Enter it again.")


def seal(text: str, *, purpose: str) -> str:
    """A token that only this desk opens, and only for the same `purpose`. The empty text stays empty."""
    return _box(purpose).encrypt(text.encode()).decode() if text else ""


def unseal(token: str, *, purpose: str) -> str:
    """What `seal` closed; SealBroken when it cannot be opened. Keys in SECRET_KEY_FALLBACKS still open."""
    if not token:
        return ""
    from cryptography.fernet import InvalidToken

    try:
        return _box(purpose).decrypt(token.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def seal_for_now(text: str, *, purpose: str, now: datetime) -> str:
    """As `seal`, with its moment inside, for `unseal_fresh`."""
    return _box(purpose).encrypt_at_time(text.encode(), int(now.timestamp())).decode()


def unseal_fresh(token: str, *, purpose: str, seconds: int, now: datetime) -> str:
    """What was sealed at most so many seconds ago, whoever kept it for longer; else SealBroken."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(purpose).decrypt_at_time(token.encode(), seconds, int(now.timestamp())).decode()
    except InvalidToken:
        raise SealBroken from None


def _box(purpose: str) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet  # 5 MB that an idle desk does without

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(str(key), purpose)) for key in keys])


def _key(secret: str, purpose: str) -> bytes:
    """One key per purpose: a token of one kind is no use as another."""
    digest = hmac.new(secret.encode(), b"deskbell seal\0" + purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest)
