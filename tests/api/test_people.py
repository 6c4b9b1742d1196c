"""People, teams and roles for programs: the rules of their pages, and a token never beyond its scopes."""

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext

from agents.models import Client, RoleScope
from helpdesk.core.models import OutgoingMail, Role, Team, User
from helpdesk.core.services.accounts.links import invite
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user
from tickets.models import Ticket

V1 = "/api/v1/"
NOBODY = "00000000-0000-4000-8000-000000000000"
NEW = {"full_name": "Bea Holm", "email": "bea@desk.example"}


@pytest.fixture
def night(db: None) -> Team:
    return Team.objects.create(name="Night")


def one(user: User, *more: str) -> str:
    return "/".join([f"{V1}people/{user.pk}", *more, ""])


def test_somebody_comes_by_invitation(carlas_script: Http, role_technician: Role, night: Team) -> None:
    sent = {**NEW, "roles": [role_technician.pk], "teams": [night.pk]}
    made = send(carlas_script, "POST", f"{V1}people/", sent)
    assert made.status_code == 201
    bea = User.objects.get(email="bea@desk.example")
    assert told(made)["is_invited"]
    assert told(made)["teams"] == [{"id": night.pk, "name": "Night"}]
    assert not bea.has_usable_password()
    assert send(carlas_script, "POST", one(bea, "invite")).status_code == 200
    assert OutgoingMail.objects.filter(to="bea@desk.example").count() == 2
    assert carlas_script.delete(one(bea)).status_code == 204
    assert carlas_script.get(one(bea)).status_code == 404


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"full_name": "Bea", "email": "nonsense"}, "email"),
        ({**NEW, "roles": [999]}, "roles"),
        ({**NEW, "password": "correct horse battery"}, "password"),
    ],
)
def test_a_wrong_invitation_is_told(carlas_script: Http, sent: object, field: str) -> None:
    answer = send(carlas_script, "POST", f"{V1}people/", sent)
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, field)


def test_who_has_come_cannot_be_withdrawn(carlas_script: Http, bob: User) -> None:
    assert carlas_script.delete(one(bob)).status_code == 409
    assert send(carlas_script, "POST", one(bob, "invite")).status_code == 409


def test_roles_teams_and_availability_of_a_person(
    carlas_script: Http, bob: User, night: Team, role_technician: Role
) -> None:
    tag = carlas_script.get(one(bob))["ETag"]
    changed = send(carlas_script, "PATCH", one(bob), {"is_away": True, "teams": [night.pk]}, If_Match=tag)
    assert (told(changed)["is_away"], told(changed)["teams"][0]["name"]) == (True, "Night")
    assert [role["id"] for role in told(changed)["roles"]] == [role_technician.pk]
    assert send(carlas_script, "PATCH", one(bob), {"roles": []}, If_Match=tag).status_code == 412
    assert told(send(carlas_script, "PATCH", one(bob), {"roles": []}))["roles"] == []


def test_who_leaves_hands_over(carlas_script: Http, ada: User, bob: User, night: Team) -> None:
    made = send(program_of(ada), "POST", f"{V1}tickets/", {"subject": "Disk"})
    Ticket.objects.filter(pk=told(made)["number"]).update(assignee=bob)
    assert told(carlas_script.get(one(bob)))["open_tickets"] == 1
    for wrong in ({"to_person": bob.pk}, {"to_team": 999}):
        assert send(carlas_script, "POST", one(bob, "deactivate"), wrong).status_code == 422
    left = send(carlas_script, "POST", one(bob, "deactivate"), {"to_team": night.pk})
    assert told(left) == {"handed_over": 1}
    assert not User.objects.get(pk=bob.pk).is_active
    assert told(send(carlas_script, "POST", one(bob, "activate")))["is_active"]
    assert (
        told(send(carlas_script, "POST", one(bob, "deactivate"), {"to_person": ada.pk}))["handed_over"] == 1
    )


def test_teams_come_change_and_go(carlas_script: Http, ada: User, bob: User) -> None:
    made = send(carlas_script, "POST", f"{V1}teams/", {"name": "Night", "members": [ada.pk]})
    own = f"{V1}teams/{told(made)['id']}/"
    assert send(carlas_script, "POST", f"{V1}teams/", {"name": "NIGHT"}).status_code == 409
    changed = send(carlas_script, "PATCH", own, {"members": [bob.pk]}, If_Match=made["ETag"])
    assert [user["id"] for user in told(changed)["members"]] == [bob.pk]
    assert told(changed) == told(carlas_script.get(own))
    assert send(carlas_script, "PATCH", own, {"name": "Late"}, If_Match=made["ETag"]).status_code == 412
    late = told(send(carlas_script, "PATCH", own, {"name": "Late"}))
    assert late["name"] == "Late"
    gone = carlas_script.delete(own)
    assert (gone.status_code, carlas_script.get(own).status_code) == (200, 404)
    assert (
        told(send(carlas_script, "POST", f"{V1}teams/back/", told(gone)))
        == late
        == told(carlas_script.get(own))
    )


