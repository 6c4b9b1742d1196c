"""How far roles reach, so that nobody gives away more than they have (A14)."""

from collections.abc import Iterable, Mapping

from helpdesk.core.domain.permissions import in_effect
from helpdesk.core.models import Role, User

#: Permission -> the clients for which it is given; None: every client. "" is to see a client at all.
Reach = Mapping[str, frozenset[int] | None]


def reach_of(roles: Iterable[Role]) -> Reach:
    """Of all these roles together. One query."""
    keys = [role.pk for role in roles]
    found: dict[str, frozenset[int] | None] = {}
    rows = Role.objects.filter(pk__in=keys).order_by()
    for names, is_everywhere, client in rows.values_list("permissions", "all_clients", "scopes__client"):
        for name in ("", *in_effect(names, all_clients=is_everywhere)):
            known = found.get(name, frozenset())
            if is_everywhere or known is None:
                found[name] = None
            else:
                found[name] = known | ({client} if client else frozenset())
    return found


def is_within(asked: Reach, own: Reach) -> bool:
    """Does `own` have all of `asked`, for each of its clients?"""
    return all(
        name in own and ((mine := own[name]) is None or (clients is not None and clients <= mine))
        for name, clients in asked.items()
    )


def own_reach(user: User) -> Reach:
    """What they have to give: the token of a program gives nothing beyond its scopes. One query."""
    found = reach_of(user.roles.all())
    return {name: where for name, where in found.items() if not name or user.may(name)}


def has_all_of(user: User, roles: Iterable[Role]) -> bool:
    """Does the user have everything that these roles give, at least for the same clients? Two queries."""
    roles = list(roles)
    if user.is_administrator:
        return True
    if any(role.is_locked for role in roles):
        return False
    return is_within(reach_of(roles), own_reach(user))
