"""The queue as a technician sees it, and where a waiting customer stands in it."""

from collections import Counter
from datetime import datetime

from django.db.models import Case, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, When

from agents.models import Contact, Device
from helpdesk.core.models import User
from sessions.domain.status import FINAL, Side, Status
from sessions.models import ServiceRequest, Stay
from sessions.selectors.access import requests_visible_to
from sessions.selectors.truth import OPEN, OVER, held, with_truth
from tickets.models import Ticket

#: More than this are told as "1,000+".
MOST_COUNTED = 1_000
MOST_SHOWN = 200


def waiting_since(now: datetime) -> Subquery:
    """When the customer who is there came."""
    stays = Stay.objects.filter(held(now), request=OuterRef("pk"), side=Side.CUSTOMER.value)
    return Subquery(stays.order_by().values("request").annotate(at=Min("joined_at")).values("at"))


def queue(user: User, *, now: datetime) -> list[ServiceRequest]:
    """The open requests that the user sees, with `truth` and `customer_since`: who waits longest first, then
    where a technician waits, then those in progress, then those where nobody is; at most 200.
    """
    living = Q(expires_at__gt=now) | Q(has_technician=True, has_customer=True)
    rows = with_truth(requests_visible_to(user).filter(OPEN), now=now).filter(living)
    found = rows.annotate(
        customer_since=waiting_since(now),
        place=Case(
            When(has_technician=True, then=Case(When(has_customer=True, then=2), default=1)),
            When(has_customer=True, then=0),
            default=3,
            output_field=IntegerField(),
        ),
    ).order_by("place", "customer_since", "-id")
    things = ("client", "contact", "device", "ticket", "team", "assignee", "created_by")
    return list(found.select_related(*things)[:MOST_SHOWN])


def ended_requests(user: User, *, now: datetime, status: Status | None = None) -> QuerySet[ServiceRequest]:
    """Closed or expired ones, or both, with `truth`, the last one first; for keyset pages by (ended_at, id).

    What has run out and nobody wrote so yet is missing for at most a minute, or as long as beat stands still:
    `run_out` has it.
    """
    rows = requests_visible_to(user).filter(OVER).order_by("-ended_at", "-id")
    rows = rows.filter(status=status.value) if status else rows
    return with_truth(rows, now=now).select_related("client", "ticket", "team", "assignee", "ended_by")


def run_out(user: User, *, now: datetime) -> list[ServiceRequest]:
    """Expired ones that still stand as open."""
    rows = requests_visible_to(user).filter(OPEN, expires_at__lte=now).order_by("-expires_at", "-id")
    return list(with_truth(rows, now=now).filter(truth=Status.EXPIRED.value)[:MOST_SHOWN])


def counts(user: User, *, now: datetime) -> dict[Status, int]:
    """How many requests are in each status, each at most 1,001."""
    seen = requests_visible_to(user)
    living = with_truth(seen.filter(OPEN).order_by(), now=now).values_list("truth", flat=True)
    told = Counter(Status(truth) for truth in living[: 3 * MOST_COUNTED])
    for status in FINAL:
        rows = seen.filter(OVER, status=status.value).order_by()[: MOST_COUNTED + 1]
        told[status] += rows.count()
    return {status: min(told[status], MOST_COUNTED + 1) for status in Status}


def customers_before(request: ServiceRequest, *, now: datetime) -> int:
    """How many customers who wait for the same team came before this one; told to the customer."""
    rows = with_truth(ServiceRequest.objects.filter(OPEN, team=request.team_id), now=now)
    waiting = rows.filter(truth=Status.PENDING.value, has_customer=True)
    waiting = waiting.annotate(customer_since=waiting_since(now))
    mine = waiting.filter(pk=request.pk).values_list("customer_since", flat=True).first()
    if mine is None:
        return 0
    earlier = Q(customer_since__lt=mine) | Q(customer_since=mine, pk__lt=request.pk)
    return waiting.filter(earlier).count()


def open_request_of(thing: Ticket | Contact | Device, *, now: datetime) -> ServiceRequest | None:
    """The newest request of this ticket, person or device that still lives, so that it is found again."""
    name = str(thing._meta.model_name)
    rows = with_truth(ServiceRequest.objects.filter(OPEN, **{name: thing}), now=now)
    return rows.exclude(truth=Status.EXPIRED.value).order_by("-id").first()


def people_there(request: ServiceRequest, *, now: datetime) -> list[Stay]:
    """Who is connected, in the order of their coming; one of two windows, and each of two customers."""
    stays = Stay.objects.filter(held(now), request=request).select_related("user").order_by("id")
    first: dict[tuple[str, int | None], Stay] = {}
    for stay in stays:
        first.setdefault((stay.side, stay.user_id or stay.key_id), stay)
    return list(first.values())
