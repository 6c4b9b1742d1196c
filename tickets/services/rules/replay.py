"""Events of the past as rules would meet them: the ticket with the values that it had just before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from helpdesk.core.models import Team, User
from tickets.domain.kinds import MessageKind, Verb
from tickets.domain.rule_facts import LazyFacts
from tickets.domain.rules import Trigger
from tickets.domain.status import Status
from tickets.models import Activity, Message, Ticket
from tickets.selectors.access import tickets_visible_to
from tickets.selectors.surveys import low_answers
from tickets.services.rules.facts import facts_of

_FIELD_OF = {
    Trigger.STATUS_CHANGED: "status",
    Trigger.PRIORITY_CHANGED: "priority",
    Trigger.TYPE_CHANGED: "type",
    Trigger.ASSIGNMENT_CHANGED: "assignee",
}
_ANSWERS = frozenset({Trigger.CUSTOMER_REPLIED, Trigger.REOPENED})


@dataclass(frozen=True, slots=True)
class PastEvent:
    """`ticket` is a copy for reading: it holds the values of that time and must not be saved."""

    ticket: Ticket
    at: datetime
    facts: LazyFacts


def past_events(
    trigger: Trigger, *, by: User, last: int, now: datetime, number: int | None = None
) -> list[PastEvent]:
    """The last events of this kind on tickets that `by` may see, the newest first.

    Rules about time and targets meet the tickets that are not closed, as they are now. With `number` only the
    events of that ticket. Merged tickets, and words that were moved, tell no more how it was.
    """
    seen = tickets_visible_to(by).filter(merged_into=None)
    seen = seen.select_related("contact", "device", "mailbox", "client")
    if number is not None:
        seen = seen.filter(pk=number)
    if trigger is Trigger.CREATED:
        openings = Prefetch("messages", Message.objects.filter(is_opening=True), to_attr="openings")
        tickets = list(seen.prefetch_related("attachments", openings).order_by("-id")[:last])
        return _opened(tickets)
    if trigger in _ANSWERS:
        return _answered(seen, trigger, last)
    if field := _FIELD_OF.get(trigger):
        return _changed(seen, field, last)
    if trigger is Trigger.LOW_RATING:
        return _rated(seen, last)
    current = seen.exclude(status=Status.CLOSED).prefetch_related("tags").order_by("-id")[:last]
    return [PastEvent(ticket, now, facts_of(ticket, now)) for ticket in current]


def _opened(tickets: Sequence[Ticket]) -> list[PastEvent]:
    history = _History(tickets)
    events = []
    for ticket in tickets:
        then = history.at(ticket, ticket.created_at)
        opening = next(iter(ticket.openings), None)  # type: ignore[attr-defined]
        names = tuple(file.filename for file in ticket.attachments.all() if file.message_id is None)
        facts = facts_of(
            then,
            ticket.created_at,
            tag=(),
            file_name=names,
            has_attachment=bool(names),
            is_known_sender=was_known(ticket),
            is_automatic=bool(opening and opening.is_automatic),
            mail_in=opening.mail_in_id if opening else None,
        )
        events.append(PastEvent(then, ticket.created_at, facts))
    return events


def _answered(seen: QuerySet[Ticket], trigger: Trigger, last: int) -> list[PastEvent]:
    words = Message.objects.filter(
        ticket__in=seen, kind=MessageKind.CUSTOMER, is_opening=False, is_held=False, origin=None
    ).order_by("-id")
    answers = list(
        words.select_related("ticket__contact", "ticket__device", "ticket__client", "ticket__mailbox")[:last]
    )
    history = _History([answer.ticket for answer in answers])
    events = []
    for answer in answers:
        then = history.at(answer.ticket, answer.created_at)
        if trigger is Trigger.REOPENED and then.status not in {Status.RESOLVED, Status.WAITING}:
            continue
        told: dict[str, object] = {
            "body": answer.body,
            "sender_name": answer.author_name,
            "sender": answer.author_email or then.contact_email,
            "is_automatic": answer.is_automatic,
            "mail_in": answer.mail_in_id,
        }
        facts = facts_of(then, answer.created_at, **told)
        events.append(PastEvent(then, answer.created_at, facts))
    return events


def _changed(seen: QuerySet[Ticket], field: str, last: int) -> list[PastEvent]:
    """What people changed; the ticket holds the new value."""
    moves = Activity.objects.filter(ticket__in=seen, field=field, verb__in=[Verb.CHANGED, Verb.TAKEN])
    moves = moves.exclude(actor=None).select_related("ticket__contact", "ticket__device", "ticket__client")
    changes = list(moves.order_by("-id")[:last])
    history = _History([change.ticket for change in changes])
    events = []
    for change in changes:
        then = history.at(change.ticket, change.at, after=change.pk)
        before = history.person(change.before) if field == "assignee" else change.before
        events.append(PastEvent(then, change.at, facts_of(then, change.at, before=str(before or ""))))
    return events


def _rated(seen: QuerySet[Ticket], last: int) -> list[PastEvent]:
    """Low ratings as they are now: a corrected one is met with its last words."""
    rows = low_answers(seen).select_related("ticket__contact", "ticket__device", "ticket__client")
    answers = list(rows.order_by("-answered_at")[:last])
    history = _History([answer.ticket for answer in answers])
    events = []
    for answer in answers:
        at = answer.answered_at or answer.asked_at
        then = history.at(answer.ticket, at)
        facts = facts_of(then, at, rating=answer.rating, comment=answer.comment)
        events.append(PastEvent(then, at, facts))
    return events


def was_known(ticket: Ticket) -> bool:
    """Had we a contact before this ticket? A first mail makes one in passing."""
    return ticket.contact is not None and ticket.contact.created_at < ticket.created_at


class _History:
    """Status, priority and assignment of some tickets at any time, from their activity: 3 queries."""

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        fields = ("status", "priority", "type", "assignee")
        rows = Activity.objects.filter(ticket__in={ticket.pk for ticket in tickets}, field__in=fields)
        self._moves: dict[int, list[Activity]] = defaultdict(list)
        for row in rows.order_by("at", "id"):
            self._moves[row.ticket_id].append(row)
        self._people: Mapping[str, int] = dict(User.objects.values_list("full_name", "pk"))
        self._teams: Mapping[str, int] = dict(Team.objects.values_list("name", "pk"))

    def at(self, ticket: Ticket, at: datetime, *, after: int = 0) -> Ticket:
        """A copy as it was just before `at`, or just after the activity `after`."""
        then = copy(ticket)
        for move in reversed(list(self._since(ticket, at, after))):
            if move.field == "assignee":
                then.assignee_id, then.team_id = self.person(move.before), self._teams.get(move.before)
            else:
                setattr(then, move.field, move.before)
        return then

    def person(self, name: str) -> int | None:
        """By the name that the activity kept; who was renamed since is nobody."""
        return self._people.get(name)

    def _since(self, ticket: Ticket, at: datetime, after: int) -> Iterator[Activity]:
        return (move for move in self._moves[ticket.pk] if move.at >= at and move.pk > after)
