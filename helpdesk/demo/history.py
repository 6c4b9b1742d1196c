"""Weeks of finished work, so that the dashboard, the reports and the charts have something to tell.

Written in bulk with the clock set back and counted once at the end: the first start may not wait for it. Dice
with a fixed seed, so that every demo tells the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from django.db.models import Model

from agents.models import Contact, Profile
from helpdesk.core.models import User
from helpdesk.demo.topics import COMMENTS, NOTES, THANKS, TOPICS
from tickets.domain.kinds import MessageKind, Source, Verb
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.domain.targets import ClockKind, TargetSpec, Unit
from tickets.domain.work import TimeOrigin
from tickets.models import Activity, Message, Survey, Tag, Ticket, TicketClock, TimeEntry
from tickets.selectors.targets import service_targets
from tickets.services.figures.counting import catch_up

DAYS = 42
PRIORITIES = (Priority.LOW, Priority.MEDIUM, Priority.HIGH, Priority.URGENT)
STATUS = "status"
#: Minutes until somebody answers, about.
QUICK = {Priority.URGENT: 9, Priority.HIGH: 25, Priority.MEDIUM: 30, Priority.LOW: 200}


@dataclass
class Pile:
    """Rows that are written together at the end, and what decides them."""

    dice: Random
    targets: "Targets"
    tickets: list[Ticket] = field(default_factory=list)
    tags: list[tuple[Ticket, str]] = field(default_factory=list)
    rest: dict[type[Model], list[Any]] = field(default_factory=dict)

    def add(self, row: Model) -> None:
        self.rest.setdefault(type(row), []).append(row)

    def write(self) -> None:
        Ticket.objects.bulk_create(self.tickets)
        for kind, rows in self.rest.items():
            for row in rows:
                row.ticket_id = row.ticket.pk
            kind._default_manager.bulk_create(rows)
        names = {name for _ticket, name in self.tags}
        Tag.objects.bulk_create([Tag(name=name) for name in sorted(names)], ignore_conflicts=True)
        keys = dict(Tag.objects.filter(name__in=names).values_list("name", "pk"))
        through = Ticket.tags.through
        through._default_manager.bulk_create(
            [through(ticket_id=ticket.pk, tag_id=keys[name]) for ticket, name in self.tags]
        )


def tell_history(users: dict[str, User], *, now: datetime) -> None:
    """A few tickets each working day of the last weeks, all of them finished."""
    pile = Pile(Random(7), Targets())  # noqa: S311 - a story, no secret
    dice = pile.dice
    people = list(Contact.objects.filter(client__isnull=False).select_related("client").order_by("pk"))
    devices = {row.contact_id: row.device_id for row in Profile.objects.filter(contact__isnull=False)}
    team = [users["jonas"], users["jonas"], users["tomas"], users["admin"]]
    for number, opened in enumerate(_moments(dice, now)):
        contact, by = dice.choice(people), dice.choice(team)
        topic = TOPICS[number * 7 % len(TOPICS)]
        ticket = Ticket(
            subject=topic[0],
            description=topic[1],
            priority=dice.choices(PRIORITIES, (2, 6, 2, 1))[0],
            assignee=by,
            client=contact.client,
            contact=contact,
            contact_name=contact.full_name,
            contact_email=contact.email,
            device_id=devices.get(contact.pk),
            source=dice.choices((Source.AGENT, Source.MAIL, Source.CONSOLE), (5, 4, 1))[0],
            created_at=opened,
        )
        pile.tickets.append(ticket)
        pile.tags.append((ticket, topic[3]))
        _tell(ticket, topic[2], by, pile)
    pile.write()
    catch_up(parts=1_000)


def _moments(dice: Random, now: datetime) -> Iterator[datetime]:
    """Busy Mondays, quiet weekends, nothing of today."""
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for days in range(DAYS, 1, -1):
        day = morning - timedelta(days=days)
        busy = (9, 7, 6, 7, 5, 1, 0)[day.weekday()]
        for minute in sorted(
            dice.randrange(7 * 60, 16 * 60) for _ in range(max(0, busy - dice.randrange(3)))
        ):
            yield day + timedelta(minutes=minute)


class Targets:
    """What was promised, as the tickets of today have it."""

    def __init__(self) -> None:
        self._specs: list[TargetSpec] = list(service_targets().values())

    def of(self, ticket: Ticket) -> TargetSpec | None:
        own = [spec for spec in self._specs if ticket.client_id in spec.clients]
        rest = [spec for spec in self._specs if not spec.clients]
        return next(iter(own + rest), None)


def _tell(ticket: Ticket, answer: str, by: User, pile: Pile) -> None:
    opened, dice = ticket.created_at, pile.dice
    quick = QUICK[Priority(ticket.priority)]
    answered = opened + timedelta(minutes=dice.expovariate(1 / quick) + 3)
    solved = answered + timedelta(minutes=dice.expovariate(1 / (quick * 6)) + 8)
    closed = solved + timedelta(minutes=dice.randrange(20, 600))
    ticket.status, ticket.taken_at = Status.CLOSED, answered - timedelta(minutes=2)
    ticket.resolved_at, ticket.closed_at, ticket.updated_at = solved, closed, closed
    _speak(ticket, answer, by, pile)
    _log(ticket, by, pile)
    _clocks(ticket, answered, pile)
    pile.add(
        TimeEntry(
            ticket=ticket,
            user=by,
            user_name=by.full_name,
            started_at=answered,
            seconds=int(dice.triangular(4, 95, 18)) * 60,
            is_billable=dice.random() < 0.85,
            origin=TimeOrigin.TIMER,
        )
    )
    if dice.random() < 0.45:
        pile.add(_survey(ticket, dice))


def _speak(ticket: Ticket, answer: str, by: User, pile: Pile) -> None:
    dice, first_name = pile.dice, ticket.contact_name.split()[0]
    taken, solved = ticket.taken_at or ticket.created_at, ticket.resolved_at or ticket.created_at
    says = [
        (
            taken + timedelta(minutes=2),
            MessageKind.REPLY,
            f"Hello {first_name}, I am on it.",
        )
    ]
    if dice.random() < 0.2:
        says.append((taken + timedelta(minutes=5), MessageKind.NOTE, dice.choice(NOTES)))
    says.append((solved - timedelta(minutes=1), MessageKind.REPLY, answer))
    if dice.random() < 0.4:
        says.append((solved + timedelta(minutes=12), MessageKind.CUSTOMER, dice.choice(THANKS)))
    for at, kind, body in sorted(says, key=lambda said: said[0]):
        author = None if kind is MessageKind.CUSTOMER else by
        name = by.full_name if author else ticket.contact_name
        pile.add(Message(ticket=ticket, kind=kind, author=author, author_name=name, body=body, created_at=at))


def _log(ticket: Ticket, by: User, pile: Pile) -> None:
    times = [ticket.taken_at, ticket.resolved_at, ticket.closed_at]
    states = [Status.OPEN, Status.PROCESSING, Status.RESOLVED, Status.CLOSED]
    opened = Activity(ticket=ticket, at=ticket.created_at, actor_label=ticket.contact_name, verb=Verb.OPENED)
    pile.add(opened)
    for at, before, after in zip(filter(None, times), states, states[1:], strict=False):
        line = {"verb": Verb.CHANGED, "field": STATUS, "before": before, "after": after}
        pile.add(Activity(ticket=ticket, at=at, actor=by, actor_label=by.full_name, **line))


def _clocks(ticket: Ticket, answered: datetime, pile: Pile) -> None:
    target = pile.targets.of(ticket)
    if target is None:
        return
    promise = target.promises[Priority(ticket.priority)]
    for kind, met in ((ClockKind.FIRST, answered), (ClockKind.RESOLVE, ticket.resolved_at)):
        limit = promise.limit(kind)
        if limit is None or met is None:
            continue
        due = limit.after(target.hours, ticket.created_at)
        pile.add(
            TicketClock(
                ticket=ticket,
                target_id=target.key,
                kind=kind,
                priority=ticket.priority,
                amount=limit.amount,
                unit=Unit(limit.unit),
                warn_minutes=promise.warn_minutes,
                started_at=ticket.created_at,
                due_at=due,
                met_at=met,
                missed_at=due if due and met > due else None,
            )
        )


def _survey(ticket: Ticket, dice: Random) -> Survey:
    solved = ticket.resolved_at or ticket.created_at
    rating = dice.choices(("happy", "neutral", "sad"), (14, 3, 1))[0]
    return Survey(
        ticket=ticket,
        contact=ticket.contact,
        email=ticket.contact_email,
        name=ticket.contact_name,
        language="en",
        key_hash=sha256(f"demo {ticket.public_id}".encode()).hexdigest(),
        solved_at=solved,
        asked_at=solved,
        expires_at=solved + timedelta(days=30),
        rating=rating,
        comment=dice.choice(COMMENTS[rating]),
        answered_at=solved + timedelta(hours=2),
    )