def test_a_team_with_open_tickets_stays(carlas_script: Http, night: Team) -> None:
    made = send(carlas_script, "POST", f"{V1}tickets/", {"subject": "Disk"})
    Ticket.objects.filter(pk=told(made)["number"]).update(team=night)
    assert carlas_script.delete(f"{V1}teams/{night.pk}/").status_code == 409


def test_roles_come_change_and_go(carlas_script: Http, acme: Client, globex: Client) -> None:
    sent = {"name": "Trainee", "permissions": ["tickets.view"], "clients": [str(acme.public_id)]}
    made = send(carlas_script, "POST", f"{V1}roles/", sent)
    assert told(made)["clients"] == [{"id": str(acme.public_id), "name": "Acme"}]
    own = f"{V1}roles/{told(made)['id']}/"
    changed = send(carlas_script, "PATCH", own, {"name": "Learner"}, If_Match=made["ETag"])
    assert told(changed) == {**told(made), "name": "Learner"}
    moved = told(send(carlas_script, "PATCH", own, {"clients": [str(globex.public_id)]}))
    assert [client["name"] for client in moved["clients"]] == ["Globex"]
    assert told(send(carlas_script, "PATCH", own, {})) == moved
    assert carlas_script.delete(own, headers={"If-Match": made["ETag"]}).status_code == 412
    gone = carlas_script.delete(own)
    assert (gone.status_code, carlas_script.get(own).status_code) == (200, 404)
    assert told(send(carlas_script, "POST", f"{V1}roles/back/", told(gone))) == moved


def test_a14_a_role_comes_back_to_its_deleter_alone_and_not_beyond_their_rights(
    carla: User, carlas_script: Http, role_admin: Role
) -> None:
    auditor = Role.objects.create(name="Auditor", permissions=["audit.view"], all_clients=True)
    gone = told(carlas_script.delete(f"{V1}roles/{auditor.pk}/"))
    back, dora = f"{V1}roles/back/", make_user("dora@deskbell.example", "Dora", role_admin)
    assert send(program_of(dora, "users.edit"), "POST", back, gone).status_code == 409
    assert send(carlas_script, "POST", back, {"way_back": "forged"}).status_code == 409
    assert send(program_of(carla, "users.edit"), "POST", back, gone).status_code == 403
    assert not Role.objects.filter(name="Auditor").exists()


def test_the_administrators_role_keeps_its_lock(carla: User, carlas_script: Http, role_admin: Role) -> None:
    """By a token nobody is an administrator: nor its one switch nor its holders are a program's."""
    own = f"{V1}roles/{role_admin.pk}/"
    wanted: list[dict[str, object]] = [{"name": "Root"}, {"permissions": []}, {"needs_second_factor": True}]
    for sent in wanted:
        assert send(carlas_script, "PATCH", own, sent).status_code == 403
    assert carlas_script.delete(own).status_code == 403
    assert send(carlas_script, "PATCH", one(carla), {"roles": []}).status_code == 403
    assert send(carlas_script, "POST", one(carla, "deactivate"), {}).status_code == 403
    assert list(carla.roles.all()) == [role_admin]


# --- attacks


def test_a14_no_program_sends_an_invited_administrator_away(
    carla: User, carlas_script: Http, role_admin: Role, now: datetime
) -> None:
    dora = invite(email="dora@desk.example", full_name="Dora", roles=[role_admin], by=carla, now=now)
    assert carlas_script.delete(one(dora)).status_code == 403
    assert User.objects.filter(pk=dora.pk).exists()


def test_a14_a_token_gives_nothing_beyond_its_scopes(carla: User, bob: User, role_technician: Role) -> None:
    program = program_of(carla, "users.edit")
    invited = send(program, "POST", f"{V1}people/", {**NEW, "roles": [role_technician.pk]})
    sent: dict[str, object] = {"name": "Mine", "permissions": ["settings.edit"], "all_clients": True}
    made = send(program, "POST", f"{V1}roles/", sent)
    more = send(program, "PATCH", f"{V1}roles/{role_technician.pk}/", {"permissions": ["audit.view"]})
    out = send(program, "POST", one(bob, "deactivate"), {})
    assert [answer.status_code for answer in (invited, made, more, out)] == [403] * 4
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_a14_nobody_makes_administrators_by_program(carlas_script: Http, bob: User, role_admin: Role) -> None:
    roles = {"roles": [role_admin.pk]}
    assert send(carlas_script, "PATCH", one(bob), roles).status_code == 403
    assert send(carlas_script, "POST", f"{V1}people/", {**NEW, **roles}).status_code == 403


