"""The clocks of a ticket that goes on in another one: they rest, and come back if that is undone."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tickets.models import Ticket, TicketClock
from tickets.selectors.targets import service_targets
from tickets.services.targets.clocks import CHANGING, set_clock


def stop_clocks(ticket: Ticket, *, now: datetime) -> list[list[Any]]:
    """Nothing of this ticket comes near or is missed from now on. What `start_clocks` needs:
    [[clock, whether it ran until now, whether it lifted the ticket], ...].
    """
    clocks = list(TicketClock.objects.filter(ticket=ticket, met_at=None))
    targets = service_targets(clock.target_id for clock in clocks)
    kept: list[list[Any]] = []
    for clock in clocks:
        kept.append([clock.pk, clock.paused_at is None, clock.is_on_top])
        clock.is_on_top = False
        set_clock(clock, clock.run.pause(now), targets[clock.target_id])
        clock.save(update_fields=CHANGING)
    return kept


def start_clocks(kept: list[list[Any]], *, now: datetime) -> None:
    """They go on where they stood: the time between does not count."""
    before = {pk: (was_running, is_on_top) for pk, was_running, is_on_top in kept}
    clocks = list(TicketClock.objects.filter(pk__in=before, met_at=None))
    targets = service_targets(clock.target_id for clock in clocks)
    for clock in clocks:
        was_running, clock.is_on_top = before[clock.pk]
        if was_running:
            run = clock.run.go_on(now)
            if run.pauses[-1:] == ((now, now),):  # no time has passed: as if nothing had been
                run = replace(run, pauses=run.pauses[:-1])
            set_clock(clock, run, targets[clock.target_id])
        clock.save(update_fields=CHANGING)
