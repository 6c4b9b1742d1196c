"""Entries of time, for who may see their tickets."""

from datetime import datetime

from django.db.models import Q, QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.errors import ItemNotFound
from tickets.models import Ticket, TimeChoice, TimeEntry
from tickets.selectors.access import tickets_visible_to


def times_of(ticket: Ticket) -> QuerySet[TimeEntry]:
    """Of a ticket that came through its door: what counts or is asked, newest first."""
    return ticket.time_entries.filter(deleted_at=None).select_related("user").order_by("-started_at", "-id")


def own_times(user: User, since: datetime) -> QuerySet[TimeEntry]:
    """The user's own on tickets that they may see, newest first."""
    own = TimeEntry.objects.filter(user=user, deleted_at=None, started_at__gte=since)
    visible = tickets_visible_to(user).order_by().values("pk")
    return own.filter(ticket__in=visible).select_related("ticket").order_by("-started_at", "-id")


def may_correct(user: User, entry: TimeEntry) -> bool:
    """Their own, or anybody's for who may change the settings."""
    return entry.user_id == user.pk or user.may(Permission.SETTINGS_EDIT)


def time_for(user: User, entry: int) -> TimeEntry:
    """To correct it, also a deleted one. Raises `ItemNotFound` (404)."""
    visible = tickets_visible_to(user, to=Permission.TICKETS_EDIT)
    found = TimeEntry.objects.select_related("ticket").filter(pk=entry, ticket__in=visible).first()
    if found is None or not may_correct(user, found):
        raise ItemNotFound
    return found


def time_choice(user: User) -> tuple[bool, bool]:
    """(whether the desk has timers, whether this user wants them); both until somebody says otherwise."""
    rows = TimeChoice.objects.filter(Q(user=None) | Q(user=user)).values_list("user", "is_on")
    chosen = {owner is None: is_on for owner, is_on in rows}
    return chosen.get(True, True), chosen.get(False, True)
