"""Clocks go with their ticket: every change of it sets them in the same transaction.

An automatic mail is neither an answer nor a customer's word: who takes it in or sends it calls nothing here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from helpdesk.core.rows import insert_rows
from tickets.domain.conditions import CUSTOM
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.domain.targets import (
    ANSWERS,
    ClockKind,
    Event,
    Limit,
    Run,
    TargetSpec,
    after_event,
    choose,
    due,
    warning,
)
from tickets.models import Ticket, TicketClock, TicketValue
from tickets.selectors.targets import own_fields_matter, service_targets, tags_matter

#: What a change of a clock may touch.
CHANGING = [
    "target", "priority", "amount", "unit", "warn_minutes", "pauses", "paused_at", "due_at", "warn_at",
    "met_at", "warned_at", "missed_at", "is_on_top",
]  # fmt: skip
Tags = Mapping[int, Collection[str]]
Values = Mapping[int, Mapping[str, str]]


def clocks_for_new(tickets: Iterable[Ticket], *, now: datetime, tags: Tags | None = None) -> None:
    """Start the clocks of new tickets, many at once, inside the caller's transaction; call it when status,
    priority, client and tags (`tags`: ticket -> names, else they are read) are what they will be.

    No query without a target; else one INSERT, and one SELECT if a target asks for tags that are not given,
    another if one asks for own fields.
    """
    targets = service_targets().values()
    rows = [ticket for ticket in tickets if ticket.is_unfinished] if targets else []
    if not rows:
        return
    words, values = tags if tags is not None else tags_of(rows, targets), values_of(rows, targets)
    started: list[TicketClock | None] = []
    # Tickets of one batch start together: what is due when is reckoned once for all that are alike.
    alike: dict[tuple[object, ...], TicketClock | None] = {}
    for ticket in rows:
        said = values.get(ticket.pk)
        target = choose(targets, client=ticket.client_id, tags=words.get(ticket.pk, ()), values=said)
        run = Run(now).pause(now) if ticket.status == Status.WAITING else Run(now)
        if target:
            for kind in (ClockKind.FIRST, ClockKind.RESOLVE):
                key = (target.key, ticket.priority, kind, run)
                if key not in alike:
                    alike[key] = new_clock(ticket, kind, run, target)
                started.append(_copy_for(ticket, alike[key]))
    insert_rows(clock for clock in started if clock)


def _copy_for(ticket: Ticket, clock: TicketClock | None) -> TicketClock | None:
    if clock is None:
        return None
    facts = {name: value for name, value in vars(clock).items() if name not in {"_state", "id", "ticket_id"}}
    return TicketClock(ticket_id=ticket.pk, **facts)


def keep_clocks(*, ticket: Ticket, event: Event, now: datetime) -> None:
    """Set the clocks of a ticket after something happened to it, in the transaction that changed its row.

    Safe to call twice. No query while there is no target.
    """
    if not service_targets():
        return
    status = Status(ticket.status)
    unmet = Q(met_at=None) | Q(kind=ClockKind.RESOLVE)  # what was solved may be opened again
    # Locked: the watch marks the same rows, and what it has marked must not be written over.
    clocks = list(TicketClock.objects.select_for_update().filter(unmet, ticket=ticket.pk))
    targets = service_targets(clock.target_id for clock in clocks)
    for clock in clocks:
        before = clock.run
        after = after_event(ClockKind(clock.kind), before, event, status, now)
        if after != before:
            set_clock(clock, after, targets[clock.target_id])
            clock.save(update_fields=CHANGING)
    waits = any(clock.kind in ANSWERS for clock in clocks)
    if event is Event.CUSTOMER_WROTE and not waits and ticket.is_unfinished:
        target = target_of(ticket, targets.values())
        started = new_clock(ticket, ClockKind.NEXT, Run(now), target) if target else None
        if started:
            started.save(force_insert=True)


def target_of(ticket: Ticket, targets: Collection[TargetSpec]) -> TargetSpec | None:
    """The target that counts for this ticket now."""
    words = tags_of([ticket], targets).get(ticket.pk, ())
    said = values_of([ticket], targets).get(ticket.pk)
    return choose(targets, client=ticket.client_id, tags=words, values=said)


def new_clock(ticket: Ticket, kind: ClockKind, run: Run, target: TargetSpec) -> TicketClock | None:
    """Unsaved; None where nothing is promised."""
    promise = target.promises[Priority(ticket.priority)]
    limit = promise.limit(kind)
    if limit is None:
        return None
    clock = TicketClock(ticket_id=ticket.pk, kind=kind.value, started_at=run.started_at)
    promise_to(clock, ticket, target, limit, promise.warn_minutes)
    set_clock(clock, run, target)
    return clock


def promise_to(
    clock: TicketClock, ticket: Ticket, target: TargetSpec, limit: Limit, warn_minutes: int
) -> None:
    clock.target_id, clock.priority = target.key, ticket.priority
    clock.amount, clock.unit, clock.warn_minutes = limit.amount, limit.unit.value, warn_minutes


def set_clock(clock: TicketClock, run: Run, target: TargetSpec) -> None:
    """Give the clock this life. Met clocks keep the time they were due at; who met it late missed it."""
    clock.run = run
    if run.met_at:
        if clock.due_at and run.met_at > clock.due_at:
            clock.missed_at = clock.missed_at or clock.due_at
        clock.is_on_top = False
    else:
        clock.due_at = due(run, clock.limit, target.hours)
        clock.warn_at = warning(clock.due_at, clock.warn_minutes, target.hours)


def values_of(tickets: Iterable[Ticket], targets: Iterable[TargetSpec]) -> Values:
    """Ticket -> what its own fields say; nothing is read while no target asks for one."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if own_fields_matter(targets):
        rows = TicketValue.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
        for ticket, key, value in rows.values_list("ticket_id", "field__key", "value"):
            found[ticket][f"{CUSTOM}{key}"] = value
    return found


def tags_of(tickets: Iterable[Ticket], targets: Iterable[TargetSpec]) -> Tags:
    """Ticket -> names of its tags; nothing is read while no target asks for a tag."""
    found: dict[int, list[str]] = defaultdict(list)
    if tags_matter(targets):
        rows = Ticket.tags.through.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
        for ticket, name in rows.values_list("ticket_id", "tag__name"):
            found[ticket].append(name)
    return found
