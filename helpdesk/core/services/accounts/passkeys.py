"""Passkeys (WebAuthn): a key on somebody's device signs in without a password, or is the second factor.

The library checks challenge, origin, the flags and the signature; who owns the credential is asked here.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core import throttle
from helpdesk.core.domain.address import brake_of
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.models import Passkey, User
from helpdesk.core.services.accounts.letters import tell_change
from helpdesk.core.services.accounts.second_factor import forget_codes_without_factor
from helpdesk.core.services.audit import record

MOST = 20
TRIES, WINDOW_SECONDS = 20, 15 * 60


class Site(NamedTuple):
    """Where the browser is: the host that keys are bound to, and the origins that may use them."""

    host: str
    origins: list[str]
    name: str


def _handle(user: User) -> bytes:
    """Tells nothing about the person, as the standard asks."""
    return hmac.new(settings.SECRET_KEY.encode(), f"passkey {user.pk}".encode(), hashlib.sha256).digest()


def _known(user: User) -> list[Any]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    ids = user.passkeys.values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(known)) for known in ids]


def registration_options(*, user: User, site: Site) -> tuple[str, str]:
    """(JSON for the browser, the challenge to keep in the session)."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=_handle(user),
        user_name=user.email,
        user_display_name=user.full_name,
        exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


@transaction.atomic
def add_passkey(
    *, user: User, credential: Mapping[str, Any], challenge: str, name: str, site: Site, now: datetime
) -> Passkey:
    """Invalid when the answer does not fit the challenge, Conflict when the key is known."""
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = verify_registration_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origins,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise Invalid(_("The browser's answer did not fit. Try again.")) from None
    identity = bytes_to_base64url(found.credential_id)
    if Passkey.objects.filter(credential_id=identity).exists():
        raise Conflict(_("This passkey is known already."))
    if user.passkeys.count() >= MOST:
        raise Conflict(_("Twenty passkeys are enough. Remove one first."))
    passkey = Passkey.objects.create(
        user=user,
        name=" ".join(name.split())[:60] or _("Passkey"),
        credential_id=identity,
        public_key=bytes_to_base64url(found.credential_public_key),
        sign_count=found.sign_count,
        created_at=now,
    )
    record(actor=user, verb="added passkey", target=passkey, now=now)
    tell_change(user=user, what="passkey", now=now)
    return passkey


def sign_in_options(*, user: User | None, site: Site) -> tuple[str, str]:
    """As `registration_options`. Without a user any key of this site may answer."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_known(user) if user else None,
        user_verification=(
            UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
        ),
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def check_passkey(
    *,
    credential: Mapping[str, Any],
    challenge: str,
    user: User | None,
    site: Site,
    address: str,
    now: datetime,
) -> User:
    """Whose key answered. Without `user` (no password was asked) the device must have asked for a finger, a
    face or a PIN. One sentence for everything that is wrong (Refused); TooMany after 20 tries in 15 minutes.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    throttle.hit("passkey", brake_of(address), limit=TRIES, per_seconds=WINDOW_SECONDS, now=now)
    wrong = Refused(_("This passkey opens no account here. Try another one."), code="wrong-passkey")
    keys = Passkey.objects.select_related("user").filter(user__is_active=True)
    known = keys.filter(credential_id=str(credential.get("id", ""))[:1400]).first()
    if known is None or (user is not None and known.user_id != user.pk):
        raise wrong
    try:
        found = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origins,
            credential_public_key=base64url_to_bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
            require_user_verification=user is None,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise wrong from None
    # A copied key would show the same count twice; of two answers at once one wins.
    moved = Passkey.objects.filter(pk=known.pk, sign_count=known.sign_count)
    if moved.update(sign_count=found.new_sign_count, used_at=now) != 1:
        raise wrong
    throttle.take_back("passkey", brake_of(address), per_seconds=WINDOW_SECONDS, now=now)
    return known.user


@transaction.atomic
def remove_passkey(*, user: User, passkey: int, now: datetime) -> None:
    """Safe to repeat."""
    row = user.passkeys.filter(pk=passkey).first()
    if row is None:
        return
    record(actor=user, verb="removed passkey", target=row, now=now)
    row.delete()
    forget_codes_without_factor(user)
    tell_change(user=user, what="no-passkey", now=now)
