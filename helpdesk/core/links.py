"""Links that leave the house in mails: they start with BASE_URL, never with a request's Host header (A19)."""

from django.conf import settings


def absolute_url(path: str) -> str:
    """`path` begins with a slash, as `reverse()` gives it."""
    return f"{settings.BASE_URL}{path}"
