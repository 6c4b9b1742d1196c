"""Sign-in providers, and whom they know."""

from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from helpdesk.core.models import Identity, IdentityProvider, User

UNDO_FOR = timedelta(minutes=10)


def open_providers() -> QuerySet[IdentityProvider]:
    """Those with a button on the sign-in page; public."""
    return IdentityProvider.objects.filter(is_active=True, deleted_at=None)


def providers_visible_to(user: User) -> QuerySet[IdentityProvider]:
    """With `people`, how many come in by it. For administrators alone."""
    rows = IdentityProvider.objects.filter(deleted_at=None) if user.is_administrator else None
    if rows is None:
        return IdentityProvider.objects.none()
    return rows.select_related("new_role").annotate(people=Count("identities"))


def deleted_providers(user: User, *, now: datetime) -> QuerySet[IdentityProvider]:
    """Those that can still be brought back."""
    if not user.is_administrator:
        return IdentityProvider.objects.none()
    return IdentityProvider.objects.filter(deleted_at__gte=now - UNDO_FOR).order_by("-deleted_at")


def identities_of(user: User) -> QuerySet[Identity]:
    """Those that still let the person in."""
    rows = user.identities.filter(provider__is_active=True, provider__deleted_at=None)
    return rows.select_related("provider").order_by("provider__name", "id")
