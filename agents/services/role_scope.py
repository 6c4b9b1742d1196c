"""Which clients a role reaches."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Client, RoleScope
from agents.selectors import clients_visible_to
from helpdesk.core.errors import Refused
from helpdesk.core.events import publish
from helpdesk.core.models import Role, User
from helpdesk.core.selectors.grants import is_within, own_reach
from helpdesk.core.services.audit import record
from helpdesk.core.services.roles import save_role


class RoleFields(TypedDict):
    name: str
    permissions: Iterable[str]
    all_clients: bool
    needs_second_factor: bool


@transaction.atomic
def save_role_for(
    *, role: Role, clients: Iterable[Client], by: User, now: datetime, **fields: Unpack[RoleFields]
) -> Role:
    """A role and its clients, or nothing of both. Clients that `by` does not see stay as they are."""
    saved = save_role(role=role, **fields, by=by, now=now)
    unseen = Client.objects.filter(scopes__role=saved).exclude(pk__in=clients_visible_to(by))
    set_role_clients(role=saved, clients=[*clients, *unseen], by=by, now=now)
    return saved


@transaction.atomic
def set_role_clients(*, role: Role, clients: Iterable[Client], by: User, now: datetime) -> None:
    """The role reaches just these clients. Nobody gives away what they cannot see, or may not do there
    themselves (A14)."""
    wanted = {client.pk: client.name for client in clients}
    old = dict(role.scopes.values_list("client_id", "client__name"))
    added = wanted.keys() - old.keys()
    asked = dict.fromkeys(role.given, frozenset(added)) if added else {}
    is_beyond = not by.is_administrator and not is_within(asked, own_reach(by))
    if is_beyond or clients_visible_to(by).filter(pk__in=added).count() != len(added):
        raise Refused(_("You can only give clients that you see yourself."))
    if wanted == old:
        return
    role.scopes.exclude(client_id__in=wanted).delete()
    RoleScope.objects.bulk_create(RoleScope(role=role, client_id=pk) for pk in added)
    record(
        actor=by,
        verb="changed clients of role",
        target=role,
        before={"clients": sorted(old.values())},
        after={"clients": sorted(wanted.values())},
        now=now,
    )
    for user_id in role.users.values_list("pk", flat=True):
        publish("user", user_id=user_id)
