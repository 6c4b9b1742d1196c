"""The language of the search field: words, "phrases", -without, and field:value. Pure reading."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from tickets.domain.filters import ANY, LATE, TicketFilters
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.domain.text import ticket_number

MAX_TERMS = 8
#: Letters (bytes: a sign of Chinese is a word) from which a word may go on: "p" begins a tenth of all words.
MIN_BEGUN = 3
#: Fields of the index, and where their words stand in it.
COLUMNS = {"from": "names", "subject": "subject", "file": "files"}
#: Fields that ask for a fact about the ticket.
FACTS = ("client", "status", "priority", "assignee", "tag", "is")
FIELDS = (*COLUMNS, *FACTS)
#: What `is:` understands.
STATES = ("open", "closed", "mine", "unassigned", "late", "held")
ME, NOBODY = "me", "nobody"
_PART = re.compile(r'(?P<minus>-?)(?:(?P<field>[a-zA-Z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_Choice = TypeVar("_Choice", bound=StrEnum)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after the other. `column` bounds where; the last word `may_go_on`.

    `instead` are names that a single word may have meant: one of them will do.
    """

    words: tuple[str, ...]
    column: str = ""
    is_unwanted: bool = False
    may_go_on: bool = False
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search asks for. `misread` names fields with a value that they do not know."""

    terms: tuple[Term, ...] = ()
    number: int | None = None
    clients: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    statuses: frozenset[Status] | None = None
    priorities: frozenset[Priority] | None = None
    states: frozenset[str] = frozenset()
    misread: tuple[tuple[str, str], ...] = ()

    @property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.is_unwanted)

    @property
    def is_unfinished(self) -> bool:
        """The last word may be half of one that is still being typed."""
        return any(term.may_go_on for term in self.terms)

    def with_whole_words(self) -> "Asked":
        return replace(self, terms=tuple(replace(term, may_go_on=False) for term in self.terms))


@dataclass(slots=True)
class _Reading:
    terms: list[Term] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in FACTS})
    misread: list[tuple[str, str]] = field(default_factory=list)


def read_search(query: str) -> Asked:
    """Read what somebody typed. Nothing is an error: what is no field is a word."""
    query = straight(query).strip()
    if query.startswith("#"):
        return Asked(number=ticket_number(query))
    found, last = _Reading(), ""
    for match in _PART.finditer(query):
        _take(found, match)
        last = match[0]
    terms = found.terms[:MAX_TERMS]
    if terms and len(found.terms) <= MAX_TERMS and query.endswith(last) and not last.endswith(('"', "*")):
        may_go_on = not terms[-1].is_unwanted and _may_go_on(terms[-1].words[-1])
        terms[-1] = replace(terms[-1], may_go_on=may_go_on)
    statuses = _known("status", Status, found)
    priorities = _known("priority", Priority, found)
    states = {value.lower() for value in found.facts["is"]}
    found.misread += [("is", value) for value in sorted(states.difference(STATES))]
    return Asked(
        terms=tuple(terms),
        number=ticket_number(query),
        clients=tuple(found.facts["client"]),
        assignees=tuple(found.facts["assignee"]),
        tags=tuple(found.facts["tag"]),
        statuses=statuses,
        priorities=priorities,
        states=frozenset(states.intersection(STATES)),
        misread=tuple(found.misread),
    )


def _take(found: _Reading, match: re.Match[str]) -> None:
    name, value = (match["field"] or "").lower(), match["phrase"]
    is_phrase = value is not None
    value = (match["word"] if value is None else value).strip()
    if name in FACTS and not match["minus"]:
        found.facts[name] += [value] if value else []
        return
    if not name and value.endswith(":") and value[:-1].lower() in FIELDS:
        return  # a field whose value is still to come
    column = COLUMNS.get(name, "")
    text = value if column or not name else f"{name} {value}"
    words = plain_words(text)
    is_unwanted = bool(match["minus"])
    # "anna@acme.example" and "0x80-77" are several words of the index, one after the other.
    if words:
        starred = not is_phrase and value.endswith("*") and _may_go_on(words[-1])
        found.terms.append(Term(tuple(words), column, is_unwanted, starred))


def _may_go_on(word: str) -> bool:
    return len(word.encode()) >= MIN_BEGUN


def _known(name: str, kind: type[_Choice], found: _Reading) -> frozenset[_Choice] | None:
    """What a field with a list of values was given; None where nothing of it is known."""
    known: set[_Choice] = set()
    for value in (part.lower() for text in found.facts[name] for part in text.split(",") if part):
        if value == ANY:
            known.update(kind)
        elif value in set(kind):
            known.add(kind(value))
        else:
            found.misread.append((name, value))
    return frozenset(known) or None


def straight(query: str) -> str:
    """With the quotes that the search knows: phones and word processors set others."""
    return query.translate(_QUOTES)


def plain(text: str) -> str:
    """Small letters without accents, as both indexes keep them."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def plain_words(text: str) -> list[str]:
    return _WORD.findall(plain(text))


def narrowed_by_words(filters: TicketFilters, *, me: int) -> TicketFilters:
    """The filters with what `status:`, `priority:` and `is:` in the search say; they win over the address."""
    if ":" not in filters.query:
        return filters
    asked = read_search(filters.query)
    if asked.statuses is not None:
        filters = replace(filters, statuses=asked.statuses)
    if asked.priorities is not None:
        filters = replace(filters, priorities=asked.priorities)
    if "open" in asked.states:
        filters = replace(filters, statuses=UNFINISHED)
    if "closed" in asked.states:
        filters = replace(filters, statuses=frozenset(Status) - UNFINISHED)
    if "mine" in asked.states:
        filters = replace(filters, assignee=me, is_unassigned=False)
    if "unassigned" in asked.states:
        filters = replace(filters, assignee=None, is_unassigned=True)
    return replace(
        filters,
        is_late=filters.is_late or LATE in asked.states,
        is_held=filters.is_held or "held" in asked.states,
    )
