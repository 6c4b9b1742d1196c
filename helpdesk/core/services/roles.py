"""Roles and teams."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.events import publish
from helpdesk.core.models import Role, Team, User
from helpdesk.core.services.audit import record


def _facts(role: Role) -> dict[str, object]:
    return {"name": role.name, "permissions": role.permissions, "all_clients": role.all_clients}


def save_role(
    *, role: Role, name: str, permissions: Iterable[str], all_clients: bool, by: User, now: datetime
) -> Role:
    """Makes a role (`role` unsaved) or changes one, and closes the open streams of its people.

    Nobody gives or takes what they may not do themselves, or for more clients than they see, and the
    administrators' role never changes (A14).
    """
    name, wanted = name.strip(), set(permissions)
    if not name:
        raise Invalid(fields={"name": _("Enter the name of the role.")})
    before = _facts(role) if role.pk else None
    if role.is_locked:
        raise Refused(_("The administrators' role cannot change."))
    moved = wanted ^ set(role.permissions)
    reaches_all = all_clients or role.all_clients
    if not by.permissions.issuperset(moved) or (reaches_all and not by.sees_all_clients):
        raise Refused(_("You cannot give or take in a role what you may not do yourself."))
    role.name, role.all_clients = name, all_clients
    role.permissions = [permission.value for permission in Permission if permission in wanted]
    try:
        with transaction.atomic():
            role.save()
            record(actor=by, verb="saved role", target=role, before=before, after=_facts(role), now=now)
            for user_id in role.users.values_list("pk", flat=True):
                publish("user", user_id=user_id)
    except IntegrityError:
        raise Conflict(
            _("There is a role with this name."), fields={"name": _("Choose another name.")}
        ) from None
    return role


def create_team(*, name: str, members: Iterable[User], by: User, now: datetime) -> Team:
    """A team that tickets can be given to."""
    if not name.strip():
        raise Invalid(fields={"name": _("Enter the name of the team.")})
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name.strip())
            team.members.set(members)
            record(actor=by, verb="made team", target=team, now=now)
    except IntegrityError:
        sentence = _("There is a team with this name.")
        raise Conflict(sentence, fields={"name": _("Choose another name.")}) from None
    return team
