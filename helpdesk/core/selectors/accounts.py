"""How somebody comes in, and where they are in."""

from typing import NamedTuple

from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from helpdesk.core.models import Authenticator, Passkey, SignIn, User


class WayIn(NamedTuple):
    """The second factors of one person."""

    has_authenticator: bool
    passkeys: int
    codes_left: int

    @property
    def has_any(self) -> bool:
        return self.has_authenticator or self.passkeys > 0


def way_in_of(user: User) -> WayIn:
    """One query."""
    row = (
        User.objects.filter(pk=user.pk)
        .annotate(
            has_app=Exists(Authenticator.objects.filter(user=OuterRef("pk")).exclude(confirmed_at=None)),
            held=Count("passkeys", distinct=True),
            codes=Count("recovery_codes", filter=Q(recovery_codes__used_at=None), distinct=True),
        )
        .values_list("has_app", "held", "codes")
    )
    return WayIn(*row[0])


def has_factor(user_field: str) -> Exists:
    """An expression: whether that user has any second factor."""
    mine = User.objects.filter(pk=OuterRef(user_field)).filter(
        Q(authenticator__confirmed_at__isnull=False) | Q(passkeys__isnull=False)
    )
    return Exists(mine)


def passkeys_of(user: User) -> QuerySet[Passkey]:
    return user.passkeys.all()


def sign_ins_of(user: User) -> QuerySet[SignIn]:
    """Browsers that are still in, the latest first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    return user.sign_ins.filter(Exists(alive)).order_by("-seen_at", "-id")
