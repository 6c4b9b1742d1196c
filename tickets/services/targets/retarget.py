"""Promise anew: after a ticket's priority or tags changed, or when somebody asks for it in the settings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet

from helpdesk.core.rows import insert_rows
from tickets.domain.kinds import MessageKind
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.domain.targets import ClockKind, Event, Promise, Run, TargetSpec, choose, replay
from tickets.models import Activity, Message, Ticket, TicketClock
from tickets.selectors.targets import own_fields_matter, service_targets, tags_matter
from tickets.services.targets.clocks import CHANGING, new_clock, promise_to, set_clock, tags_of, values_of

CHUNK = 500
COMPARED = ("target_id", "priority", "amount", "unit", "warn_minutes", "due_at", "warn_at", "missed_at")
#: At the same moment an answer counts before the status that goes with it, the customer's word after it.
_ORDER = (Event.ANSWERED, Event.MOVED, Event.CUSTOMER_WROTE)


class Deed(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Shift:
    """What happens to one clock; `clock` is not saved yet."""

    ticket: Ticket
    deed: Deed
    clock: TicketClock
    before: datetime | None
    after: datetime | None


def retarget(tickets: Sequence[Ticket], *, now: datetime, is_quiet: bool = False) -> list[Shift]:
    """Give unfinished tickets the promises that count for them now, inside the caller's transaction.

    Time used up and pauses stay. A clock that nothing is promised for any more is gone; one that is missing
    starts when its promise would have. No query while there is no target.
    """
    shifts = shifts_of(tickets, now=now, is_final=True)
    for shift in shifts if is_quiet else ():
        _hush(shift.clock, now)
    gone = [shift.clock.pk for shift in shifts if shift.deed is Deed.GONE]
    if gone:
        TicketClock.objects.filter(pk__in=gone).delete()
    changed = [shift.clock for shift in shifts if shift.deed is Deed.CHANGED]
    if changed:
        TicketClock.objects.bulk_update(changed, CHANGING)
    insert_rows(shift.clock for shift in shifts if shift.deed is Deed.NEW)
    return shifts


def retarget_for_tags(ticket: Ticket, *, now: datetime) -> None:
    """The same for one ticket whose tags have changed; costs nothing while no target asks for a tag."""
    if tags_matter(service_targets().values()):
        retarget([ticket], now=now)


def retarget_for_fields(ticket: Ticket, *, now: datetime) -> None:
    """The same where its own fields have changed."""
    if own_fields_matter(service_targets().values()):
        retarget([ticket], now=now)


def shifts_of(tickets: Sequence[Ticket], *, now: datetime, is_final: bool = False) -> list[Shift]:
    """The same as a plan: nothing is written. At most six queries, however many tickets.

    `is_final`: the clocks are locked, as what the watch marks meanwhile must not be written over.
    """
    targets = service_targets().values()
    rows = [ticket for ticket in tickets if ticket.is_unfinished] if targets else []
    if not rows:
        return []
    clocks = TicketClock.objects.select_for_update() if is_final else TicketClock.objects.all()
    unmet = clocks.filter(ticket__in=[ticket.pk for ticket in rows], met_at=None)
    known = {(clock.ticket_id, clock.kind): clock for clock in unmet}
    runs = _runs_of(rows)
    words, values = tags_of(rows, targets), values_of(rows, targets)
    found = []
    for ticket in rows:
        said = values.get(ticket.pk)
        target = choose(targets, client=ticket.client_id, tags=words.get(ticket.pk, ()), values=said)
        for kind in ClockKind:
            clock, run = known.get((ticket.pk, kind)), runs[ticket.pk].get(kind)
            found.append(_shift(ticket, kind, clock, run, target, now=now))
    return [shift for shift in found if shift]


def recalculate(*, after: int, now: datetime) -> int:
    """`retarget` the next open tickets after this number; what is late already is marked so and tells nobody.

    The last number done, 0 when none is left.
    """
    with transaction.atomic():
        tickets = list(open_tickets(after).select_for_update()[:CHUNK])
        retarget(tickets, now=now, is_quiet=True)
    return tickets[-1].pk if tickets else 0


def open_tickets(after: int = 0) -> QuerySet[Ticket]:
    return Ticket.objects.filter(pk__gt=after, status__in=sorted(UNFINISHED)).order_by("pk")


def _shift(
    ticket: Ticket,
    kind: ClockKind,
    clock: TicketClock | None,
    run: Run | None,
    target: TargetSpec | None,
    *,
    now: datetime,
) -> Shift | None:
    promise = target.promises[Priority(ticket.priority)] if target else Promise()
    limit = promise.limit(kind)
    if clock and (target is None or limit is None):
        return Shift(ticket, Deed.GONE, clock, clock.due_at, None)
    if target is None or limit is None:
        return None
    if clock is None:
        started = new_clock(ticket, kind, run, target) if run and not run.met_at else None
        return Shift(ticket, Deed.NEW, started, None, started.due_at) if started else None
    before = [getattr(clock, name) for name in COMPARED]
    was_due = clock.due_at
    promise_to(clock, ticket, target, limit, promise.warn_minutes)
    set_clock(clock, clock.run, target)
    _forget_alarms(clock, now)
    is_same = before == [getattr(clock, name) for name in COMPARED]
    return None if is_same else Shift(ticket, Deed.CHANGED, clock, was_due, clock.due_at)


def _forget_alarms(clock: TicketClock, now: datetime) -> None:
    """What lies ahead again will be told again."""
    if clock.due_at is None or clock.due_at > now:
        clock.missed_at, clock.is_on_top = None, False
    if clock.warn_at is None or clock.warn_at > now:
        clock.warned_at = None


def _hush(clock: TicketClock, now: datetime) -> None:
    if clock.due_at and clock.due_at <= now:
        clock.missed_at = clock.missed_at or clock.due_at
    if clock.warn_at and clock.warn_at <= now:
        clock.warned_at = clock.warned_at or now


def _runs_of(tickets: Sequence[Ticket]) -> dict[int, dict[ClockKind, Run]]:
    """Ticket -> its clocks as its history tells them. Three queries."""
    ids = [ticket.pk for ticket in tickets]
    story: dict[int, list[tuple[datetime, int, str]]] = defaultdict(list)
    moves = Activity.objects.filter(ticket__in=ids, field="status").order_by("at", "id")
    for number, at, after in moves.values_list("ticket", "at", "after"):
        story[number].append((at, _ORDER.index(Event.MOVED), after))
    said = Message.objects.filter(ticket__in=ids, is_held=False).exclude(kind=MessageKind.NOTE)
    by_machine = set(said.filter(is_automatic=True, is_opening=True).values_list("ticket", flat=True))
    # What a merge or a split brought was promised elsewhere.
    human = said.filter(is_automatic=False, is_opening=False, origin=None)
    for number, at, kind in human.values_list("ticket", "created_at", "kind"):
        event = Event.ANSWERED if kind == MessageKind.REPLY else Event.CUSTOMER_WROTE
        story[number].append((at, _ORDER.index(event), ""))
    return {
        ticket.pk: replay(
            ticket.created_at,
            _told(sorted(story[ticket.pk], key=lambda line: line[:2])),
            by_machine=ticket.pk in by_machine,
        )
        for ticket in tickets
    }


def _told(lines: Iterable[tuple[datetime, int, str]]) -> Iterator[tuple[datetime, Event, Status]]:
    status = Status.OPEN
    for at, order, after in lines:
        status = Status(after) if after else status
        yield at, _ORDER[order], status
