"""Who is there: heartbeats are gathered by the front and written together."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Max, OuterRef, Q, Subquery, Value, When

from agents.domain.profile import ONLINE_FOR
from agents.models import ActivationResult, Device, Outcome, Profile
from helpdesk.core.events import publish

AT_ONCE = 400


def record_presence(seen: Iterable[tuple[int, datetime]], *, signed_out: Iterable[int] = ()) -> None:
    """Write (profile pk, seen at) pairs: one UPDATE each for profiles, devices and results, however many.

    `signed_out` are the profiles whose last heartbeat said that the Windows user has signed out. Unknown
    profiles are ignored. What was switched while the device was away counts as delivered from now on.
    """
    latest: dict[int, datetime] = {}
    for profile_id, at in seen:
        latest[profile_id] = max(at, latest.get(profile_id, at))
    gone = frozenset(signed_out)
    pairs = list(latest.items())
    for start in range(0, len(pairs), AT_ONCE):
        _record(dict(pairs[start : start + AT_ONCE]), gone)


def _record(latest: dict[int, datetime], gone: frozenset[int]) -> None:
    newest = max(latest.values())
    mine = Profile.objects.filter(pk__in=latest)
    seen_at = Case(*(When(pk=pk, then=Value(at)) for pk, at in latest.items()))
    with transaction.atomic():
        back = _who_is_back(latest)
        mine.update(
            last_seen_at=seen_at,
            signed_out_at=Case(When(pk__in=gone & latest.keys(), then=seen_at), default=None),
        )
        last = Profile.objects.filter(device=OuterRef("pk")).order_by().values("device")
        devices = Device.objects.filter(profiles__in=latest)
        Device.objects.filter(pk__in=devices.values("pk")).update(
            last_seen_at=Subquery(last.annotate(at=Max("last_seen_at")).values("at"))
        )
        ActivationResult.objects.filter(
            ~Q(outcome=Outcome.SKIPPED),
            delivered_at=None,
            run__undone_at=None,
            run__at__lte=newest,
            device__in=devices.values("pk"),
        ).update(delivered_at=newest)
        for ref, client_id in back:
            publish("device", ref=str(ref), client_id=client_id)


def _who_is_back(latest: dict[int, datetime]) -> set[tuple[object, int]]:
    """Devices that were offline until now: open lists change their dot."""
    oldest = min(latest.values())
    away = Q(device__last_seen_at=None) | Q(device__last_seen_at__lt=oldest - ONLINE_FOR)
    return set(
        Profile.objects.filter(away, pk__in=latest).values_list("device__public_id", "device__client_id")
    )
