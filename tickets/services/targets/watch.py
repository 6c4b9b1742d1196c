"""What happens when a promise comes near or is broken."""

import logging
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F, Q, QuerySet

from helpdesk.core import events
from helpdesk.core.domain.notices import News
from helpdesk.core.jobs import each_minute
from helpdesk.core.models import User
from helpdesk.core.services.notices import notice
from tickets.domain.kinds import Verb
from tickets.domain.priority import Priority
from tickets.domain.rules import Trigger
from tickets.models import Ticket, TicketClock
from tickets.services.change import write_activity
from tickets.services.mail_out.automatic import AutomaticMail, queue_automatic_bulk
from tickets.services.rules import run_on_ticket
from tickets.services.rules.facts import facts_of
from tickets.services.targets.retarget import retarget

LIMIT = 200
logger = logging.getLogger(__name__)


class Act(Protocol):
    def __call__(self, pk: int, *, now: datetime) -> bool: ...


@each_minute
def watch_clocks(now: datetime) -> None:
    """Every broken promise and every warning is acted on once, each in a transaction of its own.

    Safe to run twice and in several processes: one conditional UPDATE decides who acts.
    """
    running = TicketClock.objects.filter(met_at=None, ticket__merged_into=None)
    _each(running.filter(missed_at=None, due_at__lte=now).order_by("due_at"), miss, now)
    _each(running.filter(warned_at=None, warn_at__lte=now).order_by("warn_at"), warn, now)


def _each(clocks: QuerySet[TicketClock], act: Act, now: datetime) -> None:
    for pk in list(clocks.values_list("pk", flat=True)[:LIMIT]):
        try:
            act(pk, now=now)
        except Exception:  # one ticket that cannot be dealt with must not keep the others from it
            logger.exception("Clock %d could not be acted on; the next try is in a minute.", pk)


@transaction.atomic
def miss(pk: int, *, now: datetime) -> bool:
    """The promise is broken: do what its target says, then let the rules look. False if that is old news."""
    due = Q(met_at=None, missed_at=None, due_at__lte=now)
    _lock_ticket(pk)
    if not TicketClock.objects.filter(due, pk=pk).update(missed_at=F("due_at"), warned_at=now):
        return False
    clock = _read(pk)
    ticket, target = clock.ticket, clock.target
    TicketClock.objects.filter(pk=pk).update(is_on_top=target.goes_on_top)
    write_activity(ticket=ticket, verb=Verb.MISSED, by=None, now=now, field="target", after=clock.kind)
    if target.raises_priority:
        _raise_priority(ticket, now)
    if target.tells_people:
        queue_automatic_bulk([_notice(ticket, person) for person in _people(ticket)], now=now)
    facts = facts_of(ticket, now, target=clock.kind)
    run_on_ticket(ticket=ticket, trigger=Trigger.TARGET_MISSED, now=now, facts=facts)
    return True


@transaction.atomic
def warn(pk: int, *, now: datetime) -> bool:
    """The promise comes near: pages and rules hear of it. False if that is old news."""
    near = Q(met_at=None, warned_at=None, warn_at__lte=now)
    _lock_ticket(pk)
    if not TicketClock.objects.filter(near, pk=pk).update(warned_at=now):
        return False
    clock = _read(pk)
    ticket = clock.ticket
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
    about, key = f"ticket:{ticket.pk}", f"near:{pk}:{clock.due_at}"
    notice(news=News.TARGET, to=_people(ticket), about=about, detail="near", key=key, now=now)
    facts = facts_of(ticket, now, target=clock.kind)
    run_on_ticket(ticket=ticket, trigger=Trigger.TARGET_NEAR, now=now, facts=facts)
    return True


def _lock_ticket(pk: int) -> None:
    """First the ticket, then its clocks, as everybody else: or the two would wait for each other."""
    Ticket.objects.select_for_update(of=("self",)).filter(clocks=pk).order_by().first()


def _read(pk: int) -> TicketClock:
    rows = TicketClock.objects.select_related("target", "ticket__assignee", "ticket__team", "ticket__client")
    return rows.get(pk=pk)


def _raise_priority(ticket: Ticket, now: datetime) -> None:
    """By one, if nobody else changes it just now; it raises no rule, as rules hear of the missed target."""
    ranks = list(Priority)
    before = Priority(ticket.priority)
    after = ranks[min(ranks.index(before) + 1, len(ranks) - 1)]
    rows = Ticket.objects.filter(pk=ticket.pk, priority=before).exclude(priority=after)
    if rows.update(priority=after.value, updated_at=now):
        ticket.priority = after.value
        write_activity(
            ticket=ticket, verb=Verb.CHANGED, by=None, now=now, field="priority", before=before, after=after
        )
        retarget([ticket], now=now)


def _people(ticket: Ticket) -> list[User]:
    """Whose ticket it is: the technician, and everybody in a team."""
    if ticket.assignee:
        return [ticket.assignee] if ticket.assignee.is_active else []
    return list(ticket.team.members.filter(is_active=True)) if ticket.team else []


def _notice(ticket: Ticket, person: User) -> AutomaticMail:
    return AutomaticMail(
        ticket=ticket,
        template="notification",
        to=person.email,
        to_name=person.full_name,
        language=person.language,
        facts={"reason": Trigger.TARGET_MISSED.value},
    )
