from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError

from agents.domain import secret
from agents.domain.profile import State
from agents.errors import CredentialInUse, EnrolmentKeyRefused, ProfileAlreadyRegistered
from agents.models import Client, Device, EnrolmentKey, Profile
from agents.services import (
    Machine,
    Registration,
    WindowsUser,
    register_profile,
    registration,
    reset_verification,
    revoke_key,
)
from helpdesk.core.errors import Invalid, TooMany
from helpdesk.core.models import AuditEntry, User

MINE = secret.make_credential()
OTHER = secret.make_credential()
PC = Machine("machine-1", "PC-1", "Windows 11 Pro", "24H2")
CLAIRE = WindowsUser("S-1-5-21-1", "claire", "Claire Fontaine")


def register(
    key: str,
    now: datetime,
    *,
    credential: str = MINE,
    machine: Machine = PC,
    user: WindowsUser = CLAIRE,
) -> Registration:
    return register_profile(
        enrolment_key=key,
        credential=credential,
        machine=machine,
        user=user,
        agent_version="0.1.0",
        address="192.0.2.7",
        now=now,
    )


def test_a_device_and_its_profile_become_known_to_the_client_of_the_key(
    acme_key: str, acme: Client, now: datetime
) -> None:
    made = register(acme_key, now)
    device = Device.objects.get()
    assert made.is_new
    assert (device.client, device.name, device.os_name, device.address) == (
        acme,
        "PC-1",
        "Windows 11 Pro",
        "192.0.2.7",
    )
    assert device.last_seen_at == now
    assert made.profile.state == State.OFF
    assert EnrolmentKey.objects.get().last_used_at == now
    assert AuditEntry.objects.filter(verb="profile.registered").count() == 1


def test_a_repeat_after_a_lost_answer_is_the_same_profile(acme_key: str, now: datetime) -> None:
    first = register(acme_key, now)
    again = register(acme_key, now, machine=Machine("machine-1", "PC-1-new", "Windows 11 Pro", "25H2"))
    assert (again.profile.pk, again.is_new) == (first.profile.pk, False)
    assert Device.objects.get().name == "PC-1-new"
    assert Profile.objects.count() == 1


def test_two_windows_users_are_two_profiles_on_one_device(acme_key: str, now: datetime) -> None:
    register(acme_key, now)
    register(acme_key, now, credential=OTHER, user=WindowsUser("S-1-5-21-2", "paul"))
    assert (Device.objects.count(), Profile.objects.count()) == (1, 2)


def test_a_policy_enables_later_profiles_of_workstations_only(
    acme_key: str, acme: Client, now: datetime
) -> None:
    Client.objects.filter(pk=acme.pk).update(every_profile=True)
    assert register(acme_key, now).profile.state == State.ENABLED
    server = Machine("server-1", "SRV", "Windows Server 2025", "", "server")
    assert register(acme_key, now, credential=OTHER, machine=server).profile.state == State.OFF


def test_the_policy_of_a_device_enables_later_profiles(acme_key: str, now: datetime) -> None:
    register(acme_key, now)
    Device.objects.update(every_profile=True)
    later = register(acme_key, now, credential=OTHER, user=WindowsUser("S-1-5-21-2", "paul"))
    assert later.profile.state == State.ENABLED


def test_a27_only_hashes_are_stored(acme_key: str, now: datetime) -> None:
    register(acme_key, now)
    stored = repr(list(Profile.objects.values())) + repr(list(EnrolmentKey.objects.values()))
    stored += repr(list(AuditEntry.objects.values()))
    assert MINE not in stored
    assert acme_key not in stored
    assert Profile.objects.get().credential_hash == secret.digest(MINE)


def test_a27_the_table_refuses_a_credential_in_clear(verified: Profile) -> None:
    with pytest.raises(IntegrityError):
        Profile.objects.filter(pk=verified.pk).update(credential_hash=MINE)


def test_a28_markup_is_kept_raw_and_control_characters_go(acme_key: str, now: datetime) -> None:
    evil = Machine("machine-1", "<script>alert(1)</script>\x00\n", "Win\x1b[31m\u202e")
    made = register(acme_key, now, machine=evil, user=WindowsUser("S-1-5-21-1", "<b>\r\nclaire"))
    assert made.profile.device.name == "<script>alert(1)</script>"
    assert made.profile.device.os_name == "Win[31m"
    assert made.profile.user_name == "<b> claire"


def test_a29_an_unknown_or_revoked_key_enrols_nobody(
    acme_key: str, key_row: EnrolmentKey, carla: User, now: datetime
) -> None:
    with pytest.raises(EnrolmentKeyRefused):
        register(secret.make_key(), now)
    revoke_key(key=key_row, by=carla, now=now)
    with pytest.raises(EnrolmentKeyRefused):
        register(acme_key, now)
    assert Device.objects.count() == 0


