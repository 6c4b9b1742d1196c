"""Full-text search through the database's own index (FTS5 or GIN), never a scan of all tickets."""

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from tickets.domain.counts import CAP
from tickets.domain.text import search_words, ticket_number

#: As the index in migration 0002 has it.
_WORDS = (
    "to_tsvector('simple', tickets_ticket.subject || ' ' || tickets_ticket.description"
    " || ' ' || tickets_ticket.contact_name || ' ' || tickets_ticket.contact_email)"
    " @@ to_tsquery('simple', %s)"
)
_HITS = {
    "sqlite": "SELECT rowid FROM tickets_search WHERE tickets_search MATCH %s LIMIT %s",
    "postgresql": f"SELECT id FROM tickets_ticket WHERE {_WORDS} LIMIT %s",  # noqa: S608 - constants
}
_IS_HIT = {
    "sqlite": "EXISTS (SELECT 1 FROM tickets_search"
    " WHERE tickets_search MATCH %s AND tickets_search.rowid = tickets_ticket.id)",
    "postgresql": _WORDS,
}


def hits(query: str) -> list[int] | None:
    """Ids of all tickets whose subject, description or contact holds every word (or its beginning), or that
    have this number; None when there are more than `CAP`: then walking the list finds a page sooner.
    """
    number = ticket_number(query)
    found = [] if number is None else [number]
    words = _expression(query)
    if not words or query.strip().startswith("#"):
        return found
    with connection.cursor() as cursor:
        cursor.execute(_HITS[connection.vendor], [words, CAP + 1])
        found += [row[0] for row in cursor.fetchall()]
    return found if len(found) <= CAP else None


def is_hit(query: str) -> Q:
    """The same question asked of one ticket after the other."""
    # The text is a constant of this module; the words travel as a parameter.
    return Q(RawSQL(_IS_HIT[connection.vendor], [_expression(query)], BooleanField()))  # noqa: S611


def _expression(query: str) -> str:
    words = search_words(query)
    if connection.vendor == "postgresql":
        return " & ".join(f"{word}:*" for word in words)
    return " ".join(f'"{word}"*' for word in words)
