"""CSV imports and a person's data for programs."""

from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Http

from agents.models import Client, Contact, RoleScope
from helpdesk.core.models import AuditEntry, Role, User
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user
from tickets.models import Ticket
from tickets.services.open_ticket import NewTicket, open_ticket

IMPORTS = "/api/v1/imports/"


def csv(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("clients.csv", text.encode(), "text/csv")


@pytest.fixture
def anna(acme: Client) -> Contact:
    return Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")


def test_a_file_is_looked_at_carried_out_and_taken_back(carlas_script: Http, acme: Client) -> None:
    made = carlas_script.post(IMPORTS, {"kind": "clients", "file": csv("name,phone\nInitech,1\nAcme,\n,\n")})
    assert (made.status_code, told(made)["applied_at"]) == (201, None)
    own = f"{IMPORTS}{told(made)['id']}/"
    plan = told(carlas_script.get(f"{own}plan/"))["results"]
    assert [line["outcome"] for line in plan][:2] == ["create", "same"]
    assert not Client.objects.filter(name="Initech").exists()
    assert told(send(carlas_script, "POST", own))["imported_lines"] == 1
    assert send(carlas_script, "POST", own).status_code == 409
    assert told(carlas_script.get(own))["may_be_undone"]
    assert told(send(carlas_script, "POST", f"{own}undo/")) == {"taken_back": 1, "left": 0}
    assert not Client.objects.filter(name="Initech").exists()


@pytest.mark.parametrize(
    "sent",
    [{"kind": "clients"}, {"kind": "people", "file": csv("x")}, {"kind": "clients", "file": csv("x,y\n1,2")}],
)
def test_a_file_that_is_none_is_told(carlas_script: Http, sent: dict[str, object]) -> None:
    assert carlas_script.post(IMPORTS, sent).status_code == 422


def test_a11_nobody_sees_the_files_of_others(carlas_script: Http, role_admin: Role) -> None:
    made = told(carlas_script.post(IMPORTS, {"kind": "clients", "file": csv("name\nInitech")}))
    other = program_of(make_user("dora@desk.example", "Dora", role_admin))
    assert told(other.get(IMPORTS))["results"] == []
    for path in ("", "plan/"):
        assert other.get(f"{IMPORTS}{made['id']}/{path}").status_code == 404
    assert send(other, "POST", f"{IMPORTS}{made['id']}/").status_code == 404


def test_a_person_is_exported_and_deleted(
    carlas_script: Http, anna: Contact, carla: User, now: datetime
) -> None:
    open_ticket(new=NewTicket(subject="Disk", contact=anna), by=carla, now=now)
    own = f"/api/v1/contacts/{anna.public_id}/data/"
    assert told(carlas_script.get(own))["tickets"] == 1
    answer = carlas_script.post(f"{own}export/")
    assert answer["Cache-Control"] == "no-store, private"
    assert ZipFile(BytesIO(b"".join(answer))).namelist()
    assert send(carlas_script, "POST", f"{own}erase/", {"email": "ben@acme.example"}).status_code == 422
    assert told(send(carlas_script, "POST", f"{own}erase/", {"email": anna.email}))["tickets"] == 1
    assert not Contact.objects.filter(email=anna.email).exists()
    assert AuditEntry.objects.filter(verb__contains="export").exists()


def test_a12_whose_tickets_one_does_not_see_is_neither_exported_nor_deleted(
    acme: Client, globex: Client, anna: Contact, carla: User, role_admin: Role, now: datetime
) -> None:
    ticket = open_ticket(new=NewTicket(subject="Disk", contact=anna), by=carla, now=now)
    Ticket.objects.filter(pk=ticket.pk).update(client=globex)
    only = Role.objects.create(name="Acme only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=acme)
    grace = make_user("grace@desk.example", "Grace", only)
    own = f"/api/v1/contacts/{anna.public_id}/data/"
    for program in (program_of(grace), program_of(carla, "clients.edit")):
        assert not told(program.get(own))["sees_all"]
        assert program.post(f"{own}export/").status_code == 403
        assert send(program, "POST", f"{own}erase/", {"email": anna.email}).status_code == 403
    assert Contact.objects.filter(email=anna.email).exists()


def test_a11_a_person_of_another_client_does_not_exist(
    globex: Client, anna: Contact, role_admin: Role
) -> None:
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    program = program_of(make_user("grace@desk.example", "Grace", only))
    own = f"/api/v1/contacts/{anna.public_id}/data/"
    assert program.get(own).status_code == 404
    assert program.post(f"{own}export/").status_code == 404
    assert send(program, "POST", f"{own}erase/", {"email": anna.email}).status_code == 404
