"""Who is there: heartbeats are gathered by the front and written together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from agents.domain.profile import ONLINE_FOR
from agents.models import ActivationResult, Device, Outcome, Profile
from helpdesk.core.events import publish

AT_ONCE = 400
GONE = ONLINE_FOR + timedelta(seconds=1)


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
    moments: dict[datetime, list[int]] = {}
    for pk, at in latest.items():
        moments.setdefault(at, []).append(pk)
    seen_at = Case(*(When(pk__in=pks, then=Value(at)) for at, pks in moments.items()))
    with transaction.atomic():
        back = _who_is_back(latest.keys(), oldest=min(latest.values()))
        mine.update(
            last_seen_at=seen_at,
            signed_out_at=Case(When(pk__in=gone & latest.keys(), then=seen_at), default=None),
        )
        _see_devices(_devices_of(latest))
        _deliver(_devices_of(latest), at=newest)
        _tell(back)


def keep_present(profile_ids: Sequence[int], *, at: datetime) -> None:
    """These profiles are connected still: one UPDATE each for profiles, devices and results, however many."""
    for start in range(0, len(profile_ids), AT_ONCE):
        ids = profile_ids[start : start + AT_ONCE]
        with transaction.atomic():
            back = _who_is_back(ids, oldest=at)
            Profile.objects.filter(pk__in=ids).update(last_seen_at=at)
            Device.objects.filter(pk__in=_devices_of(ids)).update(last_seen_at=at)
            _deliver(_devices_of(ids), at=at)
            _tell(back)


def record_departures(left: Mapping[int, datetime], *, now: datetime) -> None:
    """The connections of these profiles (pk to moment) ended and did not come back: they are offline now.

    Who was heard after that moment, also by another process, stays. Online means heard within ONLINE_FOR, so
    what is written is a moment just before that. Safe to run twice.
    """
    pairs = list(left.items())
    for start in range(0, len(pairs), AT_ONCE):
        _depart(dict(pairs[start : start + AT_ONCE]), now - GONE)


def _depart(left: Mapping[int, datetime], gone_at: datetime) -> None:
    with transaction.atomic():
        seen = Profile.objects.filter(pk__in=left, last_seen_at__gt=gone_at)
        gone = [pk for pk, at in seen.values_list("pk", "last_seen_at") if at is not None and at <= left[pk]]
        if not gone:
            return
        latest = max(left[pk] for pk in gone)
        Profile.objects.filter(pk__in=gone, last_seen_at__lte=latest).update(last_seen_at=gone_at)
        _see_devices(_devices_of(gone))
        away = Q(device__last_seen_at__lte=gone_at)
        _tell(_devices_to_tell(Profile.objects.filter(away, pk__in=gone)))


def _devices_of(profile_ids: Iterable[int]) -> QuerySet[Device, int]:
    return Device.objects.order_by().filter(profiles__in=profile_ids).values_list("pk", flat=True)


def _see_devices(devices: QuerySet[Device, int]) -> None:
    """A device was seen when one of its profiles was."""
    last = Profile.objects.filter(device=OuterRef("pk")).order_by().values("device")
    Device.objects.filter(pk__in=devices).update(
        last_seen_at=Subquery(last.annotate(at=Max("last_seen_at")).values("at"))
    )


def _deliver(devices: QuerySet[Device, int], *, at: datetime) -> None:
    ActivationResult.objects.filter(
        ~Q(outcome=Outcome.SKIPPED),
        delivered_at=None,
        run__undone_at=None,
        run__at__lte=at,
        device__in=devices,
    ).update(delivered_at=at)


def _who_is_back(profile_ids: Iterable[int], *, oldest: datetime) -> set[tuple[object, int]]:
    """Devices that were offline until now: open lists change their dot."""
    away = Q(device__last_seen_at=None) | Q(device__last_seen_at__lt=oldest - ONLINE_FOR)
    return _devices_to_tell(Profile.objects.filter(away, pk__in=profile_ids))


def _devices_to_tell(profiles: QuerySet[Profile]) -> set[tuple[object, int]]:
    return set(profiles.values_list("device__public_id", "device__client_id"))


def _tell(devices: Iterable[tuple[object, int]]) -> None:
    for ref, client_id in devices:
        publish("device", ref=str(ref), client_id=client_id)
