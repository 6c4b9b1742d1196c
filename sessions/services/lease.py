"""Processes that hold connections say so here; what is held by one that fell silent is over."""

from datetime import datetime

from django.db import transaction

from sessions.domain.status import LEASE_FOR
from sessions.errors import LineLost
from sessions.models import Lease, ServiceRequest
from sessions.services.change import locked


def begin_lease(*, owner: str, now: datetime) -> Lease:
    """For a process that starts. `owner` names its place, like "desk:8000": whoever had it before is dead."""
    lease = Lease.objects.create(owner=owner[:100], begun_at=now, heard_at=now)
    for old in Lease.objects.filter(owner=lease.owner, ended_at=None).exclude(pk=lease.pk):
        end_lease(lease=old, now=now)
    return lease


def renew_lease(*, lease: Lease, now: datetime) -> None:
    """Every `RENEW_EVERY`: one row, however many connections. Raises `LineLost` when it was taken for dead:
    then begin another one and connect everybody again.
    """
    alive = Lease.objects.filter(pk=lease.pk, ended_at=None, heard_at__gt=now - LEASE_FOR)
    if alive.update(heard_at=now) != 1:
        raise LineLost
    lease.heard_at = now


def end_lease(*, lease: Lease, now: datetime) -> None:
    """All that it holds is over at once. Safe to repeat."""
    Lease.objects.filter(pk=lease.pk, ended_at=None).update(ended_at=now)
    for request in ServiceRequest.objects.filter(stays__lease=lease, stays__left_at=None).distinct():
        with transaction.atomic():
            locked(request, now=now)


def end_silent_leases(*, now: datetime) -> None:
    """A dead lease never comes back, so nobody renews what others have taken for dead."""
    Lease.objects.filter(ended_at=None, heard_at__lte=now - LEASE_FOR).update(ended_at=now)
