"""Tokens of the API: whose they are, and whom they act for."""

from datetime import datetime

from django.db.models import Q, QuerySet

from helpdesk.core.domain.api_token import digest, is_token
from helpdesk.core.domain.permissions import Permission, together
from helpdesk.core.models import ApiToken, User


def tokens_visible_to(user: User) -> QuerySet[ApiToken]:
    """One's own, newest first; everybody's for who may edit people."""
    rows = ApiToken.objects.select_related("user")
    return rows if user.may(Permission.USERS_EDIT) else rows.filter(user=user)


def own_tokens(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user)


def living(now: datetime) -> Q:
    """Neither revoked nor run out."""
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def user_by_token(token: str, *, now: datetime) -> tuple[User, ApiToken] | None:
    """Who a program with this token acts for: never an administrator, and with no permission beyond the
    token's scopes or the person's own roles of this moment. Two queries.
    """
    if not is_token(token):
        return None
    rows = ApiToken.objects.select_related("user").filter(living(now), user__is_active=True)
    found = rows.filter(token_hash=digest(token)).first()
    if found is None:
        return None
    user, scopes = found.user, frozenset(found.scopes)
    user.role_grants = together((names & scopes, False, every) for names, _locked, every in user.role_grants)
    return user, found