def test_a29_a_key_cannot_flood_the_inventory(
    acme_key: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "DEVICES_PER_KEY_A_DAY", 2)
    monkeypatch.setattr(registration, "PROFILES_PER_DEVICE_A_DAY", 2)
    for number in range(2):
        register(
            acme_key, now, credential=secret.make_credential(), machine=Machine(f"machine-{number}", "PC")
        )
    with pytest.raises(TooMany):
        register(acme_key, now, machine=Machine("machine-9", "PC"))
    register(
        acme_key,
        now,
        credential=secret.make_credential(),
        machine=Machine("machine-1", "PC"),
        user=WindowsUser("S-2", "b"),
    )
    with pytest.raises(TooMany):
        register(acme_key, now, machine=Machine("machine-1", "PC"), user=WindowsUser("S-3", "c"))
    assert (Device.objects.count(), Profile.objects.count()) == (2, 3)


def test_a30_another_credential_never_takes_over_a_known_profile(acme_key: str, now: datetime) -> None:
    register(acme_key, now)
    with pytest.raises(ProfileAlreadyRegistered):
        register(acme_key, now, credential=OTHER, machine=Machine("machine-1", "Owned"))
    profile = Profile.objects.get()
    assert profile.credential_hash == secret.digest(MINE)
    assert profile.reregister_asked_at == now
    assert Device.objects.get().name == "PC-1"


def test_a_refused_take_over_is_audited_once_an_hour(acme_key: str, now: datetime) -> None:
    register(acme_key, now)
    for minutes in (0, 1, 59, 61):
        with pytest.raises(ProfileAlreadyRegistered):
            register(acme_key, now + timedelta(minutes=minutes), credential=OTHER)
    assert AuditEntry.objects.filter(verb="profile.registration-refused").count() == 2


def test_a30_a_new_profile_on_a_known_device_does_not_rename_it(acme_key: str, now: datetime) -> None:
    register(acme_key, now)
    register(
        acme_key, now, credential=OTHER, user=WindowsUser("S-9", "x"), machine=Machine("machine-1", "Owned")
    )
    assert Device.objects.get().name == "PC-1"


def test_a30_a_device_id_known_elsewhere_stays_at_its_client(
    acme_key: str, globex_key: str, globex: Client, now: datetime
) -> None:
    register(acme_key, now)
    made = register(globex_key, now, credential=OTHER)
    assert made.profile.device.client == globex
    assert Device.objects.count() == 2


def test_after_a_reset_the_next_credential_is_taken_without_the_old_identity(
    acme_key: str, carla: User, now: datetime
) -> None:
    profile = register(acme_key, now).profile
    reset_verification(profile=profile, by=carla, now=now)
    made = register(acme_key, now, credential=OTHER)
    assert (made.profile.pk, made.is_new) == (profile.pk, False)
    assert made.profile.contact is None
    assert Profile.objects.get().credential_hash == secret.digest(OTHER)
    with pytest.raises(ProfileAlreadyRegistered):
        register(acme_key, now)


def test_of_two_who_claim_a_reset_profile_the_first_wins(acme_key: str, carla: User, now: datetime) -> None:
    profile = register(acme_key, now).profile
    reset_verification(profile=profile, by=carla, now=now)
    stale = Profile.objects.get()
    register(acme_key, now, credential=OTHER)
    assert registration._claim(stale, hashed=secret.digest(MINE), now=now) is False


def test_a30_one_credential_cannot_be_two_profiles(acme_key: str, now: datetime) -> None:
    register(acme_key, now)
    with pytest.raises(CredentialInUse):
        register(acme_key, now, user=WindowsUser("S-1-5-21-2", "paul"))
    assert Profile.objects.count() == 1


def test_two_first_registrations_at_once_make_one_profile(acme_key: str, now: datetime) -> None:
    first = register(acme_key, now).profile
    with patch.object(registration, "_profile", return_value=(first, False)):
        assert register(acme_key, now).profile == first
    made, is_new = Profile.objects.get(), False
    with patch("django.db.models.query.QuerySet.first", return_value=None):
        again = registration._profile(
            EnrolmentKey.objects.select_related("client").get(),
            made.device,
            CLAIRE,
            hashed=secret.digest(MINE),
            now=now,
        )
    assert again == (made, is_new)


def test_each_wrong_field_is_named(acme_key: str, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        register(
            acme_key,
            now,
            credential="dba_x",
            machine=Machine("?", "\x00", kind="toaster"),
            user=WindowsUser("", "\n"),
        )
    assert set(caught.value.fields or ()) == {
        "credential",
        "machine.id",
        "machine.name",
        "machine.kind",
        "user.sid",
        "user.name",
    }
    assert Device.objects.count() == 0
