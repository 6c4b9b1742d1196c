"""Tokens of the API: shown once, then known by their hash only."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from helpdesk.core.domain.api_token import LIFETIMES, SHOWN, digest, make_token
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import ApiToken, User
from helpdesk.core.selectors.tokens import living, own_tokens
from helpdesk.core.services.audit import record

MOST_TOKENS = 50
#: A busy program writes its row once in this time, not at each call.
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    *, user: User, name: str, scopes: Iterable[str], days: str, now: datetime
) -> tuple[ApiToken, str]:
    """A token for a program of `user`. The second value is the token: show it now, it is not kept.

    Nobody gives a token more than they have themselves (A14). `days` is a key of LIFETIMES.
    """
    name, wanted, wrong = " ".join(name.split()), set(scopes), {}
    if not name or len(name) > 80:
        wrong["name"] = _("Say what the token is for, in at most 80 characters.")
    if not wanted or not user.permissions.issuperset(wanted):
        wrong["scopes"] = _("Choose at least one of the things that you may do yourself.")
    if days not in LIFETIMES:
        wrong["days"] = _("Choose how long the token works.")
    if wrong:
        raise Invalid(fields=wrong)
    if own_tokens(user).filter(living(now)).count() >= MOST_TOKENS:
        raise Conflict(_("You have %(most)s tokens. Revoke one first.") % {"most": MOST_TOKENS})
    plain, lifetime = make_token(), LIFETIMES[days]
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name,
            prefix=plain[:SHOWN],
            token_hash=digest(plain),
            scopes=sorted(wanted),
            created_at=now,
            expires_at=now + lifetime if lifetime else None,
        )
        record(actor=user, verb="token.created", target=token, after={"scopes": token.scopes}, now=now)
    return token, plain


def revoke_token(*, token: ApiToken, by: User, now: datetime) -> None:
    """From now on nobody comes in with it. Conflict if it was revoked already."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now) != 1:
            raise Conflict(_("This token was revoked already."), code="token-revoked")
        record(actor=by, verb="token.revoked", target=token, after={"of": str(token.user)}, now=now)


def note_use(*, token: ApiToken, now: datetime) -> None:
    """When a program last called, to the minute."""
    before = now - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= before:
        idle = Q(last_used_at=None) | Q(last_used_at__lte=before)
        ApiToken.objects.filter(idle, pk=token.pk).update(last_used_at=now)
