"""Authentication-Results (RFC 8601): which server found what; the reader decides which server to trust."""

import re

from tickets.domain.mail.headers import decode
from tickets.domain.mail.parsed import Authentication

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(?:[\w.-]+/)?([A-Za-z][\w-]*)(?:/\d+)?\s*=\s*([A-Za-z]+)")
MAX_RESULTS = 20


def read_authentication(values: list[bytes]) -> tuple[Authentication, ...]:
    """(authserv-id, {method: result}) of each header, topmost first; of a method the first result counts."""
    return tuple(_read(decode(value[:8192])) for value in values[:MAX_RESULTS])


def _read(text: str) -> Authentication:
    head, *clauses = _COMMENT.sub(" ", text).split(";")
    if "=" in head:
        clauses, head = [head, *clauses], ""
    results: dict[str, str] = {}
    for clause in clauses:
        match = _RESULT.match(clause)
        if match:
            results.setdefault(match[1].lower(), match[2].lower())
    return (head.split() or [""])[0].lower(), results
