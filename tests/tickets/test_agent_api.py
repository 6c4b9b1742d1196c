"""POST and GET /api/agent/v1/tickets as a tray agent calls it."""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from agents.domain.profile import State
from agents.domain.secret import digest
from agents.models import Client, Contact, Device, Profile
from tests.tickets.conftest import make_profile, make_tickets
from tests.tickets.test_files import png
from tickets.models import Activity, Attachment, Ticket

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


URL = "/api/agent/v1/tickets"
CREDENTIAL = "dba_" + "A" * 43
WINDOWS_TEXT = "C:\\Users\\anna\\x\n\ttab 😀 \\u0041"


def body(**facts: Any) -> dict[str, Any]:
    return {
        "subject": "Printer is on fire",
        "description": WINDOWS_TEXT,
        "priority": "high",
        "details": {"os": "Windows 11", "screens": [{"width": 1920}]},
        "taken_at": "2026-11-22T09:59:58Z",
        **facts,
    }


@pytest.fixture
def profile(profile: Profile) -> Profile:
    Profile.objects.filter(pk=profile.pk).update(credential_hash=digest(CREDENTIAL))
    return Profile.objects.get(pk=profile.pk)


@pytest.fixture
def agent(profile: Profile) -> Http:
    return agent_with(CREDENTIAL)


def agent_with(credential: str) -> Http:
    return Http(headers={"Authorization": f"Agent {credential}", "Deskbell-Agent-Version": "0.1.0"})


def send(agent: Http, sent: object = None, *, key: object = None, **headers: str) -> "Answer":
    return agent.post(
        URL,
        json.dumps(body() if sent is None else sent),
        content_type="application/json",
        headers={"Idempotency-Key": str(key or uuid4()), **headers},
    )


def send_form(agent: Http, files: dict[str, Any], key: object = None, **form: Any) -> "Answer":
    return agent.post(
        URL, {"ticket": json.dumps(body()), **form, **files}, headers={"Idempotency-Key": str(key or uuid4())}
    )


def problem(answer: "Answer") -> tuple[int, str, list[str]]:
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert told["status"] == answer.status_code
    return answer.status_code, told["code"], [error["field"] for error in told["errors"]]


def test_a_ticket_opens_with_the_facts_of_the_verified_contact(
    agent: Http, profile: Profile, anna: Contact, pc: Device, acme: Client
) -> None:
    answer = send(agent)
    assert answer.status_code == 201
    ticket = Ticket.objects.get()
    told = json.loads(answer.content)
    assert told == {
        "id": str(ticket.public_id),
        "number": ticket.number,
        "subject": "Printer is on fire",
        "status": "open",
        "created_at": told["created_at"],
        "attachments": 0,
    }
    assert datetime.fromisoformat(told["created_at"]) == ticket.created_at
    assert (ticket.client, ticket.contact, ticket.device, ticket.profile) == (acme, anna, pc, profile)
    assert (ticket.contact_name, ticket.contact_email, ticket.contact_phone) == (
        "Anna Berg",
        "anna@acme.example",
        "+49 30 1234",
    )
    assert (ticket.priority, ticket.source, ticket.details["screens"]) == ("high", "agent", [{"width": 1920}])
    assert Activity.objects.get().actor_label == "Anna Berg"


def test_a10_the_body_survives_intact(agent: Http) -> None:
    send(agent)
    assert Ticket.objects.get().description == WINDOWS_TEXT


