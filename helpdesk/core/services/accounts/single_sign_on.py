"""Coming in by a provider's word: who it speaks of, and whether that is enough (A14, A18)."""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from helpdesk.core.domain.oidc import (
    CLOCKS_APART_SECONDS,
    Claims,
    Flow,
    NotTrusted,
    Vouched,
    check_claims,
    may_speak_for,
    with_profile,
)
from helpdesk.core.errors import Conflict, Refused
from helpdesk.core.models import Identity, IdentityProvider, User
from helpdesk.core.services.accounts.letters import tell_change
from helpdesk.core.services.accounts.oidc import ProviderAway, claims_of_code, user_info
from helpdesk.core.services.audit import record


class NotVouched(Refused):
    code = "not-vouched"


def vouched_by(provider: IdentityProvider, *, code: str, flow: Flow, back: str, now: datetime) -> Vouched:
    """Whom the provider speaks of. NotVouched for a token that holds not what it should, ProviderAway."""
    try:
        claims, access_token = claims_of_code(provider, code=code, flow=flow, back=back)
        who = check_claims(
            claims,
            issuer=provider.issuer,
            client_id=provider.client_id,
            nonce=flow.nonce,
            at=now.timestamp(),
        )
    except NotTrusted as problem:
        words = _("The answer of %(name)s could not be trusted (%(words)s). Start the sign-in again.")
        raise NotVouched(words % {"name": provider.name, "words": str(problem)[:80]}) from None
    return _whole(provider, who, claims, access_token) if not who.email or who.is_unsaid else who


def _whole(provider: IdentityProvider, who: Vouched, claims: Claims, access_token: str) -> Vouched:
    """Some keep the address out of the token, or whether it is verified: their user info has the last word.
    Who gives the one and no answer to the other is not believed; a link needs neither.
    """
    try:
        told = user_info(provider, access_token=access_token, subject=who.subject)
    except ProviderAway:
        if who.email:
            return replace(who, is_unsaid=False)
        raise
    return with_profile(who, {**claims, **told} if who.email else told)


@transaction.atomic
def person_of(provider: IdentityProvider, who: Vouched, *, now: datetime) -> User:
    """The active user whom this is: linked before, linked now by a verified address where the provider may,
    or made where it may. NotVouched says what helps.

    A link is to the subject, which is nobody else's: who has one needs no address, but one of a foreign
    domain shuts out.
    """
    known = Identity.objects.select_related("user").filter(provider=provider, subject=who.subject).first()
    if known:
        _check_linked_domain(provider, who)
        _check_active(known.user)
        Identity.objects.filter(pk=known.pk).update(email=who.email, used_at=now)
        return known.user
    _check_domain(provider, who)
    names = {"name": provider.name}
    if not _is_verified(provider, who):
        words = _(
            "%(name)s does not say that your e-mail address is really yours. Sign in with your password and"
            " link %(name)s in your profile."
        )
        raise NotVouched(words % names)
    user = User.objects.filter(email=who.email).first()
    if user is None:
        return _make(provider, who, now=now)
    _check_active(user)
    if not provider.links_by_email or user.identities.filter(provider=provider).exists():
        words = _(
            "You have an account here that is not linked with %(name)s. Sign in with your password and link"
            " it in your profile."
        )
        raise NotVouched(words % names)
    return _link(user, provider, who, now=now)


def _is_verified(provider: IdentityProvider, who: Vouched) -> bool:
    """Never against the provider's own word: the switch is for those that say nothing."""
    return who.is_verified or (provider.trusts_mail and who.is_unsaid)


def _check_domain(provider: IdentityProvider, who: Vouched) -> None:
    """Before a first link."""
    is_ours = may_speak_for(who.email, provider.domains)
    if provider.domains and not (is_ours and _is_verified(provider, who)):
        raise _foreign(provider)


def _check_linked_domain(provider: IdentityProvider, who: Vouched) -> None:
    if who.email and not may_speak_for(who.email, provider.domains):
        raise _foreign(provider)


def _foreign(provider: IdentityProvider) -> NotVouched:
    words = _("Your e-mail address at %(name)s is not one of this organisation. Use your account at work.")
    return NotVouched(words % {"name": provider.name})


def _check_active(user: User) -> None:
    if not user.is_active:
        raise NotVouched(_("This account is switched off. Ask your administrator."))


def _make(provider: IdentityProvider, who: Vouched, *, now: datetime) -> User:
    role = provider.new_role
    if role is None or role.is_locked:
        raise NotVouched(_("Nobody here has your e-mail address. Ask your administrator to invite you."))
    user = User.objects.create_user(who.email, who.name or who.email.partition("@")[0])
    user.roles.set([role])
    after = {"email": user.email, "full_name": user.full_name, "roles": [role.name], "by": provider.name}
    record(actor=None, actor_label=provider.name, verb="created", target=user, after=after, now=now)
    return _link(user, provider, who, now=now, is_new=True)


def link(*, user: User, provider: IdentityProvider, who: Vouched, now: datetime) -> None:
    """The signed-in `user` comes in by this provider, too. Conflict when it knows somebody else here so."""
    if Identity.objects.filter(user=user, provider=provider, subject=who.subject).exists():
        return
    _check_domain(provider, who)
    with transaction.atomic():
        _link(user, provider, who, now=now)


def _link(
    user: User, provider: IdentityProvider, who: Vouched, *, now: datetime, is_new: bool = False
) -> User:
    known = {"subject": who.subject, "email": who.email, "created_at": now, "used_at": now}
    try:
        with transaction.atomic():
            Identity.objects.create(user=user, provider=provider, **known)
    except IntegrityError:
        words = _("This account at %(name)s is linked with somebody already, or you have another one linked.")
        raise Conflict(words % {"name": provider.name}) from None
    record(actor=user, verb="linked provider", target=user, after={"provider": provider.name}, now=now)
    if not is_new:
        tell_change(user=user, what="provider", now=now)
    return user


@transaction.atomic
def unlink(*, user: User, identity: int, now: datetime) -> None:
    """Refused when nothing else lets the person in."""
    row = user.identities.select_related("provider").filter(pk=identity).first()
    if row is None:
        return
    others = user.identities.exclude(pk=row.pk).filter(provider__deleted_at=None, provider__is_active=True)
    if not (user.has_usable_password() or user.passkeys.exists() or others.exists()):
        raise Refused(_("Nothing else lets you in. Choose a password or add a passkey first."))
    row.delete()
    record(actor=user, verb="unlinked provider", target=user, before={"provider": str(row.provider)}, now=now)
    tell_change(user=user, what="no-provider", now=now)


def check_confirmed(user: User, provider: IdentityProvider, who: Vouched, *, begun: float) -> None:
    """The provider asked the very same person anew, after `begun`. NotVouched otherwise."""
    if not Identity.objects.filter(user=user, provider=provider, subject=who.subject).exists():
        raise NotVouched(_("That was another account. Use the one that is linked with yours."))
    if not who.confirmed_at >= begun - CLOCKS_APART_SECONDS:
        words = _("%(name)s did not ask you anew who you are. Confirm with your password.")
        raise NotVouched(words % {"name": provider.name})
