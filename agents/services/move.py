"""The one way a profile changes its state."""

from collections.abc import Iterable
from datetime import datetime

from agents.domain.profile import State, sources_of
from agents.errors import StateChanged
from agents.models import Device, Profile
from helpdesk.core.events import publish
from helpdesk.core.models import User
from helpdesk.core.services.audit import record


def move_profile(
    profile: Profile,
    *,
    to: State,
    verb: str,
    by: User | None,
    now: datetime,
    sources: Iterable[State] | None = None,
    **fields: object,
) -> None:
    """One conditional UPDATE from `sources` (default: every state that may lead to `to`), audit and event.

    Not exactly one row -> StateChanged and nothing happened. `fields` are set with the state. Call it
    inside a transaction; the given instance is brought up to date.
    """
    before = profile.state
    allowed = sources_of(to) if sources is None else frozenset(sources)
    fields |= {"state": to.value, "state_changed_at": now}
    if Profile.objects.filter(pk=profile.pk, state__in=allowed).update(**fields) != 1:
        raise StateChanged
    for name, value in fields.items():
        setattr(profile, name, value)
    record(
        actor=by,
        actor_label="" if by else label_of(profile),
        verb=verb,
        target=profile,
        before={"state": before},
        after={"state": to.value},
        now=now,
    )
    publish_profile(profile)


def label_of(profile: Profile) -> str:
    """How the audit log names an agent that acts for itself."""
    return f"{profile.user_name} @ {profile.device.name}"[:200]


def publish_profile(profile: Profile) -> None:
    publish("profile", ref=str(profile.public_id), client_id=profile.device.client_id)


def publish_device(device: Device) -> None:
    publish("device", ref=str(device.public_id), client_id=device.client_id)
