"""CSV imports: read as spreadsheets write them, looked at, carried out, taken back."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Http

from agents.domain.csv_file import MAX_BYTES, BadFile, read_lines, text_of
from agents.models import Client, Contact, ContactAddress, Device, RoleScope
from agents.services.imports.plan import Outcome
from agents.services.imports.run import carry_out, forget_imports, plan_of, start_import, undo_import
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import ImportRun, Role, User
from helpdesk.core.selectors.imports import imports_visible_to
from tests.conftest import make_user
from tickets.models import Ticket

PEOPLE = "full_name;email;client;phone\n"


def start(kind: str, text: str, by: User, now: datetime) -> ImportRun:
    return start_import(kind=kind, filename="f.csv", content=text.encode(), by=by, now=now)


def outcomes(run: ImportRun) -> list[str]:
    return [plan.outcome.value for plan in plan_of(run)]


# --- files


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_and_order_of_columns(separator: str) -> None:
    text = separator.join(["E-Mail", "Full Name"]) + "\n" + separator.join(["a@b.example", '"Berg, Anna"'])
    (line,) = read_lines(text + "\n\n", "contacts")
    assert line.cells == {"email": "a@b.example", "full_name": "Berg, Anna"}
    assert line.number == 2


def test_windows_and_utf8_are_read() -> None:
    assert text_of("Zoë".encode("cp1252")) == text_of("\ufeffZoë".encode()) == "Zoë"


def test_a26_what_our_exports_wrote_comes_back_as_it_was() -> None:
    (line,) = read_lines("name,notes\n'=1+1,'quoted", "clients")
    assert line.cells == {"name": "=1+1", "notes": "'quoted"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (",\nx", "empty"),
        ("name\n", "empty"),
        ("name,colour\nx,y", "columns-unknown"),
        ("phone\n1", "columns-missing"),
        ("name\n" + "x\n" * 2001, "too-long"),
        ('name\n"' + "x" * 200_000 + '"', "not-text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(text: str, code: str, carla: User, now: datetime) -> None:
    with pytest.raises(BadFile) as bad:
        read_lines(text, "clients")
    assert bad.value.code == code
    with pytest.raises(Invalid) as problem:
        start("clients", text, carla, now)
    assert list(problem.value.fields or {}) == ["file"]


def test_a_file_that_is_no_csv_or_too_big_is_told(carla: User, now: datetime) -> None:
    for content in (b"PK\0", b"x" * (MAX_BYTES + 1)):
        with pytest.raises(Invalid):
            start_import(kind="clients", filename="", content=content, by=carla, now=now)
    with pytest.raises(Invalid):
        start("users", "name\nx", carla, now)


# --- clients


def test_clients_are_made_and_changed(acme: Client, carla: User, now: datetime) -> None:
    text = "name,domains,phone\nInitech,initech.example,1\nACME,,2\nAcme,,3\n,x.example,\nBad,nonsense,\n"
    run = start("clients", text, carla, now)
    assert outcomes(run) == ["create", "change", "wrong", "wrong", "wrong"]
    carry_out(run=run, now=now)
    acme.refresh_from_db()
    assert (acme.name, acme.phone, acme.mail_domains) == ("ACME", "2", ["acme.example"])
    assert Client.objects.get(name="Initech").mail_domains == ["initech.example"]
    with pytest.raises(Conflict):
        carry_out(run=run, now=now)
    again = start("clients", text, carla, now)
    assert outcomes(again)[:2] == ["same", "same"]
    carry_out(run=again, now=now)
    assert ImportRun.objects.get(pk=again.pk).done == []


def test_undo_takes_back_what_nobody_touched(acme: Client, carla: User, now: datetime) -> None:
    text = "name,phone\nInitech,1\nHooli,1\nAcme,2\n"
    run = start("clients", text, carla, now)
    carry_out(run=run, now=now)
    Contact.objects.create(client=Client.objects.get(name="Hooli"), full_name="H", email="h@h.example")
    assert undo_import(run=run, by=carla, now=now) == (2, 1)
    assert sorted(Client.objects.values_list("name", "phone")) == [("Acme", ""), ("Hooli", "1")]
    with pytest.raises(Conflict):
        undo_import(run=run, by=carla, now=now)


def test_undo_leaves_what_was_changed_or_deleted_since(acme: Client, carla: User, now: datetime) -> None:
    run = start("clients", "name,phone\nInitech,1\nAcme,2\n", carla, now)
    carry_out(run=run, now=now)
    Client.objects.filter(name="Initech").delete()
    Client.objects.filter(pk=acme.pk).update(phone="3")
    assert undo_import(run=run, by=carla, now=now) == (0, 2)
    late = start("clients", "name\nLate\n", carla, now)
    carry_out(run=late, now=now)
    with pytest.raises(Conflict):
        undo_import(run=late, by=carla, now=now + timedelta(days=7))


def test_a_name_too_long_is_told(carla: User, now: datetime) -> None:
    assert outcomes(start("clients", f"name\n{'n' * 101}\n", carla, now)) == ["wrong"]


# --- people


def test_people_come_to_their_clients(acme: Client, carla: User, now: datetime) -> None:
    anna = Contact.objects.create(full_name="Anna", email="anna@acme.example")
    ContactAddress.objects.create(contact=anna, email="a@acme.example")
    text = PEOPLE + "Anna Berg;ANNA@acme.example;Acme;\nBen;ben@acme.example;;1\n"
    text += "Eve;e@x.example;Nobody;\nX;nonsense;;\nTwin;a@acme.example;;\n"
    run = start("contacts", text, carla, now)
    assert outcomes(run) == ["change", "create", "wrong", "wrong", "wrong"]
    carry_out(run=run, now=now)
    anna.refresh_from_db()
    assert (anna.full_name, anna.client) == ("Anna Berg", acme)
    Ticket.objects.create(
        subject="S", contact=Contact.objects.get(full_name="Ben"), created_at=now, updated_at=now
    )
    assert undo_import(run=run, by=carla, now=now) == (1, 1)
    anna.refresh_from_db()
    assert (anna.full_name, anna.client) == ("Anna", None)


def test_a11_nobody_imports_beyond_their_clients(
    acme: Client, globex: Client, role_admin: Role, now: datetime
) -> None:
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    grace = make_user("grace@desk.example", "Grace", only)
    Contact.objects.create(client=acme, full_name="Anna", email="anna@acme.example")
    text = PEOPLE + "Anna;anna@acme.example;Globex;\nBen;b@x.example;Acme;\nCid;c@x.example;;\n"
    assert outcomes(start("contacts", text, grace, now)) == ["wrong"] * 3
    assert outcomes(start("clients", "name\nAcme\n", grace, now)) == ["wrong"]


# --- devices


def test_devices_wait_for_their_agent(acme: Client, carla: User, now: datetime) -> None:
    known = Device.objects.create(client=acme, machine_id="m-1", name="PC-1", created_at=now)
    text = "client,machine_id,name,kind,os\nAcme,m-1,PC-1,server,Windows 11\nAcme,m-2,PC-2,,\n"
    text += "Acme,m-3,PC-3,toaster,\nAcme,!,PC-4,,\n"
    run = start("devices", text, carla, now)
    assert outcomes(run) == ["change", "create", "wrong", "wrong"]
    carry_out(run=run, now=now)
    known.refresh_from_db()
    assert (known.kind, known.os_name) == ("server", "Windows 11")
    assert Device.objects.get(machine_id="m-2").kind == "workstation"
    assert undo_import(run=run, by=carla, now=now) == (2, 0)
    assert Device.objects.count() == 1


def test_files_are_forgotten_after_a_month(carla: User, ada: User, now: datetime) -> None:
    start("clients", "name\nX", carla, now)
    assert imports_visible_to(carla).count() == 1
    assert not imports_visible_to(ada).exists()
    forget_imports(now + timedelta(days=31))
    assert not ImportRun.objects.exists()


# --- the pages


def test_from_file_to_undo_on_the_pages(client_carla: Http, carla: User) -> None:
    def upload(text: str) -> SimpleUploadedFile:
        return SimpleUploadedFile("clients.csv", text.encode(), content_type="text/csv")

    wrong = client_carla.post("/settings/imports/", {"kind": "clients", "file": upload("colour\nred")})
    assert (wrong.status_code, b"There is no column colour" in wrong.content) == (422, True)
    answer = client_carla.post("/settings/imports/", {"kind": "clients", "file": upload("name\nInitech")})
    own = answer["Location"]
    assert b"Import 1 line" in client_carla.get(own).content
    assert not Client.objects.exists()
    for _twice in range(2):
        client_carla.post(own)
    assert Client.objects.get().name == "Initech"
    assert b"New: 1" in client_carla.get(own).content
    for _twice in range(2):
        client_carla.post(f"{own}undo/")
    assert not Client.objects.exists()
    assert b"Taken back" in client_carla.get("/settings/imports/").content


def test_a_plan_has_words_for_every_outcome() -> None:
    from helpdesk.web.imports import CHIPS

    assert set(CHIPS) == set(Outcome)


def test_a12_undo_leaves_what_is_not_theirs_to_see_any_more(
    acme: Client, globex: Client, role_admin: Role, now: datetime
) -> None:
    only = Role.objects.create(name="Two", permissions=role_admin.permissions)
    for client in (acme, globex):
        RoleScope.objects.create(role=only, client=client)
    grace = make_user("grace@desk.example", "Grace", only)
    for name in "abc":
        Contact.objects.create(client=acme, full_name=name, email=f"{name}@a.example")
    moved = "full_name,email,client\na,a@a.example,Globex\nb,b@a.example,Acme\nNew,new@a.example,Acme\n"
    people = start("contacts", moved.replace("\nb,", "\nBo,"), grace, now)
    devices = start("devices", "name,machine_id,client\nPC,m-001,Acme\n", grace, now)
    clients = start("clients", "name,phone\nAcme,2\nInitech,1\n", grace, now)
    for run in (people, devices, clients):
        carry_out(run=run, now=now)
    RoleScope.objects.filter(client=acme).delete()
    grace = User.objects.get(pk=grace.pk)
    assert undo_import(run=people, by=grace, now=now) == (0, 3)
    assert undo_import(run=devices, by=grace, now=now) == (0, 1)
    assert undo_import(run=clients, by=grace, now=now) == (1, 1), "the client that they made goes"
    assert Contact.objects.get(email="a@a.example").client == globex, "it does not go back to Acme unseen"
