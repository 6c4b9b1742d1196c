"""A ticket that sleeps until a moment or an answer."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.domain.notices import News
from helpdesk.core.models import User
from helpdesk.core.services.notices import notice
from tickets.domain.kinds import Verb
from tickets.errors import TicketInvalid
from tickets.models import Snooze, Ticket
from tickets.services.change import write_activity
from tickets.services.work.common import must_be_open, note

LONGEST = timedelta(days=366)
#: Woken in one minute; the next one takes the rest.
MOST = 500


def snooze_ticket(*, ticket: Ticket, until: datetime | None, by: User, now: datetime) -> None:
    """Until a moment, or with None until the customer answers; a second one takes the place of the first.

    Raises `TicketInvalid` (field `until`), `TicketClosed`.
    """
    must_be_open(ticket)
    if until is not None and not now < until <= now + LONGEST:
        raise TicketInvalid(fields={"until": _("Choose a moment between now and a year from now.")})
    with transaction.atomic():
        Snooze.objects.update_or_create(ticket=ticket, defaults={"until": until, "by": by, "at": now})
        after = until.isoformat(timespec="minutes") if until else ""
        note(ticket, by, now, "snoozed", after=after)


@transaction.atomic
def wake_ticket(*, ticket: Ticket, by: User, now: datetime) -> None:
    """By hand; one that is awake stays so."""
    if _end(ticket.pk):
        note(ticket, by, now, "woken")


def wake_for_answer(*, ticket: Ticket, now: datetime) -> None:
    """Part of the transaction that keeps the customer's words."""
    if _end(ticket.pk):
        write_activity(ticket=ticket, verb=Verb.CHANGED, by=None, now=now, field="woken", before="answer")


@jobs.each_minute
def wake_due_tickets(now: datetime) -> None:
    """Those whose time has come go to the top of the lists. Safe to run twice and in several processes: the
    row that only one can delete says who wakes it. Who sent it to sleep hears of it.
    """
    due = Snooze.objects.filter(until__lte=now).order_by("until").select_related("by", "ticket")
    for snooze in due[:MOST]:
        ticket = snooze.ticket
        with transaction.atomic():
            if _end(ticket.pk) and ticket.is_unfinished:
                Ticket.objects.filter(pk=ticket.pk).update(updated_at=now)
                write_activity(ticket=ticket, verb=Verb.CHANGED, by=None, now=now, field="woken")
                people = [snooze.by] if snooze.by else []
                about = f"ticket:{ticket.pk}"
                notice(news=News.FOLLOWED, to=people, about=about, detail="woken", now=now)


def _end(ticket: int) -> bool:
    """One plain statement, because each mail that comes in asks it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tickets_snooze WHERE ticket_id = %s", [ticket])
        return bool(cursor.rowcount == 1)
