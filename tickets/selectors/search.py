"""Search behind one door: full text through the database's own index, and facts by field:value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from agents.models import Client
from helpdesk.core.models import Team, User
from helpdesk.core.rows import prepared
from tickets.domain.counts import CAP
from tickets.domain.find import ME, NOBODY, Asked, Term, plain_words, read_search
from tickets.domain.spelling import excerpt_around, likest, shows
from tickets.models import Tag, Ticket
from tickets.selectors import search_index

#: Of words that stand in more tickets than this the newest tickets count, so that no search reads everything.
#: One more than counts go to: a search that was cut has "1,000+" tickets.
DEPTH = CAP + 1
#: Shorter words are not taken for mistyped names.
_SHORTEST_NAME = 4
_EXCERPTS = 200
_NEWEST_FOUND = f"SELECT rowid FROM found ORDER BY rowid DESC LIMIT {DEPTH}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Found:
    """What a search leaves. `is_cut`: more tickets have these words, the newest count.

    `asked` is what was looked for in the end, with the names that a mistyped word may have meant.
    """

    asked: Asked
    condition: Q
    is_few: bool = False
    is_cut: bool = False

    @property
    def instead(self) -> list[str]:
        return [word for term in self.asked.terms for word in term.instead]


@dataclass(frozen=True, slots=True)
class SearchShown:
    """For templates: `asked` lights up words (`hits`), `places` tells where else in a ticket they stand."""

    asked: Asked
    places: Mapping[int, str]
    notes: Sequence[str] = ()


class Search:
    """Tickets whose subject, messages, contact or file names hold every word, or that have this number.

    Where few tickets hold the words as they are, the last may be the beginning of a word; where none does, a
    word may be a mistyped name. The database is asked with the page, `within` its statement, or else by
    `found`: one query, more when nothing is found. Each field that names a client or a technician costs one.
    """

    def __init__(self, query: str, *, me: int | None = None) -> None:
        self.read = read_search(query)
        self._facts = _facts(self.read, me)
        self._found: Found | None = None

    @property
    def found(self) -> Found:
        if self._found is None:
            self._found = self._find()
        return self._found

    def within(self) -> tuple[search_index.Within, Q] | None:
        """The hits and the condition by them; None where a page has to be told which tickets were found."""
        if self._found or not self.read.wanted or self.read.number is not None:
            return None
        hits = search_index.within(self.read, DEPTH + 1, few=CAP)
        return hits, Q(pk__in=RawSQL(_NEWEST_FOUND, [])) & self._facts  # noqa: S611 - a constant of this module

    def learned(self, count: int, *, is_unlearned: bool) -> bool:
        """What a statement with `within` counted. False: it does not say all, look again by `found`."""
        if is_unlearned or not count:
            self._found = None if is_unlearned else self._respelled()
            return False
        hits = search_index.within(self.read, DEPTH + 1, few=CAP)
        again = RawSQL(f"WITH {hits.sql} {_NEWEST_FOUND}", hits.params)  # noqa: S611
        condition = Q(pk__in=again) & self._facts
        self._found = Found(self.read, condition, is_few=True, is_cut=count > DEPTH)
        return True

    def _find(self) -> Found:
        asked = self.read
        if not asked.wanted and asked.number is None:
            # Nothing to look for: of bare fields all tickets are left, of signs alone none.
            has_fields = bool(self._facts or asked.statuses or asked.priorities or asked.states)
            return Found(asked, self._facts if has_fields else Q(pk__in=[]), is_few=not has_fields)
        numbers = search_index.newest(asked, DEPTH + 1, few=CAP)
        return self._of(asked, numbers) if numbers or asked.number is not None else self._respelled()

    def _respelled(self) -> Found:
        asked = self.read
        is_alone = len(asked.terms) == 1
        terms = tuple(_respelled(term, is_alone=is_alone) for term in asked.terms)
        if terms == asked.terms:
            return self._of(asked, [])
        respelled = replace(asked, terms=terms)
        return self._of(respelled, search_index.newest(respelled, DEPTH + 1, few=CAP))

    def _of(self, asked: Asked, numbers: list[int]) -> Found:
        is_cut = len(numbers) > DEPTH
        del numbers[DEPTH:]
        if asked.number is not None:
            numbers.append(asked.number)
        condition = Q(pk__in=search_index.among(numbers) if numbers else []) & self._facts
        return Found(asked, condition, is_few=True, is_cut=is_cut)


def find(query: str, *, me: int | None = None) -> Found:
    """What a search leaves, asked at once."""
    return Search(query, me=me).found


def found_by(query: str, *, me: int | None = None) -> Q:
    """The condition alone."""
    return find(query, me=me).condition


def _respelled(term: Term, *, is_alone: bool) -> Term:
    """The term with names that are spelled almost so, if no ticket has the word itself: one that stands alone
    was not found.
    """
    if len(term.words) > 1 or term.is_unwanted or term.column not in {"", "names"}:
        return term
    (word,) = term.words
    if len(word) < _SHORTEST_NAME or not (is_alone or not search_index.newest(Asked((term,)), 1)):
        return term
    known = {part for name in search_index.names_alike(word) for part in plain_words(name)}
    return replace(term, instead=tuple(likest(word, known)))


def _facts(asked: Asked, me: int | None) -> Q:
    condition = Q()
    for name in asked.clients:
        clients = Client.objects.filter(name__icontains=name).order_by("pk")
        condition &= Q(client__in=list(clients.values_list("pk", flat=True)[:CAP]))
    for name in asked.assignees:
        condition &= _assigned_to(name, me)
    for name in asked.tags:
        tags = Tag.objects.filter(name__iexact=name).order_by().values("pk")
        condition &= Q(pk__in=Ticket.tags.through.objects.filter(tag__in=tags).values("ticket_id"))
    return condition


def _assigned_to(name: str, me: int | None) -> Q:
    if name.lower() == NOBODY:
        return Q(assignee=None, team=None)
    if name.lower() == ME and me is not None:
        return Q(assignee=me)
    people = User.objects.filter(Q(full_name__icontains=name) | Q(email__istartswith=name)).order_by("pk")
    teams = Team.objects.filter(name__icontains=name).order_by("pk")
    return Q(assignee__in=list(people.values_list("pk", flat=True)[:CAP])) | Q(
        team__in=list(teams.values_list("pk", flat=True)[:CAP])
    )


def excerpts(asked: Asked, tickets: Sequence[Ticket]) -> Mapping[int, str]:
    """For tickets whose row shows none of the words: the place where one of them stands. One query."""
    words = [word for term in asked.wanted if not term.column for word in (term.instead or term.words)]
    hidden = [ticket.pk for ticket in tickets if not shows(f"{ticket.subject} {ticket.contact_name}", asked)]
    if not words or not hidden:
        return {}
    found: dict[int, str] = {}
    for number, text in _texts_with(words, hidden):
        found.setdefault(number, excerpt_around(text, words))
    return found


def _texts_with(words: Sequence[str], tickets: Sequence[int]) -> list[tuple[int, str]]:
    """Descriptions first. Written out: Django would compile as long as the database looks."""
    among = search_index.index().among
    operator = connection.operators["icontains"].replace("%", "%%")  # type: ignore[attr-defined]
    has = f"{connection.ops.lookup_cast('icontains')} {operator}"
    parts, params = [], []
    for table, key, text in (("ticket", "id", "description"), ("message", "ticket_id", "body")):
        has_word = " OR ".join([has % text] * len(words))
        parts.append(f"SELECT {key}, {text} FROM tickets_{table} WHERE {key} IN ({among}) AND ({has_word})")  # noqa: S608
        params += [json.dumps(tickets), *(f"%{word}%" for word in words)]
    with prepared(connection) as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} LIMIT {_EXCERPTS}", params)
        return list(cursor.fetchall())