def test_a14_who_edits_people_of_some_clients_edits_nobody(
    acme: Client, globex: Client, carlas_script: Http, role_admin: Role
) -> None:
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    both = Role.objects.create(name="Both", permissions=["tickets.view"])
    RoleScope.objects.bulk_create(RoleScope(role=both, client=client) for client in (acme, globex))
    program = program_of(make_user("grace@desk.example", "Grace", only))
    sent = {"name": "X", "permissions": ["tickets.view"], "clients": [str(globex.public_id)]}
    assert send(program, "POST", f"{V1}roles/", sent).status_code == 403
    assert program.get(f"{V1}roles/{both.pk}/").status_code == 403
    seen = told(carlas_script.get(f"{V1}roles/{only.pk}/"))
    assert ("users.edit" in seen["without_effect"], "tickets.view" in seen["without_effect"]) == (True, False)


@pytest.mark.parametrize("path", ["people/", "roles/"])
def test_a12_only_who_edits_people_sees_all_of_them(script: Http, bob: User, path: str) -> None:
    assert script.get(V1 + path).status_code == 403
    assert script.get(one(bob)).status_code == 403


def test_a18_a_session_shows_its_password_again_first(client_carla: Http, bob: User) -> None:
    """A console left open changes nobody's roles, neither by its pages' calls."""
    session = client_carla.session
    session["confirmed_at"] = 0
    session.save()
    answer = send(client_carla, "PATCH", one(bob), {"roles": []})
    assert (answer.status_code, told(answer)["code"]) == (403, "confirm-first")
    assert client_carla.get(one(bob)).status_code == 200
    session["confirmed_at"] = 4e9
    session.save()
    assert send(client_carla, "PATCH", one(bob), {"roles": []}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "teams/"),
        ("PATCH", "teams/1/"),
        ("DELETE", "teams/1/"),
        ("PATCH", "organisation/"),
        ("POST", f"clients/{NOBODY}/keys/"),
        ("POST", f"clients/{NOBODY}/keys/1/rotate/"),
        ("DELETE", f"clients/{NOBODY}/keys/1/"),
        ("POST", f"webhooks/1/calls/{NOBODY}/again/"),
        ("POST", "rules/"),
        ("PATCH", "rules/1/"),
        ("DELETE", "rules/1/"),
        ("POST", "rules/1/move/"),
        ("POST", "rules/1/restore/"),
        ("PATCH", "mail-texts/reset/en/"),
        ("DELETE", "organisation/logo/"),
        ("POST", f"contacts/{NOBODY}/data/erase/"),
    ],
)
def test_a14_what_is_grave_asks_a_session_and_no_token(
    client_carla: Http, carlas_script: Http, method: str, path: str
) -> None:
    session = client_carla.session
    session["confirmed_at"] = 0
    session.save()
    assert told(send(client_carla, method, V1 + path, {}))["code"] == "confirm-first"
    assert "confirm-first" not in send(carlas_script, method, V1 + path, {}).content.decode()


def test_no_answer_has_a_secret_of_a_person(carlas_script: Http, bob: User) -> None:
    words = carlas_script.get(f"{V1}people/").content.decode() + carlas_script.get(one(bob)).content.decode()
    assert not re.search("password|md5|hash|key", words)


@pytest.mark.parametrize("name", ["people", "roles", "teams"])
def test_a_list_takes_five_queries(carlas_script: Http, name: str, acme: Client) -> None:
    roles = Role.objects.bulk_create([Role(name=f"Role {n}", permissions=[]) for n in range(51)])
    RoleScope.objects.bulk_create(RoleScope(role=role, client=acme) for role in roles)
    make_user("x@desk.example", "X", roles[0])
    carlas_script.get(f"{V1}me/")
    with CaptureQueriesContext(connection) as asked:
        page = told(carlas_script.get(f"{V1}{name}/"))
    assert len(asked) <= 5
    if name == "roles":
        assert len(told(carlas_script.get(f"{V1}roles/", {"after": page["next"]}))["results"]) == 3


def test_one_changes_oneself_and_nobody_else(script: Http, ada: User) -> None:
    own = f"{V1}me/"
    seen = script.get(own)
    assert (told(seen)["is_away"], told(seen)["starts_at_dashboard"]) == (False, False)
    sent = {
        "is_away": True,
        "starts_at_dashboard": True,
        "signature": "Ada\nDesk",
        "time_zone": "Europe/Rome",
    }
    changed = send(script, "PATCH", own, sent, If_Match=seen["ETag"])
    assert told(changed) == {**told(seen), **sent} == told(script.get(own))
    assert send(script, "PATCH", own, {"theme": "dark"}, If_Match=seen["ETag"]).status_code == 412
    named = send(script, "PATCH", own, {"full_name": " Ada\r\nBcc:  L"})
    assert told(named)["full_name"] == "Ada Bcc: L"
    wrong = send(script, "PATCH", own, {"time_zone": "Mars"})
    assert (wrong.status_code, told(wrong)["errors"][0]["field"]) == (422, "time_zone")
    reader = program_of(ada, "tickets.view")
    assert (reader.get(own).status_code, send(reader, "PATCH", own, {"signature": "x"}).status_code) == (
        200,
        403,
    )
