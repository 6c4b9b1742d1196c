"""The common part of every deed: the row of the request is locked, what fell silent is written down, and the
status follows who is connected, by one conditional UPDATE in the same transaction.

Who locks a request may have locked a ticket or a user before, never after.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest

from helpdesk.core import events
from helpdesk.core.models import User
from sessions.domain.kinds import Verb
from sessions.domain.status import FINAL, Side, Status, sources_of, status_of
from sessions.errors import RequestOver
from sessions.models import RequestActivity, ServiceRequest, Stay


def locked(request: ServiceRequest, *, now: datetime) -> ServiceRequest:
    """The row as it truly is at `now`, nobody else's until the end of the transaction."""
    row = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if not row.is_over:
        _follow(row, _end_silent_stays(row, now=now), now=now)
    return row


def locked_open(request: ServiceRequest, *, now: datetime) -> ServiceRequest:
    """The same; raises `RequestOver` for what is closed or expired."""
    row = locked(request, now=now)
    if row.is_over:
        raise RequestOver
    return row


def follow(row: ServiceRequest, *, now: datetime) -> None:
    """The status follows the stays of a locked, open request."""
    _follow(row, Stay.objects.filter(request=row, left_at=None).values_list("side", flat=True), now=now)


def _follow(row: ServiceRequest, sides: Iterable[str], *, now: datetime) -> None:
    there = Counter(sides)
    after = status_of(
        None,
        technicians=there[Side.TECHNICIAN],
        customers=there[Side.CUSTOMER],
        expires_at=row.expires_at,
        now=now,
    )
    if after is Status.EXPIRED:
        move(row, after, now=now, ended_at=_expired_at(row, now))
    elif after != row.status:
        move(row, after, now=now)


def move(row: ServiceRequest, after: Status, *, now: datetime, by: User | None = None, **facts: Any) -> None:
    """One conditional UPDATE, whose row count is the answer: `RequestOver` if somebody ended it before."""
    before = row.status
    may_follow = Q(status__in=sorted(sources_of(after)))
    moved = ServiceRequest.objects.filter(may_follow, pk=row.pk).update(status=after.value, **facts)
    if moved != 1:
        raise RequestOver
    row.status = after.value
    for name, value in facts.items():
        setattr(row, name, value)
    if after in FINAL:
        end_stays(Stay.objects.filter(request=row, left_at=None), at=now)
    note(row, Verb.STATUS, before=before, after=after, by=by, now=now)


def _end_silent_stays(row: ServiceRequest, *, now: datetime) -> list[str]:
    """They lasted until something was heard of them last. The sides of the others."""
    sides = []
    for stay in Stay.objects.filter(request=row, left_at=None).select_related("lease"):
        if stay.is_held(now):
            sides.append(stay.side)
            continue
        end_stays(Stay.objects.filter(pk=stay.pk), at=stay.lease.heard_at if stay.lease else now)
        note(row, Verb.LOST, after=stay.name, side=Side(stay.side), by=stay.user, now=now)
    return sides


def end_stays(stays: Any, *, at: datetime) -> int:  # noqa: ANN401 - a queryset of any annotations
    """How many; a clock that runs behind ends none before it began."""
    return int(stays.filter(left_at=None).update(left_at=Greatest(F("joined_at"), at)))


def _expired_at(row: ServiceRequest, now: datetime) -> datetime:
    """When its time was up, or when the first side left that was live then; whenever that is noticed."""
    ends = {side.value: row.expires_at for side in Side}
    for side, left_at in Stay.objects.filter(request=row).values_list("side", "left_at"):
        ends[side] = max(ends[side], left_at or now)
    return min(ends.values())


def note(
    row: ServiceRequest,
    verb: Verb,
    *,
    now: datetime,
    by: User | None = None,
    label: str = "",
    side: Side | None = None,
    before: object = "",
    after: object = "",
) -> None:
    """Writes one line in the caller's transaction and tells open pages after it. Never give it a secret."""
    if by and side is None:
        side = Side.TECHNICIAN
    RequestActivity.objects.create(
        request=row,
        at=now,
        actor=by,
        actor_label=(label or (by.full_name if by else ""))[:200],
        side=side.value if side else "",
        verb=verb.value,
        before=str(before)[:200],
        after=str(after)[:200],
    )
    events.publish("request", str(row.public_id), client_id=row.client_id)
