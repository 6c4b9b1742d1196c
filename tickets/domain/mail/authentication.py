"""Authentication-Results (RFC 8601): which server found what; the reader decides which server to trust."""

import re

from tickets.domain.mail.headers import decode
from tickets.domain.mail.parsed import Authentication

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_COMMENT = re.compile(r"\([^()]*\)")
_DEEPEST_COMMENT = 10
_RESULT = re.compile(r"\s*(?:[\w.-]+/)?([A-Za-z][\w-]*)(?:/\d+)?\s*=\s*([A-Za-z]+)")
MAX_RESULTS = 20


def read_authentication(values: list[bytes]) -> tuple[Authentication, ...]:
    """(authserv-id, {method: result}) of each header, topmost first; of a method that is
    named twice a failure counts, else the first: senders choose words that stand in such a header.
    """
    return tuple(_read(decode(value[:8192])) for value in values[:MAX_RESULTS])


def _read(text: str) -> Authentication:
    text = _QUOTED.sub("?", text)
    for _depth in range(_DEEPEST_COMMENT):
        text = _COMMENT.sub(" ", text)
    head, *clauses = text.split(";")
    if "=" in head:
        clauses, head = [head, *clauses], ""
    results: dict[str, str] = {}
    for clause in clauses:
        match = _RESULT.match(clause)
        if match:
            method, result = match[1].lower(), match[2].lower()
            if method not in results or result.startswith("fail"):
                results[method] = result
    return (head.split() or [""])[0].lower(), results
