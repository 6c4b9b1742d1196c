from django.core.cache import cache

from helpdesk.core.models import MailText

_KEY = "mail-texts"
Texts = dict[tuple[str, str], tuple[str, str]]


def own_mail_texts() -> Texts:
    """(kind, language) to (subject, body); kept for a minute, since every mail asks."""
    known: Texts | None = cache.get(_KEY)
    if known is None:
        rows = MailText.objects.values_list("kind", "language", "subject", "body")
        known = {(kind, language): (subject, body) for kind, language, subject, body in rows}
        cache.set(_KEY, known, timeout=60)
    return known


def forget_mail_texts() -> None:
    """Reads them anew; for code that has just changed them."""
    cache.delete(_KEY)
