"""Search behind one door: full text through the database's own index, and facts by field:value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Q

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


def find(query: str, *, me: int | None = None) -> Found:
    """Tickets whose subject, messages, contact or file names hold every word, or that have this number.

    Where few tickets hold the words as they are, the last may be the beginning of a word; where none does, a
    word may be a mistyped name. One query, more when nothing is found, and one for each field that names a
    client or a technician.
    """
    asked = read_search(query)
    facts = _facts(asked, me)
    if not asked.wanted and asked.number is None:
        # Nothing to look for: of bare fields all tickets are left, of signs alone none.
        has_fields = bool(facts or asked.statuses or asked.priorities or asked.states)
        return Found(asked, facts if has_fields else Q(pk__in=[]), is_few=not has_fields)
    asked, numbers = _hits(asked)
    is_cut = len(numbers) > DEPTH
    del numbers[DEPTH:]
    if asked.number is not None:
        numbers.append(asked.number)
    condition = Q(pk__in=search_index.among(numbers) if numbers else []) & facts
    return Found(asked, condition, is_few=True, is_cut=is_cut)


def found_by(query: str, *, me: int | None = None) -> Q:
    """The condition alone."""
    return find(query, me=me).condition


def _hits(asked: Asked) -> tuple[Asked, list[int]]:
    numbers = search_index.newest(asked, DEPTH + 1, few=CAP)
    if numbers or asked.number is not None:
        return asked, numbers
    is_alone = len(asked.terms) == 1
    respelled = replace(asked, terms=tuple(_respelled(term, is_alone=is_alone) for term in asked.terms))
    return (
        (asked, []) if respelled == asked else (respelled, search_index.newest(respelled, DEPTH + 1, few=CAP))
    )


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