def test_the_fast_path_is_five_queries_and_a_transaction(agent: Http) -> None:
    send(agent)
    asked: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:  # noqa: ANN401
        asked.append(sql)  # afterwards PostgreSQL does not tell the text of what was prepared
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        assert send(agent).status_code == 201
    work = [sql for sql in asked if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert [sql.split()[0] for sql in work] == ["SELECT", "SELECT", "INSERT", "INSERT", "INSERT"], work


def test_a_form_brings_screenshot_and_files(agent: Http) -> None:
    answer = send_form(
        agent,
        {
            "screenshot": SimpleUploadedFile("screen.png", png()),
            "files": [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")],
        },
    )
    assert (answer.status_code, json.loads(answer.content)["attachments"]) == (201, 3)
    kinds = list(Attachment.objects.order_by("id").values_list("filename", "kind"))
    assert kinds == [("screen.png", "screenshot"), ("a.txt", "file"), ("b.txt", "file")]


# --- sending again


def test_the_same_key_opens_one_ticket(agent: Http) -> None:
    key = uuid4()
    first = send_form(agent, {"screenshot": SimpleUploadedFile("screen.png", png())}, key)
    Ticket.objects.update(status="waiting")
    again = send_form(agent, {"screenshot": SimpleUploadedFile("screen.png", png())}, key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert json.loads(again.content) == json.loads(first.content)
    assert again["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first
    assert (Ticket.objects.count(), Attachment.objects.count(), Activity.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("change", [{"subject": "Other"}, {"details": {}}, {"taken_at": None}])
def test_the_same_key_for_another_ticket_is_refused(agent: Http, change: dict[str, Any]) -> None:
    key = uuid4()
    send(agent, key=key)
    assert problem(send(agent, body(**change), key=key)) == (422, "idempotency-key-reused", [])
    assert problem(send_form(agent, {"files": SimpleUploadedFile("a.txt", b"a")}, key))[:2] == (
        422,
        "idempotency-key-reused",
    )


def test_a30_keys_of_two_profiles_do_not_meet(agent: Http, pc: Device, anna: Contact, now: datetime) -> None:
    other = "dba_" + "B" * 43
    make_profile(pc, anna, now, sid="S-2", credential_hash=digest(other))
    key = uuid4()
    assert send(agent, key=key).status_code == 201
    assert send(agent_with(other), key=key).status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_ticket_sent_four_times_at_once_opens_once(agent: Http) -> None:
    key, start, codes = uuid4(), threading.Barrier(4), []

    def race() -> None:
        try:
            start.wait(5)
            codes.append(send(agent_with(CREDENTIAL), key=key).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 200, 200, 201]
    assert Ticket.objects.count() == 1


# --- who may


@pytest.mark.parametrize(
    "state", [State.OFF, State.ENABLED, State.WAITING_FOR_TOKEN, State.WAITING_FOR_APPROVAL, State.DISABLED]
)
def test_only_a_verified_profile_opens_tickets(agent: Http, state: State) -> None:
    Profile.objects.update(state=state)
    assert problem(send(agent)) == (403, "profile-not-verified", [])


def test_a_contact_that_left_opens_nothing(agent: Http) -> None:
    Contact.objects.update(is_active=False)
    assert problem(send(agent))[:2] == (403, "profile-not-verified")


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "Agent dba_" + "C" * 43, "Agent x", "Bearer " + CREDENTIAL])
def test_a30_without_its_credential_nobody_is_an_agent(profile: Profile, header: str) -> None:
    stranger = Http(headers={"Authorization": header})
    assert problem(send(stranger)) == (401, "credential-unknown", [])
    assert problem(stranger.get(URL))[0] == 401


def test_a14_a_technicians_session_is_no_agent(client_carla: Http) -> None:
    assert problem(send(client_carla))[0] == 401


def test_a14_what_is_not_in_the_list_assigns_nothing(agent: Http, globex: Client, acme: Client) -> None:
    sent = body(status="closed", client=globex.pk, contact_email="m@evil.example", source="console", id=999)
    assert send(agent, sent).status_code == 201
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.client, ticket.contact_email) == ("open", acme, "anna@acme.example")
    assert ticket.pk != 999


# --- what may not


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "\n\t"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"subject": None}, "subject"),
        ({"description": "x" * 20_001}, "description"),
        ({"priority": "huge"}, "priority"),
        ({"details": []}, "details"),
        ({"details": {"x": "y" * 8200}}, "details"),
        ({"taken_at": "yesterday"}, "taken_at"),
        ({"taken_at": "0001-01-01T00:00:00Z"}, "taken_at"),
        ({"taken_at": "9999-12-31T23:59:59Z"}, "taken_at"),
    ],
)
def test_bad_fields_are_named(agent: Http, change: dict[str, Any], field: str) -> None:
    status, _code, fields = problem(send(agent, body(**change)))
    assert (status, fields) == (422, [field])
    assert not Ticket.objects.exists()


def test_the_longest_text_is_taken_however_it_is_escaped(agent: Http) -> None:
    assert send(agent, body(description="😀" * 20_000)).status_code == 201
    assert Ticket.objects.get().description == "😀" * 20_000


def test_details_lose_what_no_database_keeps(agent: Http) -> None:
    send(agent, body(details={"user": "an\x00na"}))
    assert Ticket.objects.get().details == {"user": "anna"}


