"""The only doors to clients and what hangs on them. A stranger finds nothing behind them, so gets 404."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from agents.models import ActivationRun, Client, Contact, Device, EnrolmentKey, Profile, RoleScope
from agents.models.device import ProfileQuerySet
from helpdesk.core.models import User


def client_scope(user: User | AnonymousUser, permission: str) -> frozenset[int] | None:
    """The clients for which a role gives the user this permission; None means every client, also none at all.

    No query beyond the user's roles, unless all of the roles that count are bound to listed clients.
    """
    if not isinstance(user, User):
        return frozenset()
    roles = [everything for names, _locked, everything in user.role_grants if permission in names]
    if any(roles):
        return None
    if not roles:
        return frozenset()
    known: dict[str, frozenset[int]] = user.__dict__.setdefault("_client_scopes", {})
    if permission not in known:
        scopes = user.roles.values_list("permissions", "scopes__client")
        # Not `Role.given`: of the house's permissions no role of chosen clients has come as far as here.
        known[permission] = frozenset(client for names, client in scopes if permission in names and client)
    return known[permission]


def sees_all_clients(user: User | AnonymousUser, *, to: str = "") -> bool:
    """True when a role that gives `to` is not bound to listed clients; see `clients_visible_to`."""
    if not isinstance(user, User):
        return False
    asked = to or user.acts_by
    return user.may_everywhere(asked) if asked else user.sees_all_clients


def clients_visible_to(user: User | AnonymousUser, *, to: str = "") -> QuerySet[Client]:
    """Clients in the scope of the roles that give `to`, else what the page or call was opened by (A14); for
    what takes no permission, of all the user's roles together.
    """
    if not isinstance(user, User) or not user.is_active:
        return Client.objects.none()
    if sees_all_clients(user, to=to):
        return Client.objects.all()
    if asked := to or user.acts_by:
        return Client.objects.filter(pk__in=sorted(client_scope(user, asked) or ()))
    return Client.objects.filter(
        Exists(RoleScope.objects.filter(client=OuterRef("pk"), role__in=user.roles.all()))
    )


def rights_of(user: User) -> str:
    """All that the user may do and for which clients, a token's scopes counted, to see whether it changed."""
    grants = sorted((sorted(names), everywhere) for names, _locked, everywhere in user.role_grants)
    rows = RoleScope.objects.filter(role__users=user).order_by("role", "client")
    is_narrow = any(not everywhere for _names, _locked, everywhere in user.role_grants)
    scopes = list(rows.values_list("role", "client")) if is_narrow else []
    return repr((grants, scopes))


def devices_visible_to(user: User | AnonymousUser, *, to: str = "") -> QuerySet[Device]:
    return Device.objects.filter(client__in=clients_visible_to(user, to=to))


def profiles_visible_to(user: User | AnonymousUser, *, to: str = "") -> ProfileQuerySet:
    return Profile.objects.filter(device__client__in=clients_visible_to(user, to=to))


def contacts_visible_to(user: User | AnonymousUser, *, to: str = "") -> QuerySet[Contact]:
    """People of the visible clients; those who belong to no client only for who sees all clients."""
    if sees_all_clients(user, to=to):
        return Contact.objects.all()
    return Contact.objects.filter(client__in=clients_visible_to(user, to=to))


def keys_visible_to(user: User | AnonymousUser) -> QuerySet[EnrolmentKey]:
    return EnrolmentKey.objects.filter(client__in=clients_visible_to(user))


def runs_visible_to(user: User | AnonymousUser) -> QuerySet[ActivationRun]:
    return ActivationRun.objects.filter(client__in=clients_visible_to(user)).select_related("client", "by")
