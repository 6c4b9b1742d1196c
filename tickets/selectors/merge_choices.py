"""What the merge page offers: tickets that may be the same, and what the target will hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.domain.merge import SIMILAR, likeness, subject_words
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.domain.text import excerpt
from tickets.models import Attachment, Message, Participant, Tag, Ticket, TicketMerge
from tickets.selectors.access import client_scope, tickets_visible_to
from tickets.selectors.merges import only_comes_back
from tickets.selectors.search import found_by

SUGGESTED = 8
FOUND = 15
#: The newest open tickets of the same client, whose subjects are compared.
_COMPARED = 200
_SHOWN = 30
_ASLEEP = frozenset({Status.WAITING, Status.RESOLVED})
_AWAKE = UNFINISHED - _ASLEEP


@dataclass(frozen=True, slots=True)
class Candidate:
    ticket: Ticket
    is_same_contact: bool = False
    is_similar: bool = False


def candidates(user: User, ticket: Ticket) -> QuerySet[Ticket]:
    """Tickets that it could go on in: the user may work on them, they are open and not merged themselves."""
    rows = tickets_visible_to(user, to=Permission.TICKETS_EDIT).filter(merged_into=None)
    rows = rows.exclude(pk=ticket.pk).exclude(status=Status.CLOSED)
    return rows.select_related("client", "assignee").defer("description", "details")


def suggestions(user: User, ticket: Ticket) -> list[Candidate]:
    """Of the same contact or about the same thing, the likeliest first. Two queries."""
    is_theirs = Q(contact=ticket.contact_id) if ticket.contact_id else Q(pk__in=[])
    if ticket.contact_email:
        is_theirs |= Q(contact_email__iexact=ticket.contact_email)
    rows = candidates(user, ticket).order_by("-updated_at", "-id")
    near = {row.pk: row for row in rows.filter(client=ticket.client_id)[:_COMPARED]}
    theirs = {row.pk: row for row in rows.filter(is_theirs)[:SUGGESTED]}
    words = subject_words(ticket.subject)
    alike = {pk: likeness(words, subject_words(row.subject)) for pk, row in (near | theirs).items()}
    found = [
        Candidate(row, pk in theirs, alike[pk] >= SIMILAR)
        for pk, row in (near | theirs).items()
        if pk in theirs or alike[pk] >= SIMILAR
    ]
    found.sort(key=lambda one: (alike[one.ticket.pk] + one.is_same_contact, one.ticket.pk), reverse=True)
    return found[:SUGGESTED]


def search_candidates(user: User, ticket: Ticket, query: str) -> list[Candidate]:
    """By number or by words. Two queries."""
    rows = candidates(user, ticket).filter(found_by(query)).order_by("-updated_at", "-id")
    return [
        Candidate(row, bool(row.contact_id) and row.contact_id == ticket.contact_id) for row in rows[:FOUND]
    ]


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of what the target will hold; `moves` from `number`."""

    at: datetime
    who: str
    text: str
    number: int
    moves: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What the target will be when the sources have gone on in it."""

    words: Sequence[Word]
    #: How many more there are before those.
    left_out: int
    messages: int
    files: int
    people: Sequence[str]
    tags: Sequence[str]
    #: The highest priority of all, if it is not the target's.
    higher: str
    #: It waits or is solved, while a source still wants us to do something.
    is_asleep: bool
    #: A source whose client is another one.
    stranger: Ticket | None


def preview(sources: Sequence[Ticket], target: Ticket) -> Preview:
    """Some ten queries."""
    numbers = [source.pk for source in sources]
    ranks = list(Priority)
    highest = max(ranks.index(Priority(one.priority)) for one in (*sources, target))
    others = [one for one in sources if one.client_id and target.client_id not in {None, one.client_id}]
    said = Message.objects.filter(ticket__in=[*sources, target], is_opening=False)
    messages = said.aggregate(all=Count("pk"), moving=Count("pk", filter=Q(ticket__in=numbers)))
    words = _words(said, (*sources, target), target)
    return Preview(
        words=words,
        left_out=messages["all"] + len(sources) + 1 - len(words),
        messages=messages["moving"] + len(sources),
        files=Attachment.objects.filter(ticket__in=numbers).count(),
        people=_people(sources, target),
        tags=_tags(numbers, target),
        higher=ranks[highest].value if ranks[highest] != target.priority else "",
        is_asleep=target.status in _ASLEEP and any(one.status in _AWAKE for one in sources),
        stranger=others[0] if others else None,
    )


def _words(said: QuerySet[Message], tickets: Sequence[Ticket], target: Ticket) -> list[Word]:
    """The last ones, oldest first; the tickets' own descriptions among them."""
    rows = said.annotate(head=Left("body", 300)).order_by("-created_at", "-id")[:_SHOWN]
    told = [(one.created_at, one.contact_name, one.description[:300], one.pk) for one in tickets]
    found = sorted([*told, *rows.values_list("created_at", "author_name", "head", "ticket")])[-_SHOWN:]
    return [Word(at, who, excerpt(text), number, number != target.pk) for at, who, text, number in found]


def _people(sources: Sequence[Ticket], target: Ticket) -> list[str]:
    """Who will take part that did not before."""
    rows = Participant.objects.filter(ticket__in=[*sources, target]).values_list(
        "ticket", "email", "is_blocked"
    )
    known = {target.contact_email.lower()} | {email for number, email, _no in rows if number == target.pk}
    new = {one.contact_email.lower() for one in sources if not only_comes_back(one, target)}
    new |= {email for number, email, is_blocked in rows if number != target.pk and not is_blocked}
    return sorted(new - known - {""})


def _tags(numbers: Sequence[int], target: Ticket) -> list[str]:
    """Those that the target does not have."""
    brought = Tag.objects.filter(tickets__in=numbers).exclude(tickets=target.pk)
    return list(brought.order_by("name").values_list("name", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Merged:
    """The banner of a merged ticket."""

    number: int
    by_name: str
    #: "3 minutes ago"
    since: str
    #: The reader may open the target; undoing wants the right to work on both.
    may_open: bool


def merge_shown(user: User, ticket: Ticket) -> Merged | None:
    """No query for a ticket that goes its own way, else one."""
    if ticket.merged_into_id is None:
        return None
    merge = TicketMerge.objects.select_related("target").get(source=ticket, undone_at=None)
    scope = client_scope(user, Permission.TICKETS_VIEW)
    may_open = scope is None or merge.target.client_id in scope
    return Merged(merge.target_id, merge.by_name, naturaltime(merge.at), may_open)
