"""The clock simulator: which promises would be broken by a moment, if nobody did anything?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from helpdesk.core.models import User
from tickets.domain.targets import due
from tickets.models import TicketClock
from tickets.selectors.clocks import clocks_running
from tickets.selectors.targets import service_targets

MOST = 200


@dataclass(frozen=True, slots=True)
class Breach:
    clock: TicketClock
    at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """`breaches` in the order of time, at most `MOST`; `late` of them are broken already."""

    until: datetime
    breaches: Sequence[Breach]
    tickets: int
    late: int
    has_more: bool


def forecast(user: User, *, until: datetime, now: datetime, with_waiting: bool = False) -> Forecast:
    """Clocks of the tickets this user sees that run out by then.

    What waits for a customer stands still, unless `with_waiting` asks what if the answer came now.
    """
    running = clocks_running(user)
    found = [(clock.due_at, clock) for clock in running.filter(due_at__lte=until)[: MOST + 1] if clock.due_at]
    if with_waiting:
        paused = running.filter(due_at=None, paused_at__isnull=False)[: 10 * MOST]
        found += [(at, clock) for clock in paused if (at := _if_it_went_on(clock, now)) and at <= until]
    found.sort(key=lambda pair: pair[0])
    breaches = [Breach(clock, at, at <= now) for at, clock in found[:MOST]]
    return Forecast(
        until=until,
        breaches=breaches,
        tickets=len({breach.clock.ticket_id for breach in breaches}),
        late=len({breach.clock.ticket_id for breach in breaches if breach.is_late}),
        has_more=len(found) > MOST,
    )


def _if_it_went_on(clock: TicketClock, now: datetime) -> datetime | None:
    target = service_targets().get(clock.target_id)
    return due(clock.run.go_on(now), clock.limit, target.hours) if target else None
