"""The life of a profile: one Windows user on one device."""

from datetime import datetime, timedelta
from enum import StrEnum

ONLINE_FOR = timedelta(seconds=60)


class State(StrEnum):
    OFF = "off"
    ENABLED = "enabled"
    WAITING_FOR_TOKEN = "waiting_for_token"  # noqa: S105 - a state, no secret
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    VERIFIED = "verified"
    DISABLED = "disabled"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.OFF: frozenset({State.ENABLED, State.DISABLED}),
    State.ENABLED: frozenset({State.WAITING_FOR_TOKEN, State.DISABLED}),
    State.WAITING_FOR_TOKEN: frozenset(
        {State.WAITING_FOR_TOKEN, State.VERIFIED, State.WAITING_FOR_APPROVAL, State.ENABLED, State.DISABLED}
    ),
    State.WAITING_FOR_APPROVAL: frozenset(
        {State.VERIFIED, State.WAITING_FOR_TOKEN, State.ENABLED, State.DISABLED}
    ),
    State.VERIFIED: frozenset({State.WAITING_FOR_TOKEN, State.ENABLED, State.DISABLED}),
    # Enabling again gives the person back what they had confirmed: once per profile is enough.
    State.DISABLED: frozenset({State.ENABLED, State.VERIFIED}),
}

INACTIVE = frozenset({State.OFF, State.DISABLED})
"""The tray icon does not show in these states."""
ACTIVE = frozenset(State) - INACTIVE
WAITING = frozenset({State.WAITING_FOR_TOKEN, State.WAITING_FOR_APPROVAL})


def sources_of(target: State) -> frozenset[State]:
    """The states from which a profile may move to `target`."""
    return frozenset(source for source, targets in TRANSITIONS.items() if target in targets)


def is_online(last_seen_at: datetime | None, now: datetime) -> bool:
    """Seen within the last 60 seconds. A clock that ran ahead still counts as online."""
    return last_seen_at is not None and now - last_seen_at <= ONLINE_FOR


def first_state(*, is_supported: bool, has_policy: bool) -> State:
    """The state of a profile that registers for the first time (or again after a reset)."""
    return State.ENABLED if is_supported and has_policy else State.OFF
