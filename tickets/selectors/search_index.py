"""The full-text index of each database, as migration 0003 made it: what it is asked in its own language."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from helpdesk.core.rows import prepared
from tickets.domain.find import Asked, Term
from tickets.models import SearchChange

#: Where a column's words stand in the index of PostgreSQL.
_WEIGHTS = {"subject": "A", "names": "B", "files": "C", "": ""}
#: Names that share letters with a mistyped one, the likest first.
MOST_NAMES = 60
#: Tickets whose words are learned in one transaction: mails and people wait for no longer than it takes.
PART = 500
#: What a search waits for at most; the rest is learned within the moment.
PARTS_AT_ONCE = 4
#: A row if the index has to learn something first.
UNLEARNED = "WHERE EXISTS (SELECT 1 FROM tickets_searchchange)"
_NAMES = (
    "INSERT INTO tickets_name(name) SELECT DISTINCT contact_name FROM tickets_ticket"
    " WHERE id IN ({among}) AND contact_name <> '' ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Index(ABC):
    """SQL of one database. `learn` writes the documents of tickets anew and takes away those of tickets that
    are gone; its parameter is their numbers.
    """

    #: Numbers from one parameter; thousands of them would each be prepared and parsed.
    among: str
    hits: str
    #: If `whole` are few.
    more: str
    names: str
    learn: tuple[str, ...]

    @abstractmethod
    def expression(self, asked: Asked) -> str:
        """What is asked, in the language of the index."""

    @abstractmethod
    def names_like(self, word: str) -> list[Any]:
        """The parameters of `names`."""


class Fts5(Index):
    def expression(self, asked: Asked) -> str:
        wanted = " AND ".join(self._term(term) for term in asked.terms if not term.is_unwanted)
        unwanted = [self._term(term) for term in asked.terms if term.is_unwanted]
        return " NOT ".join([f"({wanted})", *unwanted])

    def _term(self, term: Term) -> str:
        if term.instead:
            return f"({' OR '.join(self._term(one) for one in _instead(term))})"
        words = f'"{" ".join(term.words)}"' + ("*" if term.may_go_on else "")
        return f"{term.column} : {words}" if term.column else words

    def names_like(self, word: str) -> list[Any]:
        return [" OR ".join(f'"{part}"' for part in _threes(word)), MOST_NAMES]


class Gin(Index):
    def expression(self, asked: Asked) -> str:
        return " & ".join(("!" if term.is_unwanted else "") + self._term(term) for term in asked.terms)

    def _term(self, term: Term) -> str:
        if term.instead:
            return f"({' | '.join(self._term(one) for one in _instead(term))})"
        weight = _WEIGHTS[term.column]
        *before, last = (f"'{word}'" for word in term.words)
        marks = [f"{word}:{weight}" if weight else word for word in before]
        ending = weight + ("*" if term.may_go_on else "")
        return f"({' <-> '.join([*marks, f'{last}:{ending}' if ending else last])})"

    def names_like(self, word: str) -> list[Any]:
        parts = [f"%{part}%" for part in _threes(word)]
        return [parts, parts, MOST_NAMES]


_INDEXES: dict[str, Index] = {
    "sqlite": Fts5(
        among="SELECT value FROM json_each(%s)",
        hits="SELECT rowid FROM tickets_search WHERE tickets_search MATCH %s ORDER BY rowid DESC LIMIT %s",
        # The join is what keeps FTS5 from looking before it is wanted.
        more="SELECT begun.rowid FROM (SELECT 1 WHERE (SELECT count(*) FROM whole) <= %s) AS few CROSS JOIN"
        " (SELECT rowid FROM tickets_search WHERE tickets_search MATCH %s"
        " ORDER BY rowid DESC LIMIT %s) AS begun",
        names="SELECT name FROM tickets_name_search WHERE tickets_name_search MATCH %s"
        " ORDER BY rank LIMIT %s",
        learn=(
            "DELETE FROM tickets_search WHERE rowid IN ({among})",
            "INSERT INTO tickets_search(rowid, subject, names, files, body)"
            " SELECT id, subject, names, files, body FROM tickets_text WHERE id IN ({among}) ORDER BY id",
        ),
    ),
    "postgresql": Gin(
        among="SELECT unnest(translate(%s, '[]', '{}')::bigint[])",
        hits="SELECT h AS rowid FROM tickets_hits(to_tsquery('simple', %s), %s) AS h",
        more="SELECT h FROM (SELECT 1 WHERE (SELECT count(*) FROM whole) <= %s) AS few,"
        " tickets_hits(to_tsquery('simple', %s), %s) AS h",
        names="SELECT name FROM tickets_name WHERE name ILIKE ANY (%s) ORDER BY"
        " (SELECT count(*) FROM unnest(%s::text[]) AS part WHERE name ILIKE part) DESC LIMIT %s",
        learn=(
            # One learns at a time, or who read earlier could write later.
            "SELECT pg_advisory_xact_lock(hashtext('tickets_words')), %s",
            "DELETE FROM tickets_words WHERE ticket_id IN ({among})",
            "INSERT INTO tickets_words SELECT id, tickets_document(id) FROM tickets_ticket"
            " WHERE id IN ({among}) ORDER BY id",
        ),
    ),
}


def index() -> Index:
    return _INDEXES[connection.vendor]


def among(numbers: Sequence[int] | str) -> RawSQL:
    """These numbers, for `pk__in`; as JSON already, or a mark that stands for it."""
    return RawSQL(index().among, [numbers if isinstance(numbers, str) else json.dumps(numbers)])  # noqa: S611 - a constant of this module


@dataclass(frozen=True, slots=True)
class Within:
    """A search as a part of another statement's WITH: `found(rowid)` has the highest numbers that hold all of
    this, `depth` at most.
    """

    sql: str
    params: tuple[Any, ...]


def within(asked: Asked, depth: int, *, few: int) -> Within:
    """Where whole words find at most `few` tickets, the last one may go on: a beginning costs as much as all
    the words that begin so. Not for what holds nothing `wanted`.
    """
    here = index()
    # The texts are constants of this module; what somebody typed travels as a parameter.
    sql = f"whole AS MATERIALIZED ({here.hits}), found AS MATERIALIZED (SELECT rowid FROM whole"  # noqa: S608
    params = [here.expression(asked.with_whole_words()), depth]
    if asked.is_unfinished:
        sql += f" WHERE (SELECT count(*) FROM whole) > %s UNION ALL SELECT * FROM ({here.more}) AS more"  # noqa: S608
        params += [few, few, here.expression(asked), depth]
    return Within(f"{sql})", tuple(params))


def newest(asked: Asked, depth: int, *, few: int = 0) -> list[int]:
    """What `within` finds. One query; two where the index has to learn first."""
    if not asked.wanted:
        return []
    search = within(asked, depth, few=few)
    sql = f"WITH {search.sql} SELECT -1 AS rowid {UNLEARNED} UNION ALL SELECT rowid FROM found"  # noqa: S608
    found = _rows(sql, search.params)
    if found and min(found) < 0:
        learn_changes(parts=PARTS_AT_ONCE)
        found = _rows(sql, search.params)
    return sorted((number for number in found if number > 0), reverse=True)


def learn_changes(*, parts: int) -> None:
    """Learns the tickets that say something else since the last time. Safe in several processes at once."""
    while parts and _learn_part():
        parts -= 1


@transaction.atomic
def _learn_part() -> bool:
    here = index()
    changes = dict(SearchChange.objects.order_by("pk").values_list("pk", "ticket")[:PART])
    if changes:
        numbers = json.dumps(sorted(set(changes.values())))
        with connection.cursor() as cursor:
            for statement in (*here.learn, _NAMES):
                cursor.execute(statement.format(among=here.among), [numbers])
        SearchChange.objects.filter(pk__in=list(changes)).delete()
    return bool(changes)


def names_alike(word: str) -> list[str]:
    """Names of contacts that share letters with this word, the likest first. One query."""
    return _rows(index().names, index().names_like(word))


def _rows(sql: str, params: Sequence[Any]) -> list[Any]:
    with prepared(connection) as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def _instead(term: Term) -> Iterable[Term]:
    return (replace(term, words=(word,), may_go_on=False, instead=()) for word in term.instead)


def _threes(word: str) -> list[str]:
    return sorted({word[at : at + 3] for at in range(len(word) - 2)})
