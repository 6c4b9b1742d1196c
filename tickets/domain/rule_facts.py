"""The facts of an event, for rules to judge."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tickets.domain.mail.parsed import ParsedMail
from tickets.domain.rules import FIELDS, OWNERS, Facts

MAX_HEADERS: Final = 200


class LazyFacts(dict[str, object]):
    """Facts of which some are looked up only when a rule asks for them, and then once."""

    def __init__(self, known: Facts, loaders: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(known)
        self._loaders = dict(loaders)

    def get(self, key: str, default: object = None) -> Any:  # noqa: ANN401 - the signature of a mapping
        if key not in self and key in self._loaders:
            self[key] = self._loaders[key]()
        return super().get(key, default)


def plain_facts(facts: Facts) -> dict[str, object]:
    """Every known fact as JSON can keep it, also those that nobody asked for yet."""
    plain: dict[str, object] = {}
    for field in FIELDS:
        value = facts.get(field)
        if value is not None and value is not False and value not in ("", (), []):
            plain[field] = list(value) if isinstance(value, tuple | set | frozenset) else value
    for owner in OWNERS:
        if values := facts.get(own := f"own_{owner}"):
            plain[own] = values
    return plain


def mail_facts(mail: ParsedMail, *, mailbox: str = "", body: str | None = None) -> dict[str, object]:
    """What a mail itself tells; `mailbox` is the address of ours, `body` the text without folded history.

    The caller adds what the desk knows: client, contact, is_known_sender, language, status, tag and so on.
    """
    headers: dict[str, str] = {}
    for name, value in mail.headers[:MAX_HEADERS]:
        key = name.lower()
        headers[key] = f"{headers[key]}\n{value}" if key in headers else value
    return {
        "subject": mail.subject,
        "body": mail.text if body is None else body,
        "sender": mail.from_.email,
        "sender_name": mail.from_.name,
        "mailbox": mailbox,
        "recipients": _given(address.email for address in (*mail.to, *mail.cc)),
        "header": headers,
        "has_attachment": any(not file.is_inline for file in mail.files),
        "file_name": _given(file.name for file in mail.files if not file.is_inline),
        "is_automatic": mail.is_surely_automatic or mail.is_bounce or mail.is_receipt,
        "language": mail.language,
        "source": "mail",
        "message_id": mail.message_id,
    }


def _given(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)
