"""A tray agent makes itself known: enrolment key, machine, Windows user, and a credential it made itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.domain import profile as rules
from agents.domain import secret, text
from agents.errors import CredentialInUse, EnrolmentKeyRefused, ProfileAlreadyRegistered
from agents.models import Device, EnrolmentKey, Kind, Profile
from agents.services.move import label_of, publish_device, publish_profile
from helpdesk.core import throttle
from helpdesk.core.errors import Invalid
from helpdesk.core.services.audit import record

DAY_SECONDS = 24 * 3600
DEVICES_PER_KEY_A_DAY = 500
PROFILES_PER_DEVICE_A_DAY = 100
ASK_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Machine:
    id: str
    name: str
    os_name: str = ""
    os_version: str = ""
    kind: str = "workstation"


@dataclass(frozen=True, slots=True)
class WindowsUser:
    sid: str
    name: str
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    profile: Profile
    is_new: bool


def register_profile(
    *,
    enrolment_key: str,
    credential: str,
    machine: Machine,
    user: WindowsUser,
    agent_version: str,
    address: str = "",
    now: datetime,
) -> Registration:
    """Make the device and the profile known to the key's client; safe to send again after a lost answer.

    A known profile keeps its first credential: with another one it is ProfileAlreadyRegistered, so a
    colleague at the machine, or who knows its ids, never inherits an identity (A30). After "Reset
    verification" the next credential is taken. EnrolmentKeyRefused for unknown or revoked keys,
    CredentialInUse, Invalid, TooMany (A29).
    """
    machine, user = _clean(credential, machine, user)
    hashed = secret.digest(credential)
    try:
        with transaction.atomic():
            key = _use_key(enrolment_key, now=now)
            device = _device(key, machine, agent_version=agent_version, address=address, now=now)
            profile, is_new = _profile(key, device, user, hashed=hashed, now=now)
            is_known = profile.credential_hash == hashed and not is_new
            is_own = is_new or is_known or _claim(profile, hashed=hashed, now=now)
            if not is_own:
                _ask_again(profile, now=now)
            if is_known:
                _describe(device, machine, agent_version=agent_version, address=address)
            if is_own:
                _touch(profile, user, now=now)
    except IntegrityError as error:
        raise CredentialInUse from error
    if not is_own:
        raise ProfileAlreadyRegistered
    return Registration(profile, is_new)


def _clean(credential: str, machine: Machine, user: WindowsUser) -> tuple[Machine, WindowsUser]:
    wrong: dict[str, str] = {}
    if not secret.is_credential(credential):
        wrong["credential"] = _("Send dba_ and 43 characters of base64url: 32 random bytes.")
    if not text.is_machine_id(machine.id):
        wrong["machine.id"] = _("Send 3 to 100 letters, digits, dots, dashes, colons or braces.")
    if not text.is_sid(user.sid):
        wrong["user.sid"] = _("Send the SID of the Windows user, such as S-1-5-21-1-2-3-1001.")
    if machine.kind not in Kind.values:
        wrong["machine.kind"] = _("Send workstation, server or other.")
    name = text.clean_name(machine.name, limit=100)
    user_name = text.clean_name(user.name, limit=104)
    if not name:
        wrong["machine.name"] = _("Send the name of the computer.")
    if not user_name:
        wrong["user.name"] = _("Send the name of the Windows user.")
    if wrong:
        raise Invalid(_("The registration is not complete."), fields=wrong)
    return (
        Machine(
            machine.id,
            name,
            text.clean_name(machine.os_name, limit=60),
            text.clean_name(machine.os_version, limit=60),
            machine.kind,
        ),
        WindowsUser(user.sid, user_name, text.clean_name(user.display_name, limit=200)),
    )


def _use_key(enrolment_key: str, *, now: datetime) -> EnrolmentKey:
    hashed = secret.digest(enrolment_key)
    key = EnrolmentKey.objects.select_related("client").filter(key_hash=hashed, revoked_at=None).first()
    if key is None:
        raise EnrolmentKeyRefused
    EnrolmentKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _device(
    key: EnrolmentKey, machine: Machine, *, agent_version: str, address: str, now: datetime
) -> Device:
    found = Device.objects.filter(client=key.client, machine_id=machine.id).first()
    if found is not None:
        return found
    throttle.hit("enrol-devices", str(key.pk), limit=DEVICES_PER_KEY_A_DAY, per_seconds=DAY_SECONDS, now=now)
    return Device.objects.get_or_create(
        client=key.client,
        machine_id=machine.id,
        defaults={
            "name": machine.name,
            "os_name": machine.os_name,
            "os_version": machine.os_version,
            "kind": machine.kind,
            "agent_version": text.clean_name(agent_version, limit=30),
            "address": address,
            "enrolled_with": key,
            "last_seen_at": now,
            "created_at": now,
        },
    )[0]


def _profile(
    key: EnrolmentKey, device: Device, user: WindowsUser, *, hashed: str, now: datetime
) -> tuple[Profile, bool]:
    found = device.profiles.select_related("device__client", "contact").filter(sid=user.sid).first()
    if found is not None:
        return found, False
    throttle.hit(
        "enrol-profiles", str(device.pk), limit=PROFILES_PER_DEVICE_A_DAY, per_seconds=DAY_SECONDS, now=now
    )
    has_policy = device.every_profile or key.client.every_profile
    state = rules.first_state(is_supported=device.is_workstation, has_policy=has_policy)
    profile, is_new = Profile.objects.get_or_create(
        device=device,
        sid=user.sid,
        defaults={
            "user_name": user.name,
            "display_name": user.display_name,
            "state": state.value,
            "state_changed_at": now,
            "credential_hash": hashed,
            "created_at": now,
        },
    )
    if is_new:
        _audit(profile, "profile.registered", now=now)
    return profile, is_new


def _claim(profile: Profile, *, hashed: str, now: datetime) -> bool:
    """Takes a profile whose credential was reset; the first caller wins."""
    free = Profile.objects.filter(pk=profile.pk, credential_hash=None)
    if free.update(credential_hash=hashed, reregister_asked_at=None) != 1:
        return False
    profile.credential_hash = hashed
    _audit(profile, "profile.registered-anew", now=now)
    return True


def _describe(device: Device, machine: Machine, *, agent_version: str, address: str) -> None:
    """What an agent says of its machine counts once a known credential proved whose word it is (A30)."""
    Device.objects.filter(pk=device.pk).update(
        name=machine.name,
        os_name=machine.os_name,
        os_version=machine.os_version,
        kind=machine.kind,
        agent_version=text.clean_name(agent_version, limit=30),
        address=address,
    )


def _touch(profile: Profile, user: WindowsUser, *, now: datetime) -> None:
    Profile.objects.filter(pk=profile.pk).update(
        user_name=user.name, display_name=user.display_name, last_seen_at=now, signed_out_at=None
    )
    Device.objects.filter(pk=profile.device_id).update(last_seen_at=now)
    profile.refresh_from_db(fields=["user_name", "display_name", "last_seen_at", "signed_out_at"])
    publish_device(profile.device)
    publish_profile(profile)


def _ask_again(profile: Profile, *, now: datetime) -> None:
    """Shows the technician that somebody asked; at most one audit row an hour."""
    quiet = Q(reregister_asked_at=None) | Q(reregister_asked_at__lte=now - ASK_AGAIN_AFTER)
    if Profile.objects.filter(quiet, pk=profile.pk).update(reregister_asked_at=now):
        _audit(profile, "profile.registration-refused", now=now)
        publish_profile(profile)


def _audit(profile: Profile, verb: str, *, now: datetime) -> None:
    record(
        actor=None,
        actor_label=label_of(profile),
        verb=verb,
        target=profile,
        before=None,
        after={"state": profile.state, "sid": profile.sid, "device": profile.device.name},
        now=now,
    )
