"""What enabling or disabling the helpdesk agent does to each device: the dialog and the deed share it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from agents.domain.profile import ACTIVE, INACTIVE, State, is_online

UNDO_FOR = timedelta(minutes=10)


class Action(StrEnum):
    ENABLE = "enable"
    DISABLE = "disable"


class Scope(StrEnum):
    EVERY_PROFILE = "every_profile"
    """Every Windows profile of the device, also later ones."""
    SIGNED_IN = "signed_in"
    """Only the profile that is signed in now (or was last, if the device is offline)."""


class Outcome(StrEnum):
    NOW = "now"
    WHEN_BACK = "when_back"
    SKIPPED = "skipped"


class Reason(StrEnum):
    NONE = ""
    NOT_A_WORKSTATION = "not_a_workstation"
    ALREADY_ENABLED = "already_enabled"
    ALREADY_DISABLED = "already_disabled"
    NO_PROFILE = "no_profile"
    CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    pk: int
    state: State
    has_contact: bool = False
    last_seen_at: datetime | None = None
    is_signed_out: bool = False


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    pk: int
    is_workstation: bool = True
    every_profile: bool = False
    last_seen_at: datetime | None = None
    profiles: Sequence[ProfileFacts] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one device. `moves`: (profile pk, from, to); `every_profile` None leaves the policy."""

    device: int
    outcome: Outcome
    reason: Reason = Reason.NONE
    moves: Sequence[tuple[int, State, State]] = field(default=())
    every_profile: bool | None = None


def state_when_enabled(*, has_contact: bool) -> State:
    """A person who confirmed once need not do it again after a pause."""
    return State.VERIFIED if has_contact else State.ENABLED


def current_profile(profiles: Iterable[ProfileFacts]) -> ProfileFacts | None:
    """The profile that is signed in now, or was last: the latest seen, signed out ones behind the others."""
    seen = [profile for profile in profiles if profile.last_seen_at is not None]
    return max(seen, key=lambda profile: (not profile.is_signed_out, profile.last_seen_at), default=None)


def plan(device: DeviceFacts, *, action: Action, scope: Scope, now: datetime) -> Plan:
    """The outcome for one device: now, when it is back, or skipped and why."""
    if action is Action.ENABLE and not device.is_workstation:
        return Plan(device.pk, Outcome.SKIPPED, Reason.NOT_A_WORKSTATION)
    profiles = device.profiles
    policy: bool | None = None
    if scope is Scope.SIGNED_IN:
        current = current_profile(profiles)
        if current is None:
            return Plan(device.pk, Outcome.SKIPPED, Reason.NO_PROFILE)
        profiles = (current,)
    elif device.every_profile is not (action is Action.ENABLE):
        policy = action is Action.ENABLE
    moves = _moves(profiles, action)
    if not moves and policy is None:
        done = Reason.ALREADY_ENABLED if action is Action.ENABLE else Reason.ALREADY_DISABLED
        return Plan(device.pk, Outcome.SKIPPED, done)
    outcome = Outcome.NOW if is_online(device.last_seen_at, now) else Outcome.WHEN_BACK
    return Plan(device.pk, outcome, moves=moves, every_profile=policy)


def _moves(profiles: Iterable[ProfileFacts], action: Action) -> list[tuple[int, State, State]]:
    if action is Action.ENABLE:
        return [
            (profile.pk, profile.state, state_when_enabled(has_contact=profile.has_contact))
            for profile in profiles
            if profile.state in INACTIVE
        ]
    return [(profile.pk, profile.state, State.DISABLED) for profile in profiles if profile.state in ACTIVE]
