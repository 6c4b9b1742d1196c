"""Roles and teams."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.events import publish
from helpdesk.core.models import Role, Team, User
from helpdesk.core.selectors.grants import has_all_of, is_within, own_reach, reach_of
from helpdesk.core.services.audit import record


def _facts(role: Role) -> dict[str, object]:
    facts = {"name": role.name, "permissions": role.permissions, "all_clients": role.all_clients}
    return facts | {"needs_second_factor": role.needs_second_factor}


def save_role(
    *,
    role: Role,
    name: str,
    permissions: Iterable[str],
    all_clients: bool,
    needs_second_factor: bool = False,
    by: User,
    now: datetime,
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
    reaches_all = all_clients or role.all_clients
    is_touched_whole = all_clients != role.all_clients or (
        role.needs_second_factor and not needs_second_factor
    )
    touched = wanted | set(role.permissions) if is_touched_whole else wanted ^ set(role.permissions)
    if not _may_touch(by, role, touched, reaches_all=reaches_all):
        raise Refused(_("You cannot give or take in a role what you may not do yourself."))
    role.name, role.all_clients, role.needs_second_factor = name, all_clients, needs_second_factor
    role.permissions = [permission.value for permission in Permission if permission in wanted]
    try:
        with transaction.atomic():
            role.save()
            record(actor=by, verb="saved role", target=role, before=before, after=_facts(role), now=now)
            _close_streams(role)
    except IntegrityError:
        raise Conflict(
            _("There is a role with this name."), fields={"name": _("Choose another name.")}
        ) from None
    return role


def _may_touch(by: User, role: Role, permissions: Iterable[str], *, reaches_all: bool) -> bool:
    """Does `by` have these permissions wherever the role gives them?"""
    if by.is_administrator:
        return True
    own = own_reach(by)
    where = None if reaches_all else reach_of([role]).get("", frozenset())
    return is_within(dict.fromkeys(permissions, where) | ({"": None} if reaches_all else {}), own)


def _close_streams(role: Role) -> None:
    for user_id in role.users.values_list("pk", flat=True):
        publish("user", user_id=user_id)


@transaction.atomic
def ask_second_factor(*, role: Role, is_needed: bool, by: User, now: datetime) -> None:
    """The one switch of the administrators' role. Who has no factor yet sets one up first."""
    if role.is_locked and not by.is_administrator:
        raise Refused(_("Only administrators decide this for administrators."))
    if Role.objects.filter(pk=role.pk, needs_second_factor=not is_needed).update(
        needs_second_factor=is_needed
    ):
        before = _facts(role)
        role.needs_second_factor = is_needed
        record(actor=by, verb="saved role", target=role, before=before, after=_facts(role), now=now)
        _close_streams(role)


@transaction.atomic
def delete_role(*, role: Role, by: User, now: datetime) -> None:
    """Conflict while somebody has it; nobody deletes what may do more than they (A14)."""
    if role.is_locked:
        raise Refused(_("The administrators' role cannot change."))
    if not has_all_of(by, [role]):
        raise Refused(_("You cannot give or take in a role what you may not do yourself."))
    if role.users.exists():
        raise Conflict(_("Somebody has this role. Take it from them first."))
    record(actor=by, verb="deleted role", target=role, before=_facts(role), now=now)
    role.delete()


def create_team(*, name: str, members: Iterable[User], by: User, now: datetime) -> Team:
    """A team that tickets can be given to."""
    _check_team(name, Team.objects.all())
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name.strip())
            team.members.set(members)
            record(actor=by, verb="made team", target=team, now=now)
    except IntegrityError:
        raise _name_taken() from None
    return team


def _check_team(name: str, others: QuerySet[Team]) -> None:
    if not name.strip():
        raise Invalid(fields={"name": _("Enter the name of the team.")})
    if others.filter(name__iexact=name.strip()).exists():
        raise _name_taken()


def _name_taken() -> Conflict:
    return Conflict(_("There is a team with this name."), fields={"name": _("Choose another name.")})


def update_team(*, team: Team, name: str, members: Iterable[User], by: User, now: datetime) -> None:
    """Another name or other members; the same again changes nothing."""
    _check_team(name, Team.objects.exclude(pk=team.pk))
    wanted = list(members)
    before = {"name": team.name, "members": sorted(str(user) for user in team.members.all())}
    after = {"name": name.strip(), "members": sorted(str(user) for user in wanted)}
    if before == after:
        return
    try:
        with transaction.atomic():
            Team.objects.filter(pk=team.pk).update(name=name.strip())
            team.name = name.strip()
            team.members.set(wanted)
            record(actor=by, verb="changed team", target=team, before=before, after=after, now=now)
    except IntegrityError:
        raise _name_taken() from None


@transaction.atomic
def delete_team(*, team: Team, by: User, now: datetime) -> None:
    """Its canned replies and views go with it; whether tickets are left is the caller's question."""
    members = sorted(str(user) for user in team.members.all())
    record(actor=by, verb="deleted team", target=team, before={"members": members}, now=now)
    team.delete()


@transaction.atomic
def set_teams(*, user: User, teams: Iterable[Team], by: User, now: datetime) -> None:
    """In which teams somebody works."""
    wanted, old = list(teams), list(user.teams.all())
    if {team.pk for team in wanted} == {team.pk for team in old}:
        return
    user.teams.set(wanted)
    record(
        actor=by,
        verb="changed teams",
        target=user,
        before={"teams": sorted(team.name for team in old)},
        after={"teams": sorted(team.name for team in wanted)},
        now=now,
    )
