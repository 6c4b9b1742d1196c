"""Coming and going. A connection is named by whoever opens it, so that it can come again after a gap."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from sessions.domain.kinds import Verb
from sessions.domain.status import LEASE_FOR, Side, is_past
from sessions.errors import CodeUnknown, LineLost, NoNewJoins, TooManySessions
from sessions.models import Lease, ServiceRequest, Stay, SupportKey
from sessions.selectors.limits import current_limits
from sessions.selectors.truth import held
from sessions.services.change import end_stays, follow, locked, locked_open, note


@transaction.atomic
def connect_technician(
    *, request: ServiceRequest, by: User, connection: UUID, lease: Lease, now: datetime
) -> Stay:
    """The technician is there until `disconnect`, or until the lease ends. The same connection again goes on.

    Raises `RequestOver`, `NoNewJoins` (its time is up), `TooManySessions`, `LineLost`.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)  # of two windows one counts first
    row = locked_open(request, now=now)
    _is_alive(lease, now)
    if stay := _resumed(row, connection, lease, user=by):
        return stay
    if is_past(row.expires_at, now):
        raise NoNewJoins
    _refuse_too_many(row, by, now=now)
    return _join(
        Stay(request=row, side=Side.TECHNICIAN.value, user=by, name=by.full_name), connection, lease, now=now
    )


@transaction.atomic
def connect_customer(*, key: SupportKey, connection: UUID, lease: Lease, now: datetime) -> Stay:
    """The customer of this key (`key_of_guest`) is there. Otherwise as `connect_technician`.

    Raises `CodeUnknown` when the key was withdrawn meanwhile.
    """
    row = locked_open(key.request, now=now)
    _is_alive(lease, now)
    if stay := _resumed(row, connection, lease, key=key):
        return stay
    if is_past(row.expires_at, now):
        raise NoNewJoins
    if not SupportKey.objects.filter(pk=key.pk, used_at__isnull=False, withdrawn_at=None).exists():
        raise CodeUnknown
    stay = Stay(request=row, side=Side.CUSTOMER.value, key=key, name=row.customer_name)
    return _join(stay, connection, lease, now=now)


@transaction.atomic
def disconnect(*, stay: Stay, now: datetime) -> None:
    """Safe to repeat, and after everything else that ended it."""
    row = locked(stay.request, now=now)
    if end_stays(Stay.objects.filter(pk=stay.pk), at=now):
        note(row, Verb.LEFT, by=stay.user, side=Side(stay.side), label=stay.name, after=stay.name, now=now)
        follow(row, now=now)


def _is_alive(lease: Lease, now: datetime) -> None:
    if not Lease.objects.filter(pk=lease.pk, ended_at=None, heard_at__gt=now - LEASE_FOR).exists():
        raise LineLost


def _resumed(
    row: ServiceRequest,
    connection: UUID,
    lease: Lease,
    *,
    user: User | None = None,
    key: SupportKey | None = None,
) -> Stay | None:
    """The stay of this connection, held by `lease` from now on: no new join, however late."""
    stay = Stay.objects.filter(request=row, connection=connection, left_at=None, user=user, key=key).first()
    if stay and stay.lease_id != lease.pk:
        stay.lease = lease
        stay.save(update_fields=["lease"])
    return stay


def _refuse_too_many(row: ServiceRequest, by: User, *, now: datetime) -> None:
    others = set(Stay.objects.filter(held(now), user=by).values_list("request", flat=True))
    most = current_limits().sessions_at_once
    if row.pk not in others and len(others) >= most:
        sentence = _("One person can be in %(most)s sessions at once. Leave one before you join another.")
        raise TooManySessions(sentence % {"most": most})


def _join(stay: Stay, connection: UUID, lease: Lease, *, now: datetime) -> Stay:
    stay.connection, stay.lease, stay.joined_at = connection, lease, now
    try:
        with transaction.atomic():
            stay.save()
    except IntegrityError:  # it is somebody else's, or in another request
        raise LineLost from None
    row = stay.request
    note(row, Verb.JOINED, by=stay.user, side=Side(stay.side), label=stay.name, after=stay.name, now=now)
    follow(row, now=now)
    return stay
