"""Who the desk is to other mail servers."""

import hashlib
import hmac
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings


def mail_secret() -> bytes:
    """The key of every mark in our mails (tickets.domain.mail.ids), derived from SECRET_KEY."""
    return _derived(settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _derived(secret_key: str) -> bytes:
    return hmac.digest(secret_key.encode(), b"deskbell mail marks 1", hashlib.sha256)


def desk_domain() -> str:
    """The right side of our Message-IDs, and the name in X-Loop."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"
