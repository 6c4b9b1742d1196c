"""Enable, disable and reset one profile."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from agents.domain.activation import state_when_enabled
from agents.domain.profile import ACTIVE, INACTIVE, State
from agents.models import Profile, VerificationToken
from agents.services.move import move_profile
from helpdesk.core.models import User


def enable_profile(*, profile: Profile, by: User, now: datetime) -> None:
    """Show the tray icon for one Windows user. Who had confirmed before is verified again at once.

    StateChanged if it is enabled already. The computer may be offline: it learns it with its next heartbeat.
    """
    has_contact = profile.contact_id is not None and profile.verified_at is not None
    with transaction.atomic():
        move_profile(
            profile,
            to=state_when_enabled(has_contact=has_contact),
            sources=INACTIVE,
            verb="profile.enabled",
            by=by,
            now=now,
        )


def disable_profile(*, profile: Profile, by: User, now: datetime) -> None:
    """Take the tray icon away; tickets and the confirmed person stay. StateChanged if it is off already."""
    with transaction.atomic():
        move_profile(profile, to=State.DISABLED, sources=ACTIVE, verb="profile.disabled", by=by, now=now)
        void_tokens([profile.pk], now=now)


def reset_verification(*, profile: Profile, by: User, now: datetime) -> None:
    """Forget the person, the open token and the credential: the next registration makes all of it anew.

    A profile that is off or disabled stays so. StateChanged if its state moved meanwhile.
    """
    state = State(profile.state)
    with transaction.atomic():
        move_profile(
            profile,
            to=state if state in INACTIVE else State.ENABLED,
            sources={state},
            verb="profile.reset",
            by=by,
            now=now,
            credential_hash=None,
            contact=None,
            verified_at=None,
            full_name="",
            email="",
            reregister_asked_at=None,
        )
        void_tokens([profile.pk], now=now)


def void_tokens(profiles: Iterable[int], *, now: datetime) -> None:
    """A token that is on its way to somebody works no more."""
    VerificationToken.objects.filter(profile__in=profiles, used_at=None).update(used_at=now)
