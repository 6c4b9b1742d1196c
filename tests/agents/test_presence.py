from datetime import datetime, timedelta

import pytest

from agents.domain.activation import Action
from agents.domain.profile import State
from agents.models import ActivationResult, Client, Device, Profile
from agents.selectors import profiles_by_digest
from agents.services import apply_activation, keep_present, presence, record_departures, record_presence
from helpdesk.core.events import hub
from helpdesk.core.models import User
from tests.agents.conftest import MakeDevice, MakeProfile


def test_profiles_and_their_devices_are_seen(
    make_profile: MakeProfile, make_device: MakeDevice, now: datetime
) -> None:
    first = make_profile("a", seen=None)
    second = make_profile("b", device=make_device("PC-2", seen=None), seen=None)
    record_presence(
        [(first.pk, now), (second.pk, now - timedelta(seconds=2)), (first.pk, now), (999_999, now)]
    )
    assert dict(Profile.objects.values_list("pk", "last_seen_at")) == {
        first.pk: now,
        second.pk: now - timedelta(seconds=2),
    }
    assert Device.objects.get(name="PC-2").last_seen_at == now - timedelta(seconds=2)


def test_a_device_shows_the_latest_of_its_profiles(make_profile: MakeProfile, now: datetime) -> None:
    make_profile("a", seen=10)
    late = make_profile("b", seen=300)
    record_presence([(late.pk, now - timedelta(seconds=30))])
    assert Device.objects.get().last_seen_at == now - timedelta(seconds=10)


def test_a_flush_costs_the_same_however_many(
    make_profile: MakeProfile, now: datetime, django_assert_max_num_queries: object
) -> None:
    profiles = [make_profile(f"u{number}") for number in range(30)]
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        record_presence([(profile.pk, now) for profile in profiles])


def test_many_are_written_in_parts(
    make_profile: MakeProfile, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "AT_ONCE", 2)
    profiles = [make_profile(f"u{number}", seen=500) for number in range(5)]
    record_presence([(profile.pk, now) for profile in profiles])
    assert Profile.objects.online(now).count() == 5
    assert Device.objects.online(now).count() == 1


def test_nobody_seen_writes_nothing(db: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        record_presence([])


def test_who_signed_out_is_marked_until_the_next_sign_in(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    record_presence([(profile.pk, now)], signed_out=[profile.pk])
    assert Profile.objects.get().signed_out_at == now
    record_presence([(profile.pk, now)])
    assert Profile.objects.get().signed_out_at is None


def test_coming_back_is_told_once_to_open_lists(
    make_profile: MakeProfile,
    make_device: MakeDevice,
    now: datetime,
    django_capture_on_commit_callbacks: object,
) -> None:
    profile = make_profile(device=make_device("PC-9", seen=3600))
    before = hub.last_id
    for seconds in (0, 30):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            record_presence([(profile.pk, now + timedelta(seconds=seconds))])
    [event] = hub.since(before) or []
    device = Device.objects.get()
    assert (event.name, event.ref, event.client_id) == ("device", str(device.public_id), device.client_id)


def test_what_was_switched_while_away_is_delivered_when_it_is_back(
    acme: Client, make_profile: MakeProfile, make_device: MakeDevice, ada: User, now: datetime
) -> None:
    profile = make_profile(device=make_device("LT-3", seen=7200), state=State.OFF, seen=7200)
    make_device("NAS-1", kind="server")
    apply_activation(client=acme, devices=Device.objects.all(), action=Action.ENABLE, by=ada, now=now)
    record_presence([(profile.pk, now - timedelta(seconds=1))])
    assert not ActivationResult.objects.exclude(delivered_at=None).exists()
    record_presence([(profile.pk, now + timedelta(hours=3))])
    [result] = ActivationResult.objects.exclude(delivered_at=None)
    assert (result.device.name, result.delivered_at) == ("LT-3", now + timedelta(hours=3))
    record_presence([(profile.pk, now + timedelta(hours=4))])
    assert ActivationResult.objects.get(pk=result.pk).delivered_at == now + timedelta(hours=3)


def test_who_stays_connected_is_seen_again(
    make_profile: MakeProfile,
    make_device: MakeDevice,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: object,
) -> None:
    monkeypatch.setattr(presence, "AT_ONCE", 1)
    here = make_profile("a", device=make_device("PC-1", seen=10), seen=10)
    back = make_profile("b", device=make_device("PC-2", seen=90), seen=90)
    before = hub.last_id
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        keep_present([here.pk, back.pk], at=now)
    assert set(Profile.objects.values_list("last_seen_at", flat=True)) == {now}
    assert set(Device.objects.values_list("last_seen_at", flat=True)) == {now}
    told = {event.ref for event in hub.since(before) or ()}
    assert told == {str(Device.objects.get(name="PC-2").public_id)}


def test_who_left_and_did_not_come_back_is_offline_and_its_device_told(
    make_profile: MakeProfile, now: datetime, django_capture_on_commit_callbacks: object
) -> None:
    gone, stays = make_profile("a", seen=10), make_profile("b", seen=3)
    before = hub.last_id
    left = {gone.pk: now - timedelta(seconds=10), stays.pk: now - timedelta(seconds=9)}
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            record_departures(left, now=now)
    assert [profile.pk for profile in Profile.objects.online(now)] == [stays.pk]
    assert Device.objects.online(now).exists()
    assert hub.since(before) == []
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        record_departures({stays.pk: now}, now=now)
    assert not Device.objects.online(now).exists()
    assert [event.name for event in hub.since(before) or ()] == ["device"]


def test_credentials_are_found_by_their_digests_in_one_query(
    make_profile: MakeProfile, django_assert_num_queries: object
) -> None:
    profile = make_profile("a")
    Profile.objects.filter(pk=profile.pk).update(credential_hash="c" * 64)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = profiles_by_digest(["c" * 64, "d" * 64])
        assert [found["c" * 64].device.client.name, len(found)] == [profile.device.client.name, 1]
