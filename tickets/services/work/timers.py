"""The timer of a technician: one at a time, it goes where its technician goes."""

from datetime import datetime, timedelta

from django.db import transaction

from helpdesk.core import jobs
from helpdesk.core.models import User
from tickets.domain.work import GLANCE, IDLE, MAX_ENTRY, TimeOrigin, is_idle
from tickets.models import Ticket, TimeChoice, TimeEntry, Timer
from tickets.services.work.common import tell

#: Who leaves a ticket and comes back so soon goes on with the same entry.
BREATH = timedelta(minutes=2)


@transaction.atomic
def start_timer(*, ticket: Ticket, by: User, now: datetime) -> None:
    """Ends the one that runs elsewhere. One that runs here goes on; so does an entry that has just ended."""
    running = Timer.objects.filter(user=by).first()
    if running and running.ticket_id == ticket.pk and not is_idle(running.seen_at, now):
        Timer.objects.filter(user=by).update(seen_at=now)
        return
    if running:
        _end(running, now)
    started_at = _taken_up_again(ticket, by, now) or now
    Timer.objects.update_or_create(
        user=by, defaults={"ticket": ticket, "started_at": started_at, "seen_at": now}
    )


def keep_alive(*, ticket: Ticket, by: User, now: datetime) -> bool:
    """A sign of life on this ticket; False when no timer of theirs runs here any more."""
    alive = Timer.objects.filter(user=by, ticket=ticket, seen_at__gt=now - IDLE)
    return alive.update(seen_at=now) == 1


@transaction.atomic
def stop_timer(*, by: User, now: datetime, ticket: Ticket | None = None, is_away: bool = False) -> None:
    """Write down what the timer counted; with `ticket` only one that runs there. `is_away`: nobody has done
    anything for a while, so the technician is asked whether it counts. Without a timer nothing happens.
    """
    running = Timer.objects.filter(user=by, **({"ticket": ticket} if ticket else {})).first()
    if running:
        _end(running, now, is_away=is_away)


@jobs.each_minute
def stop_idle_timers(now: datetime) -> None:
    """Those without a sign of life: their technicians are asked. Safe to run twice."""
    for timer in Timer.objects.filter(seen_at__lte=now - IDLE).select_related("user")[:500]:
        with transaction.atomic():
            _end(timer, now)


@transaction.atomic
def answer_asked(*, entry: TimeEntry, keep: bool) -> None:
    """The first answer counts: the entry joins the sums, or is gone."""
    asked = TimeEntry.objects.filter(pk=entry.pk, is_asked=True)
    if (asked.update(is_asked=False) if keep else asked.delete()[0]) == 1:
        tell(entry.ticket)


@transaction.atomic
def choose_timers(*, user: User | None, is_on: bool) -> None:
    """Of one person, or with None of the whole desk. Timers that should not run any more are stopped without
    an entry.
    """
    TimeChoice.objects.filter(user=user).delete()
    TimeChoice.objects.create(user=user, is_on=is_on)
    if not is_on:
        Timer.objects.filter(**({"user": user} if user else {})).delete()


def _end(timer: Timer, now: datetime, *, is_away: bool = False) -> None:
    """The row that only one can delete says who writes the entry; a sign of life meanwhile keeps it."""
    if not Timer.objects.filter(user=timer.user_id, seen_at=timer.seen_at).delete()[0]:
        return
    is_away = is_away or is_idle(timer.seen_at, now)
    length = min((timer.seen_at if is_away else now) - timer.started_at, MAX_ENTRY)
    if length < GLANCE:
        return
    TimeEntry.objects.create(
        ticket_id=timer.ticket_id,
        user=timer.user,
        user_name=timer.user.full_name,
        started_at=timer.started_at,
        seconds=int(length.total_seconds()),
        origin=TimeOrigin.TIMER,
        is_asked=is_away,
    )
    tell(timer.ticket)


def _taken_up_again(ticket: Ticket, by: User, now: datetime) -> datetime | None:
    """When the entry began that the same person left here a moment ago; it is a running timer again."""
    last = TimeEntry.objects.filter(
        ticket=ticket, user=by, origin=TimeOrigin.TIMER, is_asked=False, deleted_at=None
    ).order_by("-started_at", "-id")[:1]
    for entry in last:
        is_untouched = not entry.note and entry.is_billable
        if is_untouched and now - entry.started_at - timedelta(seconds=entry.seconds) <= BREATH:
            entry.delete()
            return entry.started_at
    return None
