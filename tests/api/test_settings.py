"""The organisation, mails' words, audit log, webhooks and own fields for programs."""

from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext
from PIL import Image

from agents.models import Client, CustomField, RoleScope
from helpdesk.core.models import AuditEntry, KeptAnswer, OutgoingMail, Role, User, Webhook
from helpdesk.core.selectors.mail_texts import forget_mail_texts
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user

V1 = "/api/v1/"
HOOK = {"name": "Books", "url": "https://93.184.216.34/x", "events": ["ticket.created"]}


def png() -> SimpleUploadedFile:
    stream = BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "PNG")
    return SimpleUploadedFile("logo.png", stream.getvalue(), "image/png")


def test_the_organisation_changes(carlas_script: Http) -> None:
    url = f"{V1}organisation/"
    read = carlas_script.get(url)
    changed = send(carlas_script, "PATCH", url, {"name": "Brightwell"}, If_Match=read["ETag"])
    assert told(changed) == {**told(read), "name": "Brightwell"}
    assert send(carlas_script, "PATCH", url, {"name": "B"}, If_Match=read["ETag"]).status_code == 412
    wrong = send(carlas_script, "PATCH", url, {"brand_color": "#ffffff"})
    assert (wrong.status_code, told(wrong)["errors"][0]["field"]) == (422, "brand_color")


def test_a_logo_comes_and_goes(carlas_script: Http) -> None:
    url = f"{V1}organisation/logo/"
    assert told(carlas_script.post(url, {"logo": png()}))["logo"]
    text = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    assert carlas_script.post(url, {"logo": text}).status_code == 422
    assert carlas_script.delete(url).status_code == 204
    assert told(carlas_script.get(f"{V1}organisation/"))["logo"] is None


def test_own_words_of_a_mail(carlas_script: Http) -> None:
    url = f"{V1}mail-texts/invite/de/"
    read = carlas_script.get(url)
    words = {"subject": "Zu {{ house }}", "body": "Hallo {{ name }}: {{ url }}"}
    shown = told(send(carlas_script, "POST", f"{url}preview/", words))
    assert shown["text"].startswith("Hallo Anna Berg")
    assert send(carlas_script, "POST", f"{url}test/", words).status_code == 204
    assert OutgoingMail.objects.get().to == "carla@deskbell.example"
    assert told(send(carlas_script, "PATCH", url, words, If_Match=read["ETag"]))["is_own"]
    own = [row for row in told(carlas_script.get(f"{V1}mail-texts/"))["results"] if row["is_own"]]
    assert own == [{"kind": "invite", "language": "de", "is_own": True}]
    assert send(carlas_script, "PATCH", url, {**words, "body": "x"}).status_code == 422
    assert carlas_script.delete(url).status_code == 204
    forget_mail_texts()  # as after the commit
    assert told(carlas_script.get(url)) == told(read)


@pytest.mark.parametrize("path", ["no/de/", "invite/xx/", "no/de/preview/", "no/de/test/"])
def test_there_is_no_other_mail(carlas_script: Http, path: str) -> None:
    url = f"{V1}mail-texts/{path}"
    method = "POST" if path.count("/") == 3 else "GET"
    assert send(carlas_script, method, url, {"body": "x"}).status_code == 404


# --- audit log


def test_the_audit_log_is_read_by_what_one_looks_for(carlas_script: Http, carla: User, acme: Client) -> None:
    for number in range(51):
        send(carlas_script, "PATCH", f"{V1}organisation/", {"name": f"B{number}"})
    url = f"{V1}audit/"
    first = told(carlas_script.get(url))
    assert (len(first["results"]), first["results"][0]["after"]) == (50, {"name": "B50"})
    rest = told(carlas_script.get(url, {"after": first["next"]}))
    assert {row["id"] for row in rest["results"]}.isdisjoint(row["id"] for row in first["results"])
    theirs = carlas_script.get(url, {"kind": "organisation", "who": str(carla.pk), "q": "changed settings"})
    assert len(told(theirs)["results"]) == 50
    assert told(carlas_script.get(url, {"until": "2020-01-01T00:00:00Z"}))["results"] == []
    assert told(carlas_script.get(url, {"client": str(acme.public_id)}))["results"] == []


@pytest.mark.parametrize("query", ["who=x", "since=yesterday", "client=1", "actor__password=a", "after=0"])
def test_a13_the_audit_log_knows_its_parameters(carlas_script: Http, query: str) -> None:
    assert carlas_script.get(f"{V1}audit/?{query}").status_code == 422


