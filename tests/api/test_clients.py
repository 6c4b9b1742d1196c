"""Clients, people, devices and the house for programs."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext

from agents.models import Client, Contact, Device, RoleScope
from agents.services import contacts
from agents.services.contacts import update_contact
from helpdesk.core.errors import Conflict
from helpdesk.core.models import Role, Team, User, Webhook
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user

V1 = "/api/v1/"


@pytest.fixture
def anna(acme: Client) -> Contact:
    return Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")


def test_a_client_from_beginning_to_change(carlas_script: Http) -> None:
    sent = {"name": "Initech", "mail_domains": ["initech.example"], "notes": "  Two floors\n"}
    made = send(carlas_script, "POST", f"{V1}clients/", sent)
    assert (made.status_code, told(made)["mail_domains"]) == (201, ["initech.example"])
    own = f"{V1}clients/{told(made)['id']}/"
    changed = send(carlas_script, "PATCH", own, {"phone": "1"}, If_Match=made["ETag"])
    assert (told(changed)["phone"], told(changed)["name"]) == ("1", "Initech")
    assert told(changed)["notes"] == "  Two floors\n"
    assert send(carlas_script, "PATCH", own, {"phone": "2"}, If_Match=made["ETag"]).status_code == 412
    assert told(carlas_script.get(f"{V1}clients/", {"q": "INITECH"}))["results"][0]["phone"] == "1"
    assert send(carlas_script, "POST", f"{V1}clients/", {"name": "Initech"}).status_code == 409


def test_what_one_has_already_is_not_sent_again(script: Http, acme: Client) -> None:
    first = script.get(f"{V1}clients/{acme.public_id}/")
    again = script.get(f"{V1}clients/{acme.public_id}/", headers={"If-None-Match": f"W/{first['ETag']}"})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_a_person_from_beginning_to_change(carlas_script: Http, acme: Client, globex: Client) -> None:
    sent = {"full_name": "Anna", "email": "Anna@Acme.example", "client": str(acme.public_id)}
    made = told(send(carlas_script, "POST", f"{V1}contacts/", sent))
    own = f"{V1}contacts/{made['id']}/"
    assert (made["email"], made["client"]["name"]) == ("anna@acme.example", "Acme")
    moved = send(carlas_script, "PATCH", own, {"client": str(globex.public_id), "is_active": False})
    assert (told(moved)["client"]["name"], told(moved)["is_active"]) == ("Globex", False)
    assert told(carlas_script.get(own)) == told(moved)
    listed = carlas_script.get(f"{V1}contacts/", {"q": "anna", "client": str(globex.public_id)})
    assert [row["id"] for row in told(listed)["results"]] == [made["id"]]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"full_name": "\u200b"}, "full_name"),
        ({"email": "nonsense"}, "email"),
        ({"client": "00000000-0000-0000-0000-000000000000"}, "client"),
        ({"public_id": "x"}, "public_id"),
    ],
)
def test_a_wrong_change_is_told(carlas_script: Http, anna: Contact, sent: dict[str, str], field: str) -> None:
    answer = send(carlas_script, "PATCH", f"{V1}contacts/{anna.public_id}/", sent)
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, field)


def test_an_address_belongs_to_one_person(carlas_script: Http, anna: Contact) -> None:
    Contact.objects.create(full_name="Ben", email="ben@acme.example")
    answer = send(carlas_script, "PATCH", f"{V1}contacts/{anna.public_id}/", {"email": "BEN@acme.example"})
    assert (answer.status_code, told(answer)["code"]) == (409, "contact-exists")


def test_of_two_at_once_one_gets_the_address(
    anna: Contact, carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def race(**_facts: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(contacts, "record", race)
    with pytest.raises(Conflict):
        update_contact(contact=anna, changes={"email": "new@acme.example"}, by=carla, now=now)


def test_a11_what_is_not_visible_does_not_exist(
    acme: Client, globex: Client, anna: Contact, role_admin: Role, now: datetime
) -> None:
    pc = Device.objects.create(client=acme, machine_id="m-1", name="PC", created_at=now)
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    program = program_of(make_user("grace@desk.example", "Grace", only))
    for path in (f"clients/{acme.public_id}/", f"contacts/{anna.public_id}/", f"devices/{pc.public_id}/"):
        assert program.get(V1 + path).status_code == 404
    for name in ("contacts", "devices"):
        assert told(program.get(f"{V1}{name}/"))["results"] == []
    for client in (str(acme.public_id), None):
        sent = {"full_name": "Eve", "email": "eve@acme.example", "client": client}
        assert send(program, "POST", f"{V1}contacts/", sent).status_code == 422
    assert not Contact.objects.filter(full_name="Eve").exists()


def test_devices_are_read(script: Http, acme: Client, now: datetime) -> None:
    pc = Device.objects.create(client=acme, machine_id="m-1", name="ACME-PC-1", created_at=now)
    listed = told(script.get(f"{V1}devices/", {"q": "pc-1", "client": str(acme.public_id)}))["results"]
    assert listed == [told(script.get(f"{V1}devices/{pc.public_id}/"))]


@pytest.mark.parametrize("query", ["after=x", f"after={10**20}", "client=x", "mailbox__password=a"])
def test_a13_parameters_are_those_of_the_list(script: Http, query: str) -> None:
    assert script.get(f"{V1}devices/?{query}").status_code == 422


@pytest.mark.parametrize(
    "name", ["clients", "contacts", "devices", "users", "teams", "tags", "macros", "views", "tickets"]
)
def test_a_list_takes_five_queries_however_long(script: Http, name: str, bob: User, now: datetime) -> None:
    clients = Client.objects.bulk_create([Client(name=f"Client {n:02}") for n in range(51)])
    Contact.objects.bulk_create(
        [Contact(full_name="A", email=f"a{n}@x.example", client=client) for n, client in enumerate(clients)]
    )
    for number in range(3):
        Team.objects.create(name=f"Team {number}").members.add(bob)
    script.get(f"{V1}me/")  # when the token was used is written once a minute
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = told(script.get(f"{V1}{name}/"))
    assert len(asked) <= 5
    if name in ("clients", "contacts"):
        assert len(page["results"]) == 50
        rest = told(script.get(f"{V1}{name}/", {"after": page["next"]}))
        assert (len(rest["results"]), rest["next"]) == (1, None)


def test_who_am_i(ada: User) -> None:
    assert told(program_of(ada, "tickets.view").get(f"{V1}me/"))["permissions"] == ["tickets.view"]


def test_a_webhook_by_program(carlas_script: Http, carla: User) -> None:
    sent = {"name": "Books", "url": "https://93.184.216.34/x", "events": ["ticket.created"]}
    made = send(carlas_script, "POST", f"{V1}webhooks/", sent)
    assert (made.status_code, len(told(made)["secret"])) == (201, 64)
    own = f"{V1}webhooks/{told(made)['id']}/"
    assert "secret" not in told(carlas_script.get(own))
    assert send(carlas_script, "POST", f"{own}calls/").status_code == 201
    assert [call["event"] for call in told(carlas_script.get(f"{own}calls/"))["results"]] == ["ping"]
    assert carlas_script.delete(own).status_code == 204
    assert carlas_script.get(own).status_code == 404


def test_a12_a_token_that_may_not_read_tickets_has_none_told(carla: User) -> None:
    program = program_of(carla, "webhooks.edit")
    sent = {"name": "Books", "url": "https://93.184.216.34/x", "events": ["ticket.created"]}
    assert send(program, "POST", f"{V1}webhooks/", sent).status_code == 403
    assert not Webhook.objects.exists()