@pytest.mark.parametrize("sent", [[], "x", None, 7])
def test_a_body_that_is_no_object_is_refused(agent: Http, sent: object) -> None:
    answer = agent.post(
        URL, json.dumps(sent), content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    assert problem(answer)[0] == 422


def test_broken_json_is_the_senders_error(agent: Http) -> None:
    answer = agent.post(URL, "{", content_type="application/json", headers={"Idempotency-Key": str(uuid4())})
    assert problem(answer)[0] == 400
    assert problem(send_form(agent, {}, ticket="{"))[2] == ["ticket"]
    assert problem(send_form(agent, {}, ticket=["{}", "{}"]))[2] == ["ticket"]
    assert problem(send_form(agent, {}, ticket="[]"))[0] == 422


def test_a_key_is_needed(agent: Http) -> None:
    answer = agent.post(URL, json.dumps(body()), content_type="application/json")
    assert problem(answer) == (422, "invalid", ["Idempotency-Key"])
    assert problem(send(agent, key="17"))[2] == ["Idempotency-Key"]


@pytest.mark.parametrize(
    ("files", "field"),
    [
        (
            {"screenshot": [SimpleUploadedFile("1.png", png()), SimpleUploadedFile("2.png", png())]},
            "screenshot",
        ),
        ({"screenshot": SimpleUploadedFile("1.png", b"text")}, "screenshot"),
        ({"files": SimpleUploadedFile("a.exe", b"MZ")}, "files"),
        ({"files": [SimpleUploadedFile(f"{i}.txt", b"x") for i in range(11)]}, "files"),
        ({"other": SimpleUploadedFile("a.txt", b"x")}, "other"),
        ({"ticket": SimpleUploadedFile("a.txt", b"{}")}, "ticket"),
    ],
)
def test_a25_files_that_do_not_fit_are_refused_with_their_field(
    agent: Http, files: dict[str, Any], field: str
) -> None:
    for file in files.values():
        for one in file if isinstance(file, list) else [file]:
            one.seek(0)
    status, _code, fields = problem(send_form(agent, files))
    assert (status, fields) == (422, [field])
    assert not Ticket.objects.exists()


def test_a25_too_many_bytes_or_parts_are_refused_unread(agent: Http, settings: Settings) -> None:
    too_long = "x" * (330 * 1024)
    assert problem(send(agent, body(description=too_long)))[:2] == (413, "too-large")
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    files = {"files": [SimpleUploadedFile(f"{i}.txt", b"x") for i in range(3)]}
    assert problem(send_form(agent, files))[:2] == (413, "too-large")


def test_a_flood_is_told_to_wait_and_repeats_do_not_count(agent: Http, settings: Settings) -> None:
    settings.AGENT_TICKETS_PER_HOUR = 2
    key = uuid4()
    assert [send(agent, key=key).status_code for _ in range(4)] == [201, 200, 200, 200]
    assert send(agent).status_code == 201
    answer = send(agent)
    assert problem(answer)[:2] == (429, "too-many")
    assert int(answer["Retry-After"]) == json.loads(answer.content)["retry_after_seconds"] > 0


def test_an_error_of_the_database_is_not_taken_for_a_repeat(
    agent: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import IntegrityError

    def fail(**_: object) -> None:
        raise IntegrityError("something else")

    monkeypatch.setattr("tickets.services.open_from_agent.write_activity", fail)
    with pytest.raises(IntegrityError):
        send(agent)
    assert not Ticket.objects.exists()


# --- reading


@pytest.fixture
def others(acme: Client, anna: Contact, pc: Device, now: datetime) -> None:
    colleague = make_profile(pc, anna, now, sid="S-9")
    make_tickets(3, now, client=acme, contact=anna, device=pc, profile=colleague, subject="Secret")
    make_tickets(3, now, client=acme, subject="Secret")


def test_a30_an_agent_reads_the_tickets_of_its_own_profile(agent: Http, others: None, now: datetime) -> None:
    for _ in range(2):
        send(agent)
    with CaptureQueriesContext(connection) as seen:
        rows = json.loads(agent.get(URL).content)["results"]
    assert len(seen) == 2
    assert [row["subject"] for row in rows] == ["Printer is on fire"] * 2
    assert rows[0]["number"] > rows[1]["number"]
    assert set(rows[0]) == {"id", "number", "subject", "status", "created_at", "updated_at"}


def test_the_list_ends_at_25(agent: Http, profile: Profile, now: datetime) -> None:
    make_tickets(30, now, profile=profile)
    assert len(json.loads(agent.get(URL).content)["results"]) == 25


def test_a25_endless_nesting_in_a_form_is_the_senders_error(agent: Http) -> None:
    answer = agent.post(URL, {"ticket": "[" * 100_000}, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 422
