"""Support keys: who may join, for how long, and that it is one customer."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from helpdesk.core.models import User
from sessions.domain.code import make_code
from sessions.domain.kinds import Verb
from sessions.domain.links import guest_hash, make_guest_key
from sessions.domain.status import Side, is_past
from sessions.domain.support_key import KeyState, Renewal, key_ends, renewal
from sessions.errors import CodeUnknown, CustomerIsThere, KeyUsed, NoNewJoins
from sessions.models import ServiceRequest, Stay, SupportKey
from sessions.selectors.keys import current_key
from sessions.selectors.limits import Limits, current_limits
from sessions.services.change import locked_open, note


def fresh_code() -> str:
    """One that was never given; of two who make the same at once the second meets the constraint."""
    while True:
        code = make_code()
        if not SupportKey.objects.filter(code=code).exists():
            return code


def add_key(row: ServiceRequest, *, code: str, limits: Limits, now: datetime) -> SupportKey:
    """In the caller's transaction; the request has no other good key."""
    ends = key_ends(now, valid_for=limits.key_lives, request_expires_at=row.expires_at)
    return SupportKey.objects.create(request=row, code=code, made_at=now, expires_at=ends)


@transaction.atomic
def renew_key(*, request: ServiceRequest, by: User, now: datetime) -> SupportKey:
    """A key that is good for the full time again: the same code, unless somebody used it or it was withdrawn.

    Raises `RequestOver`, `NoNewJoins`, `CustomerIsThere`.
    """
    row = locked_open(request, now=now)
    if is_past(row.expires_at, now):
        raise NoNewJoins
    key, limits = current_key(row), current_limits()
    is_there = Stay.objects.filter(request=row, left_at=None, side=Side.CUSTOMER.value).exists()
    found = renewal(key.facts, is_customer_there=is_there, now=now)
    if found is Renewal.NEEDLESS:
        raise CustomerIsThere
    if found is Renewal.LONGER:
        key.expires_at = key_ends(now, valid_for=limits.key_lives, request_expires_at=row.expires_at)
        key.save(update_fields=["expires_at"])
    else:
        SupportKey.objects.filter(pk=key.pk, withdrawn_at=None).update(withdrawn_at=now)
        row.code = fresh_code()
        row.save(update_fields=["code"])
        key = add_key(row, code=row.code, limits=limits, now=now)
    note(row, Verb.KEY_RENEWED, by=by, after=found, now=now)
    return key


@transaction.atomic
def withdraw_key(*, request: ServiceRequest, by: User, now: datetime) -> None:
    """Code and link let nobody in from now on; who is connected stays. Safe to repeat.

    Raises `RequestOver`.
    """
    row = locked_open(request, now=now)
    if SupportKey.objects.filter(request=row, withdrawn_at=None).update(withdrawn_at=now):
        note(row, Verb.KEY_WITHDRAWN, by=by, now=now)


class Joined(NamedTuple):
    request: ServiceRequest
    key: SupportKey
    #: What the customer shows from now on; it cannot be told again.
    guest_key: str


@transaction.atomic
def use_key(*, key: SupportKey, now: datetime) -> Joined:
    """Whoever comes first with a key is its customer, from then on known by a secret of their own.

    Raises `RequestOver`, `NoNewJoins`, `KeyUsed`, `CodeUnknown` (lapsed or withdrawn).
    """
    row = locked_open(key.request, now=now)
    if is_past(row.expires_at, now):
        raise NoNewJoins
    guest = make_guest_key()
    valid = SupportKey.objects.filter(pk=key.pk, used_at=None, withdrawn_at=None, expires_at__gt=now)
    if valid.update(used_at=now, guest_hash=guest_hash(guest)) != 1:
        key.refresh_from_db()
        raise KeyUsed if key.state(now) is KeyState.USED else CodeUnknown
    key.refresh_from_db()
    note(row, Verb.KEY_USED, side=Side.CUSTOMER, label=row.customer_name, now=now)
    return Joined(row, key, guest)
