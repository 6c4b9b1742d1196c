"""What the tray agent may know about itself, found by its credential."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

from agents.domain.profile import WAITING, State
from agents.domain.secret import RESEND_AFTER, digest, is_credential
from agents.models import Profile, VerificationToken
from helpdesk.core.models import Organisation
from helpdesk.core.rows import ASKED, Kept
from helpdesk.core.selectors.organisation import current_organisation


@dataclass(frozen=True, slots=True)
class Me:
    profile: Profile
    organisation: Organisation
    version: str
    token: VerificationToken | None

    @property
    def resend_at(self) -> datetime | None:
        return self.token.sent_at + RESEND_AFTER if self.token else None


# Every call of every agent asks this: without an order and with just the columns that the API needs it takes
# half the time, compiled once a third of that. Any other column is read when it is asked for.
_COLUMNS = (
    *("public_id", "user_name", "state", "state_changed_at", "full_name", "email"),
    *("device__public_id", "device__name", "device__client__name", "device__client__mail_domains"),
    *("contact__full_name", "contact__email", "contact__phone", "contact__is_active"),
)
_CALLER = Kept(
    lambda: (
        Profile.objects.order_by()
        .filter(credential_hash=ASKED)
        .select_related("device__client", "contact")
        .only(*_COLUMNS)
    )
)


def profile_by_credential(credential: str) -> Profile | None:
    """The profile that owns this credential, with device, client and contact. One query, by hash (A30)."""
    if not is_credential(credential):
        return None
    return _CALLER.first(digest(credential))


def profiles_by_digest(digests: Iterable[str]) -> dict[str, Profile]:
    """The profiles by the SHA-256 digests of their credentials, as `profile_by_credential`. One query."""
    found = (
        Profile.objects.order_by()
        .filter(credential_hash__in=list(digests))
        .select_related("device__client", "contact")
        .only("credential_hash", *_COLUMNS)
    )
    return {str(profile.credential_hash): profile for profile in found}


def me_version(profile: Profile, organisation: Organisation) -> str:
    """Changes whenever the answer of `me` changes by somebody else's hand. No query."""
    contact = profile.contact
    facts = (
        profile.state,
        profile.state_changed_at.isoformat(),
        profile.full_name,
        profile.email,
        (contact.full_name, contact.email) if contact else (),
        profile.device.client.name,
        organisation.name,
        organisation.support_phone,
    )
    return blake2s(repr(facts).encode(), digest_size=8).hexdigest()


def me(profile: Profile) -> Me:
    """All of it; at most two queries beside the one that found the profile."""
    organisation = current_organisation()
    token = None
    if State(profile.state) in WAITING:
        token = profile.tokens.filter(used_at__isnull=True).first()
    return Me(profile, organisation, me_version(profile, organisation), token)
