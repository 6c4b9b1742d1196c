"""What somebody has besides the password: an app with six digits, and codes on paper for bad days."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from helpdesk.core import throttle
from helpdesk.core.domain.address import brake_of
from helpdesk.core.domain.one_time import make_recovery_codes, normal_code, recovery_hash, steps_around
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.models import Authenticator, RecoveryCode, User
from helpdesk.core.selectors.grants import has_all_of
from helpdesk.core.services.accounts.letters import tell_change
from helpdesk.core.services.audit import record
from helpdesk.core.services.secrets import seal, unseal

TRIES, WINDOW_SECONDS = 5, 15 * 60
TRIES_FROM_ANYWHERE, HOUR_SECONDS = 30, 3600


def _purpose(user: User) -> str:
    return f"authenticator {user.pk}"


def begin_authenticator(*, user: User, begun: str = "") -> str:
    """The secret (base32) that the app has to learn; Conflict if one is confirmed already.

    The same once more only for the browser that has its digest (`begun`, see `digest_of`): else somebody who
    was here with the password first would know the secret that the person scans later (A18).
    """
    import pyotp

    secret = pyotp.random_base32()
    sealed = seal(secret, purpose=_purpose(user))
    row, is_new = Authenticator.objects.get_or_create(user=user, defaults={"secret": sealed})
    if row.confirmed_at is not None:
        raise Conflict(_("There is an authenticator app already. Remove it first."))
    if is_new:
        return secret
    known = unseal(row.secret, purpose=_purpose(user))
    if hmac.compare_digest(digest_of(known), begun):
        return known
    Authenticator.objects.filter(pk=row.pk, confirmed_at=None).update(secret=sealed)
    return secret


def digest_of(secret: str) -> str:
    """What a browser's session may hold of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def provisioning_uri(*, user: User, secret: str, issuer: str) -> str:
    """What the picture for the app says (otpauth://)."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)


@transaction.atomic
def confirm_authenticator(*, user: User, code: str, now: datetime) -> list[str]:
    """The app works: from now on it is asked for. Returns recovery codes, unless there are some already."""
    row = Authenticator.objects.filter(user=user, confirmed_at=None).first()
    if row is None:
        raise Conflict(_("Begin anew: scan the picture again."))
    _brake(user, "set-up", now=now)
    step = _step_of(row, user, code, now=now)
    confirmed = Authenticator.objects.filter(pk=row.pk, confirmed_at=None)
    if step is None or confirmed.update(confirmed_at=now, last_step=step) != 1:
        raise Invalid(fields={"code": _("This is not the code that the app shows now. Try the next one.")})
    record(actor=user, verb="added authenticator", target=user, now=now)
    tell_change(user=user, what="authenticator", now=now)
    return [] if user.recovery_codes.exists() else _make_codes(user)


def _step_of(row: Authenticator, user: User, code: str, *, now: datetime) -> int | None:
    """The step whose digits these are, if it was not used before."""
    import pyotp

    totp, typed = pyotp.TOTP(unseal(row.secret, purpose=_purpose(user))), normal_code(code)
    right = [
        step
        for step in steps_around(now.timestamp())
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())
    ]
    return next((step for step in right if step > row.last_step), None)


def _brake(user: User, address: str, *, now: datetime) -> None:
    """Only who knows the password comes this far, so nobody can lock out somebody else."""
    throttle.hit("second-factor", f"{user.pk} {address}", limit=TRIES, per_seconds=WINDOW_SECONDS, now=now)
    throttle.hit(
        "second-factor-all", str(user.pk), limit=TRIES_FROM_ANYWHERE, per_seconds=HOUR_SECONDS, now=now
    )


def check_code(*, user: User, code: str, address: str, now: datetime) -> str:
    """ "totp" or "recovery" for a right code, which is used up by that; Refused, or TooMany after five tries.

    Digits count once, in their own half minute and the one before and after it.
    """
    address = brake_of(address)
    _brake(user, address, now=now)
    row = Authenticator.objects.filter(user=user).exclude(confirmed_at=None).first()
    step = _step_of(row, user, code, now=now) if row else None
    unused = Authenticator.objects.filter(user=user, last_step__lt=step or 0)
    if step is not None and unused.update(last_step=step) == 1:
        _forgive(user, address, now=now)
        return "totp"
    digest = recovery_hash(pepper=settings.SECRET_KEY, user_id=user.pk, code=code)
    codes = RecoveryCode.objects.filter(user=user, code_hash=digest, used_at=None)
    if codes.update(used_at=now) == 1:
        _forgive(user, address, now=now)
        record(actor=user, verb="used recovery code", target=user, now=now)
        tell_change(user=user, what="recovery", now=now)
        return "recovery"
    raise Refused(_("This code is wrong or was used already. Wait for the next one."), code="wrong-code")


def _forgive(user: User, address: str, *, now: datetime) -> None:
    throttle.take_back("second-factor", f"{user.pk} {address}", per_seconds=WINDOW_SECONDS, now=now)
    throttle.take_back("second-factor-all", str(user.pk), per_seconds=HOUR_SECONDS, now=now)


def _make_codes(user: User) -> list[str]:
    codes = make_recovery_codes()
    user.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            user=user, code_hash=recovery_hash(pepper=settings.SECRET_KEY, user_id=user.pk, code=code)
        )
        for code in codes
    )
    return codes


@transaction.atomic
def renew_recovery_codes(*, user: User, now: datetime) -> list[str]:
    """Ten new codes; the old ones stop working. Shown this once."""
    if not has_second_factor(user):
        raise Conflict(_("Add an authenticator app or a passkey first."))
    record(actor=user, verb="made recovery codes", target=user, now=now)
    return _make_codes(user)


@transaction.atomic
def remove_authenticator(*, user: User, now: datetime) -> None:
    """Safe to repeat. Without any second factor left the recovery codes go, too."""
    if not Authenticator.objects.filter(user=user).delete()[0]:
        return
    forget_codes_without_factor(user)
    record(actor=user, verb="removed authenticator", target=user, now=now)
    tell_change(user=user, what="no-authenticator", now=now)


def forget_codes_without_factor(user: User) -> None:
    if not has_second_factor(user):
        user.recovery_codes.all().delete()


@transaction.atomic
def reset_second_factor(*, user: User, by: User, now: datetime) -> None:
    """An administrator helps somebody who lost their phone: nothing but the password counts until they set
    one up again. The person hears of it by mail."""
    if user == by:
        raise Refused(_("Remove your own second factor in your profile."))
    if not has_all_of(by, user.roles.all()):
        raise Refused(_("This person may do more than you. Ask an administrator."))
    Authenticator.objects.filter(user=user).delete()
    user.passkeys.all().delete()
    user.recovery_codes.all().delete()
    record(actor=by, verb="reset second factor", target=user, now=now)
    tell_change(user=user, what="reset", now=now)


def has_second_factor(user: User) -> bool:
    """One query."""
    mine = Q(authenticator__confirmed_at__isnull=False) | Q(passkeys__isnull=False)
    return User.objects.filter(mine, pk=user.pk).exists()
