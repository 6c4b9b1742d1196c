"""Entries of time: by hand, corrected, deleted and brought back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from tickets.domain.text import clean_subject
from tickets.domain.work import MAX_ENTRY, TimeOrigin
from tickets.errors import TicketInvalid
from tickets.models import Ticket, TimeEntry
from tickets.models.labels import hours_words
from tickets.services.work.common import note, tell

MAX_NOTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What somebody says about their time."""

    length: timedelta
    started_at: datetime
    is_billable: bool = True
    note: str = ""


@transaction.atomic
def add_time(
    *, ticket: Ticket, spent: Spent, by: User, now: datetime, origin: TimeOrigin = TimeOrigin.MANUAL
) -> TimeEntry:
    """Also on a closed ticket. Raises `TicketInvalid` (fields `started`, `note`)."""
    entry = TimeEntry(ticket=ticket, user=by, user_name=by.full_name, origin=origin)
    _fill(entry, spent, now)
    entry.save(force_insert=True)
    tell(ticket)
    return entry


@transaction.atomic
def correct_time(*, entry: TimeEntry, spent: Spent, by: User, now: datetime) -> None:
    """The time line keeps what it was before. Raises `TicketInvalid` as `add_time`."""
    before = timedelta(seconds=entry.seconds)
    _fill(entry, spent, now)
    entry.save(update_fields=["started_at", "seconds", "is_billable", "note"])
    if before != spent.length:
        note(entry.ticket, by, now, "time", before=_words(before), after=_words(spent.length))
    else:
        tell(entry.ticket)


@transaction.atomic
def remove_time(*, entry: TimeEntry, by: User, now: datetime) -> None:
    """It is in no sum any more until somebody brings it back."""
    if TimeEntry.objects.filter(pk=entry.pk, deleted_at=None).update(deleted_at=now) == 1:
        note(entry.ticket, by, now, "time", before=_words(timedelta(seconds=entry.seconds)))


@transaction.atomic
def restore_time(*, entry: TimeEntry, by: User, now: datetime) -> None:
    if TimeEntry.objects.filter(pk=entry.pk, deleted_at__isnull=False).update(deleted_at=None) == 1:
        note(entry.ticket, by, now, "time", after=_words(timedelta(seconds=entry.seconds)))


def _fill(entry: TimeEntry, spent: Spent, now: datetime) -> None:
    words = clean_subject(spent.note)
    if len(words) > MAX_NOTE:
        rule = _("At most %(count)s characters.")
        raise TicketInvalid(fields={"note": rule % {"count": MAX_NOTE}})
    if not now - timedelta(days=366) <= spent.started_at <= now + MAX_ENTRY:
        raise TicketInvalid(fields={"started": _("Choose a day of the last year.")})
    entry.started_at, entry.seconds = spent.started_at, int(spent.length.total_seconds())
    entry.is_billable, entry.note = spent.is_billable, words


def _words(length: timedelta) -> str:
    return hours_words(round(length.total_seconds() / 60))
