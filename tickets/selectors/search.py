"""Full-text search through the database's own index (FTS5 or GIN), never a scan of all tickets."""

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from tickets.domain.counts import CAP
from tickets.domain.text import search_words, ticket_number

#: Of words that stand in more tickets than this the newest tickets count, so that no search reads everything.
DEPTH = 10_000

#: As the index in migration 0002 has it.
_WORDS = (
    "to_tsvector('simple', tickets_ticket.subject || ' ' || tickets_ticket.description"
    " || ' ' || tickets_ticket.contact_name || ' ' || tickets_ticket.contact_email)"
    " @@ to_tsquery('simple', %s)"
)
_HITS = {
    "sqlite": "SELECT rowid FROM tickets_search WHERE tickets_search MATCH %s ORDER BY rowid DESC LIMIT %s",
    "postgresql": f"SELECT id FROM tickets_ticket WHERE {_WORDS} ORDER BY id DESC LIMIT %s",  # noqa: S608
}


def found_by(query: str) -> Q:
    """Tickets whose subject, description or contact holds every word, or that have this number.

    Where few tickets hold the words as they are, the last one may be the beginning of a word. One query.
    """
    number = ticket_number(query)
    condition = Q(pk__in=[]) if number is None else Q(pk=number)
    words = search_words(query)
    if not words or query.strip().startswith("#"):
        return condition
    expression = _expression(words, is_unfinished=not _is_common(_expression(words)))
    # The text is a constant of this module; the words travel as a parameter.
    return condition | Q(pk__in=RawSQL(_HITS[connection.vendor], [expression, DEPTH]))  # noqa: S611


def _is_common(expression: str) -> bool:
    with connection.cursor() as cursor:
        counted = f"SELECT count(*) FROM ({_HITS[connection.vendor]}) AS hits"  # noqa: S608 - constants
        cursor.execute(counted, [expression, CAP + 1])
        return bool(cursor.fetchone()[0] > CAP)


def _expression(words: list[str], *, is_unfinished: bool = False) -> str:
    """`words` in the index's own language; with `is_unfinished` the last one may go on. A beginning costs as
    much as all the words that begin so, hence only where whole words found little.
    """
    if connection.vendor == "postgresql":
        return " & ".join(words) + (":*" if is_unfinished else "")
    return " ".join(f'"{word}"' for word in words) + ("*" if is_unfinished else "")
