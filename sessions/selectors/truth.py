"""What is true of requests at a moment, whatever was written: also when beat stands still, when a process was
killed, and when time ran out since.
"""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import BooleanField, Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When

from sessions.domain.status import LEASE_FOR, Side, Status
from sessions.models import ServiceRequest, Stay

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Truth(TypedDict):
    truth: str
    has_technician: bool
    has_customer: bool


#: Those that nobody has ended yet; few, since time ends the others.
OPEN = Q(ended_at__isnull=True)
OVER = Q(ended_at__isnull=False)


def held(now: datetime) -> Q:
    """Stays whose people are connected: `domain.status.is_held` as a condition."""
    return Q(left_at=None, lease__ended_at=None, lease__heard_at__gt=now - LEASE_FOR)


def silent(now: datetime) -> Q:
    """Stays that are over without anybody having written so."""
    is_gone = Q(lease__ended_at__isnull=False) | Q(lease__heard_at__lte=now - LEASE_FOR)
    return Q(left_at=None) & is_gone


def is_there(side: Side, now: datetime) -> Exists:
    return Exists(Stay.objects.filter(held(now), request=OuterRef("pk"), side=side.value))


def true_status(now: datetime) -> Case:
    """`domain.status.status_of` as an expression. What was written is asked first: it is nearly always true,
    and to see so takes one look.
    """
    nobody_fell_silent = ~Exists(Stay.objects.filter(silent(now), request=OuterRef("pk")))
    return Case(
        When(OVER, then=F("status")),
        When(nobody_fell_silent, expires_at__gt=now, then=F("status")),
        When(has_technician=True, has_customer=True, then=Value(Status.IN_PROGRESS.value)),
        When(expires_at__lte=now, then=Value(Status.EXPIRED.value)),
        When(Q(has_technician=True) | Q(has_customer=True), then=Value(Status.PENDING.value)),
        default=Value(Status.NEW.value),
        output_field=CharField(),
    )


def with_truth(
    rows: QuerySet[ServiceRequest], *, now: datetime
) -> "QuerySet[WithAnnotations[ServiceRequest, Truth]]":
    """Each row with `truth` (a status), `has_technician` and `has_customer` as they are at `now`."""
    sides = {
        "has_technician": _while_open(is_there(Side.TECHNICIAN, now)),
        "has_customer": _while_open(is_there(Side.CUSTOMER, now)),
    }
    return rows.annotate(**sides).annotate(truth=true_status(now))  # type: ignore[return-value]


def _while_open(there: Exists) -> Case:
    return Case(When(OPEN, then=there), default=Value(False), output_field=BooleanField())  # noqa: FBT003