def test_a12_the_audit_log_keeps_to_visible_clients(
    acme: Client, globex: Client, role_admin: Role, carla: User, now: datetime
) -> None:
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    program = program_of(make_user("grace@desk.example", "Grace", only))
    AuditEntry.objects.create(
        at=now, actor=carla, actor_label="C", verb="v", target_type="x", target_id="1", target_label="Secret",
        client_id=acme.pk,
    )  # fmt: skip
    assert b"Secret" not in program.get(f"{V1}audit/").content
    assert program.get(f"{V1}audit/", {"client": str(acme.public_id)}).status_code == 422


# --- webhooks


def test_a_webhook_is_changed_switched_and_brought_back(carlas_script: Http) -> None:
    own = f"{V1}webhooks/{told(send(carlas_script, 'POST', f'{V1}webhooks/', HOOK))['id']}/"
    tag = carlas_script.get(own)["ETag"]
    changed = told(send(carlas_script, "PATCH", own, {"name": "Post", "is_active": False}, If_Match=tag))
    assert (changed["name"], changed["is_active"]) == ("Post", False)
    assert send(carlas_script, "PATCH", own, {"is_active": True}, If_Match=tag).status_code == 412
    assert told(send(carlas_script, "PATCH", own, {"is_active": True}))["is_active"]
    assert carlas_script.delete(own).status_code == 204
    assert carlas_script.get(own).status_code == 404
    assert send(carlas_script, "POST", f"{own}restore/").status_code == 200


def test_a_call_is_sent_again(carlas_script: Http) -> None:
    own = f"{V1}webhooks/{told(send(carlas_script, 'POST', f'{V1}webhooks/', HOOK))['id']}/"
    call = told(send(carlas_script, "POST", f"{own}calls/"))
    Webhook.objects.get().calls.update(status="failed", tries=8)
    again = told(send(carlas_script, "POST", f"{own}calls/{call['id']}/again/"))
    assert (again["id"], again["status"], again["tries"]) == (call["id"], "queued", 0)
    other = "00000000-0000-0000-0000-000000000000"
    assert send(carlas_script, "POST", f"{own}calls/{other}/again/").status_code == 404


def test_a27_a_secret_is_told_once_and_kept_by_no_key(carlas_script: Http) -> None:
    made = send(carlas_script, "POST", f"{V1}webhooks/", HOOK, Idempotency_Key="k-1")
    assert made["Cache-Control"] == "no-store, private"
    again = send(carlas_script, "POST", f"{V1}webhooks/", HOOK, Idempotency_Key="k-1")
    assert (again.status_code, told(again)["code"]) == (409, "secret-told")
    assert Webhook.objects.count() == 1
    assert told(made)["secret"] not in str(list(KeptAnswer.objects.values()))
    renewed = told(send(carlas_script, "POST", f"{V1}webhooks/{told(made)['id']}/secret/"))
    assert renewed["secret"] != told(made)["secret"]


# --- own fields


def test_a_field_from_beginning_to_end(carlas_script: Http) -> None:
    first = told(send(carlas_script, "POST", f"{V1}fields/", {"name": "Room", "belongs_to": "ticket"}))
    choice = {"name": "Floor", "belongs_to": "ticket", "type": "choice", "choices": ["1", "2"]}
    made = send(carlas_script, "POST", f"{V1}fields/", choice)
    own = f"{V1}fields/{told(made)['id']}/"
    changed = told(send(carlas_script, "PATCH", own, {"choices": ["3"], "move": -1}, If_Match=made["ETag"]))
    assert (changed["choices"], changed["place"], changed["key"]) == (["3"], 1, "floor")
    assert send(carlas_script, "PATCH", own, {"name": "Room"}, If_Match=made["ETag"]).status_code == 412
    assert send(carlas_script, "PATCH", own, {"name": "ROOM"}).status_code == 422
    assert carlas_script.delete(own).status_code == 204
    assert [row["id"] for row in told(carlas_script.get(f"{V1}fields/"))["results"]] == [first["id"]]
    assert send(carlas_script, "POST", f"{own}restore/").status_code == 200
    assert CustomField.objects.filter(deleted_at=None).count() == 2


# --- who may


@pytest.mark.parametrize("path", ["organisation/", "mail-texts/", "audit/", "webhooks/", "fields/"])
def test_a12_settings_are_for_who_may_change_them(script: Http, path: str) -> None:
    assert script.get(V1 + path).status_code == 403


@pytest.mark.parametrize("path", ["mail-texts/", "audit/", "webhooks/", "fields/"])
def test_a_list_takes_five_queries(carlas_script: Http, path: str) -> None:
    for number in range(3):
        send(carlas_script, "POST", f"{V1}fields/", {"name": f"F{number}", "belongs_to": "ticket"})
    carlas_script.get(f"{V1}me/")
    with CaptureQueriesContext(connection) as asked:
        assert carlas_script.get(V1 + path).status_code == 200
    assert len(asked) <= 5
