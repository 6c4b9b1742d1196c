from datetime import datetime

import pytest
from django.db import IntegrityError
from pytest_django import DjangoCaptureOnCommitCallbacks

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.events import Event, hub
from helpdesk.core.models import AuditEntry, Role, User
from helpdesk.core.services import roles
from helpdesk.core.services.roles import (
    ask_second_factor,
    create_team,
    delete_role,
    delete_team,
    save_role,
    set_teams,
    update_team,
)

pytestmark = pytest.mark.django_db
VIEW = [Permission.TICKETS_VIEW]


def save(role: Role, by: User, now: datetime, **changes: object) -> Role:
    values = {"name": "Readers", "permissions": VIEW, "all_clients": False}
    return save_role(role=role, **(values | changes), by=by, now=now)  # type: ignore[arg-type]


def test_an_administrator_makes_a_role(carla: User, now: datetime) -> None:
    role = save(Role(), carla, now, permissions=[*VIEW, Permission.CLIENTS_VIEW])
    role.refresh_from_db()
    assert (str(role), role.permissions) == ("Readers", ["tickets.view", "clients.view"])
    assert AuditEntry.objects.get().before is None


def test_changing_a_role_closes_the_streams_of_its_people(
    ada: User,
    carla: User,
    role_technician: Role,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[Event] = []
    leave = hub.subscribe(heard.append)
    with django_capture_on_commit_callbacks(execute=True):
        save(role_technician, carla, now)
    leave()
    assert [(event.name, event.user_id) for event in heard] == [("user", ada.pk)]


@pytest.mark.parametrize("changes", [{"permissions": [Permission.USERS_EDIT]}, {"permissions": ["made.up"]}])
def test_a14_nobody_puts_more_into_a_role_than_they_have(
    ada: User, now: datetime, changes: dict[str, object]
) -> None:
    with pytest.raises(Refused):
        save(Role(), ada, now, **changes)


def test_a14_who_sees_some_clients_makes_no_role_for_all(now: datetime) -> None:
    eve = User.objects.create_user("eve@deskbell.example", "Eve")
    eve.roles.add(Role.objects.create(name="Some", permissions=list(Permission)))
    with pytest.raises(Refused):
        save(Role(), eve, now, all_clients=True)
    assert save(Role(), eve, now).pk


def test_a14_the_administrators_role_never_changes(carla: User, role_admin: Role, now: datetime) -> None:
    with pytest.raises(Refused):
        save(role_admin, carla, now)


def test_a_role_needs_a_name_of_its_own(carla: User, role_technician: Role, now: datetime) -> None:
    with pytest.raises(Invalid):
        save(Role(), carla, now, name=" ")
    with pytest.raises(Conflict):
        save(Role(), carla, now, name="Technician")


def test_a_team_has_members_and_a_name_of_its_own(ada: User, bob: User, carla: User, now: datetime) -> None:
    team = create_team(name=" Network ", members=[ada, bob], by=carla, now=now)
    assert (str(team), team.members.count()) == ("Network", 2)
    with pytest.raises(Conflict):
        create_team(name="Network", members=[], by=carla, now=now)
    with pytest.raises(Invalid):
        create_team(name=" ", members=[], by=carla, now=now)


def test_the_administrators_role_can_ask_for_a_second_factor_and_nothing_else(
    carla: User, ada: User, role_admin: Role, now: datetime
) -> None:
    with pytest.raises(Refused):
        ask_second_factor(role=role_admin, is_needed=True, by=ada, now=now)
    for _ in range(2):
        ask_second_factor(role=role_admin, is_needed=True, by=carla, now=now)
    assert AuditEntry.objects.count() == 1
    assert User.objects.get(pk=carla.pk).needs_second_factor
    carla.forget_grants()
    assert carla.needs_second_factor
    assert not ada.needs_second_factor
    assert not User().needs_second_factor


def test_a_role_goes_when_nobody_has_it(
    ada: User, carla: User, role_technician: Role, role_admin: Role, now: datetime
) -> None:
    with pytest.raises(Conflict):
        delete_role(role=role_technician, by=carla, now=now)
    with pytest.raises(Refused):
        delete_role(role=role_admin, by=carla, now=now)
    ada.roles.clear()
    with pytest.raises(Refused):
        delete_role(role=role_technician, by=User.objects.get(pk=ada.pk), now=now)
    delete_role(role=role_technician, by=carla, now=now)
    assert AuditEntry.objects.get().verb == "deleted role"


def test_a14_a_role_for_all_clients_is_deleted_by_who_sees_all(
    ada: User, role_technician: Role, now: datetime
) -> None:
    small = Role.objects.create(name="Some clients", permissions=role_technician.permissions)
    ada.roles.set([small])
    everywhere = Role.objects.create(name="Everywhere", permissions=VIEW, all_clients=True)
    with pytest.raises(Refused):
        delete_role(role=everywhere, by=User.objects.get(pk=ada.pk), now=now)


def test_a_team_gets_another_name_and_other_members(ada: User, bob: User, carla: User, now: datetime) -> None:
    team = create_team(name="Night", members=[ada], by=carla, now=now)
    update_team(team=team, name=" Night ", members=[ada], by=carla, now=now)
    assert AuditEntry.objects.count() == 1, "the same again changes nothing"
    update_team(team=team, name="Evening", members=[bob], by=carla, now=now)
    assert (str(team), list(team.members.all())) == ("Evening", [bob])
    create_team(name="Day", members=[], by=carla, now=now)
    with pytest.raises(Conflict):
        update_team(team=team, name="Day", members=[bob], by=carla, now=now)
    with pytest.raises(Invalid):
        update_team(team=team, name=" ", members=[bob], by=carla, now=now)
    delete_team(team=team, by=carla, now=now)
    assert AuditEntry.objects.latest("pk").before == {"members": ["Bob Kahn"]}


def test_somebody_works_in_teams(ada: User, carla: User, now: datetime) -> None:
    team = create_team(name="Night", members=[], by=carla, now=now)
    for _ in range(2):
        set_teams(user=ada, teams=[team], by=carla, now=now)
    assert list(ada.teams.all()) == [team]
    assert AuditEntry.objects.filter(verb="changed teams").count() == 1


def test_of_two_at_once_one_gets_the_name(
    carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def race(**_facts: object) -> None:
        raise IntegrityError

    team = create_team(name="Night", members=[], by=carla, now=now)
    monkeypatch.setattr(roles, "record", race)
    with pytest.raises(Conflict):
        create_team(name="Day", members=[], by=carla, now=now)
    with pytest.raises(Conflict):
        update_team(team=team, name="Day", members=[], by=carla, now=now)
