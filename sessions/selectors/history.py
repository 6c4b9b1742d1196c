"""What happened to a request: who was there for how long, and its activity."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from helpdesk.core.models import User
from sessions.domain.status import Side
from sessions.domain.stays import Span, joined_up, time_of, time_together
from sessions.models import RequestActivity, ServiceRequest, Stay


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's whole time in a session; `spans` without overlaps, of two windows too."""

    side: Side
    name: str
    user: User | None
    spans: tuple[Span, ...]
    time: timedelta


@dataclass(frozen=True, slots=True)
class History:
    visits: tuple[Visit, ...]
    #: While both sides were there: how long the session itself was.
    together: timedelta


def history_of(request: ServiceRequest, *, now: datetime) -> History:
    """Who came first stands first; who is there now has stayed until `now`, or until last heard of."""
    stays = Stay.objects.filter(request=request).select_related("user", "lease").order_by("joined_at", "id")
    people: dict[tuple[str, int | None], list[Stay]] = defaultdict(list)
    spans: dict[Side, list[Span]] = {side: [] for side in Side}
    for stay in stays:
        people[stay.side, stay.user_id or stay.key_id].append(stay)
        spans[Side(stay.side)].append(_span(stay, now))
    visits = tuple(_visit(each, now) for each in people.values())
    return History(visits, time_together(spans[Side.TECHNICIAN], spans[Side.CUSTOMER]))


def _visit(stays: list[Stay], now: datetime) -> Visit:
    last, spans = stays[-1], joined_up(_span(stay, now) for stay in stays)
    return Visit(Side(last.side), last.name, last.user, tuple(spans), time_of(spans))


def _span(stay: Stay, now: datetime) -> Span:
    if stay.left_at is None and not stay.is_held(now) and stay.lease:
        return stay.joined_at, max(stay.joined_at, stay.lease.heard_at)
    return stay.joined_at, stay.left_at or max(stay.joined_at, now)


def activity_of(request: ServiceRequest) -> QuerySet[RequestActivity]:
    """Oldest first."""
    return RequestActivity.objects.filter(request=request).select_related("actor").order_by("id")
