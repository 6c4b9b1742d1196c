from datetime import datetime

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.events import Event, hub
from helpdesk.core.models import AuditEntry, Role, User
from helpdesk.core.services.roles import create_team, save_role

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
