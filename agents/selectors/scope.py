"""The only doors to clients and what hangs on them. A stranger finds nothing behind them, so gets 404."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from agents.models import ActivationRun, Client, Contact, Device, EnrolmentKey, Profile, RoleScope
from agents.models.device import ProfileQuerySet
from helpdesk.core.models import User


def sees_all_clients(user: User | AnonymousUser) -> bool:
    """True when one of the user's roles is not bound to listed clients."""
    return isinstance(user, User) and user.sees_all_clients


def clients_visible_to(user: User | AnonymousUser) -> QuerySet[Client]:
    """Clients in the scope of the user's roles (the union of them)."""
    if not isinstance(user, User) or not user.is_active:
        return Client.objects.none()
    if user.sees_all_clients:
        return Client.objects.all()
    return Client.objects.filter(
        Exists(RoleScope.objects.filter(client=OuterRef("pk"), role__in=user.roles.all()))
    )


def rights_of(user: User) -> str:
    """All that the user may do and for which clients, a token's scopes counted, to see whether it changed."""
    grants = sorted((sorted(names), everywhere) for names, _locked, everywhere in user.role_grants)
    rows = RoleScope.objects.filter(role__users=user).order_by("role", "client")
    scopes = [] if user.sees_all_clients else list(rows.values_list("role", "client"))
    return repr((grants, scopes))


def devices_visible_to(user: User | AnonymousUser) -> QuerySet[Device]:
    return Device.objects.filter(client__in=clients_visible_to(user))


def profiles_visible_to(user: User | AnonymousUser) -> ProfileQuerySet:
    return Profile.objects.filter(device__client__in=clients_visible_to(user))


def contacts_visible_to(user: User | AnonymousUser) -> QuerySet[Contact]:
    """People of the visible clients; those who belong to no client only for who sees all clients."""
    if sees_all_clients(user):
        return Contact.objects.all()
    return Contact.objects.filter(client__in=clients_visible_to(user))


def keys_visible_to(user: User | AnonymousUser) -> QuerySet[EnrolmentKey]:
    return EnrolmentKey.objects.filter(client__in=clients_visible_to(user))


def runs_visible_to(user: User | AnonymousUser) -> QuerySet[ActivationRun]:
    return ActivationRun.objects.filter(client__in=clients_visible_to(user)).select_related("client", "by")
