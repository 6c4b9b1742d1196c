"""The agent API as an agent sees it: over HTTP, in JSON."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from agents.api import views
from agents.domain import secret
from agents.domain.profile import State
from agents.models import Client, Contact, Device, Profile, VerificationToken
from helpdesk.core.models import OutgoingMail, User
from tests.agents.conftest import MakeProfile
from tests.agents.test_verification import token_in

pytestmark = pytest.mark.urls("tests.agents.urls")
API = "/api/agent/v1/"
MINE = secret.make_credential()


class Agent:
    """A tray agent on the wire."""

    def __init__(self, credential: str = MINE, address: str = "192.0.2.7", **headers: str) -> None:
        self.browser = Browser(REMOTE_ADDR=address, enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Agent {credential}", "Deskbell-Agent-Version": "0.1.0", **headers}

    def get(self, path: str) -> HttpResponse:
        return self.browser.get(API + path, headers=self.headers)  # type: ignore[return-value]

    def post(self, path: str, body: object) -> HttpResponse:
        return self.browser.post(  # type: ignore[return-value]
            API + path, json.dumps(body), content_type="application/json", headers=self.headers
        )


def body_of(answer: HttpResponse, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    document: dict[str, Any] = json.loads(answer.content)
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert document["type"] == f"urn:deskbell:problem:{document['code']}"
        assert document["detail"]
    return document


def registration(
    key: str, *, credential: str = MINE, sid: str = "S-1-5-21-1", **more: object
) -> dict[str, Any]:
    return {
        "enrolment_key": key,
        "credential": credential,
        "machine": {"id": "machine-1", "name": "PC-1", "os_name": "Windows 11 Pro", "os_version": "24H2"},
        "user": {"sid": sid, "name": "claire"},
        "agent_version": "0.1.0",
        **more,
    }


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Throttles count in windows of the clock: no test runs across the end of one."""
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def mine(make_profile: MakeProfile) -> Profile:
    return make_profile("claire", credential_hash=secret.digest(MINE))


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_register_then_me_then_token_then_confirm(acme_key: str, acme: Client) -> None:
    agent = Agent()
    made = body_of(agent.post("register", registration(acme_key)), 201)
    assert set(made) == {
        "profile_id",
        "device_id",
        "state",
        "organisation",
        "heartbeat_seconds",
        "minimum_version",
    }
    assert body_of(agent.post("register", registration(acme_key)), 200)["profile_id"] == made["profile_id"]
    Profile.objects.update(state=State.ENABLED.value)
    me = body_of(agent.get("me"))
    assert (me["state"], me["client"], me["contact"], me["verification"]) == ("enabled", "Acme", None, None)
    sent = body_of(
        agent.post("verification/token", {"full_name": "Claire Fontaine", "email": "claire@acme.example"}),
        202,
    )
    assert sent["state"] == "waiting_for_token"
    assert sent["verification"]["attempts_left"] == 5
    assert sent["me_version"] != me["me_version"]
    done = body_of(agent.post("verification/confirm", {"token": token_in(OutgoingMail.objects.get())}))
    assert done["state"] == "verified"
    assert done["contact"] == {"full_name": "Claire Fontaine", "email": "claire@acme.example"}


@pytest.mark.usefixtures("mine")
def test_wrong_expired_and_worn_out_tokens_say_so() -> None:
    agent = Agent()
    assert body_of(agent.post("verification/confirm", {"token": "AAAA-AAAA"}), 410)["code"] == "token-expired"
    agent.post("verification/token", {"full_name": "Claire", "email": "claire@acme.example"})
    for left in (4, 3, 2, 1, 0):
        wrong = body_of(agent.post("verification/confirm", {"token": "AAAA-AAAA"}), 422)
        assert (wrong["code"], wrong["attempts_left"]) == ("wrong-token", left)
    assert VerificationToken.objects.get().attempts_left == 0
    assert (
        body_of(agent.post("verification/confirm", {"token": "AAAA-AAAA"}), 403)["code"] == "no-attempts-left"
    )
    VerificationToken.objects.update(
        sent_at=timezone.now() - timedelta(hours=2), expires_at=timezone.now() - timedelta(hours=1)
    )
    assert body_of(agent.post("verification/confirm", {"token": "AAAA-AAAA"}), 410)["code"] == "token-expired"


def test_a_profile_that_is_off_is_told_so(mine: Profile) -> None:
    Profile.objects.update(state=State.OFF.value)
    asked = {"full_name": "Claire", "email": "claire@acme.example"}
    assert body_of(Agent().post("verification/token", asked), 403)["code"] == "agent-not-enabled"
    assert body_of(Agent().get("me"))["state"] == "off"


@pytest.mark.usefixtures("mine")
def test_a_fourth_token_in_an_hour_has_to_wait() -> None:
    for number in range(4):
        asked = {"full_name": "Claire", "email": f"claire{number}@acme.example"}
        answer = Agent().post("verification/token", asked)
    problem = body_of(answer, 429)
    assert problem["code"] == "too-many"
    assert 3500 < problem["retry_after_seconds"] <= 3600
    assert answer["Retry-After"] == str(problem["retry_after_seconds"])


@pytest.mark.usefixtures("mine")
def test_a18_known_and_unknown_addresses_get_the_same_answer(
    globex: Client, make_profile: MakeProfile
) -> None:
    Contact.objects.create(client=globex, full_name="Hank Scorpio", email="hank@acme.example")
    other = secret.make_credential()
    make_profile("paul", credential_hash=secret.digest(other))
    answers = []
    for agent, email in ((Agent(), "hank@acme.example"), (Agent(other), "nobody@mail.example")):
        agent.post("verification/token", {"full_name": "Mallory", "email": email})
        answer = agent.post("verification/confirm", {"token": token_in(OutgoingMail.objects.latest("pk"))})
        document = body_of(answer)
        answers.append(
            {name: document[name] for name in ("state", "contact", "verification", "full_name", "client")}
        )
        assert b"Hank" not in answer.content
    assert answers[0] == answers[1]
    assert answers[0]["state"] == "waiting_for_approval"


def test_a_heartbeat_without_the_front_is_noted_too(mine: Profile, now: datetime) -> None:
    Profile.objects.update(last_seen_at=None)
    beat = body_of(Agent().post("heartbeat", {}))
    assert (beat["state"], beat["me_version"]) == ("enabled", body_of(Agent().get("me"))["me_version"])
    assert Profile.objects.get().last_seen_at == now
    body_of(Agent().post("heartbeat", {"signed_in": False}))
    assert Profile.objects.get().signed_out_at == now


def test_a14_fields_that_are_not_the_agents_are_ignored(acme_key: str, globex: Client) -> None:
    body = registration(
        acme_key,
        state="verified",
        client=globex.pk,
        contact=1,
        every_profile=True,
        device={"client": globex.pk},
    )
    body["machine"] |= {"client": globex.pk, "every_profile": True}
    body["user"] |= {"state": "verified", "credential_hash": "0" * 64}
    assert body_of(Agent().post("register", body), 201)["state"] == "off"
    device = Device.objects.get()
    assert (device.client.name, device.every_profile) == ("Acme", False)


@pytest.mark.parametrize("path", ["me", "verification/token", "verification/confirm"])
def test_a30_without_a_known_credential_there_is_nothing(path: str, mine: Profile, ada: User) -> None:
    signed_in = Agent(secret.make_credential())
    signed_in.browser.force_login(ada)
    by_id = Agent(Authorization=f"Agent {mine.public_id}")
    by_hash = Agent(Authorization=f"Agent {mine.credential_hash}")
    basic = Agent(Authorization=f"Bearer {MINE}")
    for agent in (signed_in, by_id, by_hash, basic, Agent(Authorization="")):
        answer = agent.get(path) if path == "me" else agent.post(path, {})
        assert body_of(answer, 401)["code"] == "credential-unknown"
        assert answer["WWW-Authenticate"] == "Agent"


def test_a30_an_agent_acts_on_its_own_rows_only(mine: Profile, make_profile: MakeProfile) -> None:
    theirs = make_profile("paul", credential_hash=secret.digest(secret.make_credential()))
    asked = {
        "full_name": "Claire",
        "email": "claire@acme.example",
        "profile": str(theirs.public_id),
        "profile_id": theirs.pk,
    }
    body_of(Agent().post("verification/token", asked), 202)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.email) == (State.ENABLED, "")
    assert body_of(Agent().get("me"))["profile_id"] == str(mine.public_id)


def test_a30_a_registered_profile_is_not_handed_over(acme_key: str) -> None:
    body_of(Agent().post("register", registration(acme_key)), 201)
    stolen = registration(acme_key, credential=secret.make_credential())
    assert body_of(Agent().post("register", stolen), 409)["code"] == "profile-already-registered"
    shared = registration(acme_key, sid="S-1-5-21-2")
    assert body_of(Agent().post("register", shared), 409)["code"] == "credential-in-use"


def test_a29_strangers_without_a_key_enrol_nothing_and_are_slowed(acme_key: str) -> None:
    for _try in range(views.WRONG_KEYS):
        answer = Agent().post("register", registration(secret.make_key()))
        assert body_of(answer, 403)["code"] == "enrolment-key-refused"
    assert body_of(Agent().post("register", registration(acme_key)), 429)["retry_after_seconds"] > 0
    body_of(Agent(address="192.0.2.8").post("register", registration(acme_key)), 201)
    assert Device.objects.count() == 1


def test_good_keys_and_slips_are_not_counted_as_guesses(acme_key: str) -> None:
    for number in range(views.WRONG_KEYS + 2):
        body_of(
            Agent().post("register", registration(acme_key, credential="dba_short" if number % 2 else MINE)),
            422 if number % 2 else (200 if number else 201),
        )


def test_a20_a_forged_forwarded_address_does_not_defeat_the_throttle(
    acme_key: str, settings: LazySettings
) -> None:
    settings.TRUSTED_PROXIES = []
    for number in range(views.WRONG_KEYS):
        Agent(**{"X-Forwarded-For": f"198.51.100.{number}"}).post("register", registration(secret.make_key()))
    answer = Agent(**{"X-Forwarded-For": "198.51.100.99"}).post("register", registration(acme_key))
    assert answer.status_code == 429


def test_a20_registrations_and_unknown_credentials_are_limited_by_address(
    acme_key: str, mine: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _try in range(20):
        assert (
            Agent(secret.make_credential(), **{"X-Forwarded-For": "203.0.113.9"}).get("me").status_code == 401
        )
    assert Agent(secret.make_credential(), **{"X-Forwarded-For": "203.0.113.10"}).get("me").status_code == 429
    body_of(Agent().get("me"))
    monkeypatch.setattr(views, "REGISTRATIONS_PER_MINUTE", 1)
    Agent().post("register", {})
    assert Agent().post("register", registration(acme_key)).status_code == 429


@pytest.mark.usefixtures("mine")
def test_an_agent_that_runs_wild_is_slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.api.base.CALLS_PER_MINUTE", 2)
    assert [Agent().get("me").status_code for _try in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("version", ["0.0.9", "0", "new", "<script>"])
def test_an_agent_that_is_too_old_is_told_where_the_new_one_is(version: str, mine: Profile) -> None:
    for agent in (Agent(**{"Deskbell-Agent-Version": version}),):
        problem = body_of(agent.get("me"), 426)
        assert problem["code"] == "agent-too-old"
        assert problem["minimum_version"] == "0.1.0"
        assert problem["download_url"].startswith("http")
        assert agent.post("register", {}).status_code == 426


@pytest.mark.usefixtures("mine")
def test_newer_versions_and_none_are_welcome() -> None:
    body_of(Agent(**{"Deskbell-Agent-Version": "1.10"}).get("me"))
    agent = Agent()
    del agent.headers["Deskbell-Agent-Version"]
    body_of(agent.get("me"))


@pytest.mark.usefixtures("mine")
def test_bad_input_names_each_field() -> None:
    problem = body_of(Agent().post("register", {"machine": {"id": 7}, "user": "claire"}), 422)
    fields = {error["field"] for error in problem["errors"]}
    assert {"enrolment_key", "credential", "machine.name", "user", "agent_version"} <= fields
    asked = {"full_name": "", "email": "a@acme.example\nBcc: b@evil.example"}
    problem = body_of(Agent().post("verification/token", asked), 422)
    assert {error["field"] for error in problem["errors"]} >= {"full_name"}
    assert OutgoingMail.objects.count() == 0


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize("raw", ["", "[]", "{", '"x"', "null", '{"token": {"a": 1}}', "\x00"])
def test_what_is_no_json_object_is_refused_politely(raw: str) -> None:
    agent = Agent()
    answer = agent.browser.post(
        API + "verification/confirm", raw, content_type="application/json", headers=agent.headers
    )
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.usefixtures("mine")
def test_too_much_is_refused_before_it_is_read() -> None:
    asked = {"full_name": "x" * 70_000, "email": "claire@acme.example"}
    assert body_of(Agent().post("verification/token", asked), 413)["code"] == "too-large"


def test_a21_nothing_changes_by_get(mine: Profile) -> None:
    for path in ("register", "verification/token", "verification/confirm"):
        assert Agent().get(path).status_code == 405


def test_a17_no_secret_reaches_logs_or_answers(acme_key: str, log: pytest.LogCaptureFixture) -> None:
    answers = [
        Agent().post("register", registration(acme_key)),
        Agent().post("register", registration(acme_key)),
    ]
    answers.append(Agent().post("register", registration(acme_key, credential=secret.make_credential())))
    Profile.objects.update(state=State.ENABLED.value)
    answers.append(
        Agent().post("verification/token", {"full_name": "Claire", "email": "claire@acme.example"})
    )
    token = token_in(OutgoingMail.objects.get())
    answers.append(Agent().post("verification/confirm", {"token": "AAAA-AAAA"}))
    answers.append(Agent().post("verification/confirm", {"token": token}))
    seen = log.text + "".join(answer.content.decode() for answer in answers)
    for hidden in (acme_key, MINE, token, secret.normal_token(token), secret.digest(MINE)):
        assert hidden not in seen


def test_a28_names_with_markup_come_back_as_json_text(acme_key: str, acme: Client) -> None:
    Client.objects.filter(pk=acme.pk).update(name="<script>alert(1)</script>")
    body = registration(acme_key)
    body["machine"]["name"] = "<img src=x>\u202e\x00"
    problem = body_of(Agent().post("register", body), 422)
    assert [error["field"] for error in problem["errors"]] == ["machine.name"]
    body["machine"]["name"] = "<img src=x>\u202e"
    body_of(Agent().post("register", body), 201)
    assert Device.objects.get().name == "<img src=x>"
    answer = Agent().get("me")
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_schema_describes_every_field_and_error() -> None:
    generator: Any = SchemaGenerator
    schema = generator(urlconf="tests.agents.urls").get_schema(request=None, public=True)
    paths = schema["paths"]
    assert set(paths) == {
        API + path for path in ("register", "heartbeat", "me", "verification/token", "verification/confirm")
    }
    for operations in paths.values():
        [operation] = operations.values()
        assert operation["description"]
        assert {"426", "429"} <= set(operation["responses"])
        assert all(answer["description"] for answer in operation["responses"].values())
        for status, answer in operation["responses"].items():
            [media_type] = answer["content"]
            assert media_type == ("application/json" if status < "400" else "application/problem+json")
    for name, component in schema["components"]["schemas"].items():
        for field, facts in component.get("properties", {}).items():
            described = facts.get("description") or any(
                "description" in part for part in facts.get("allOf", [])
            )
            assert described, f"{name}.{field}"
    assert "agentCredential" in schema["components"]["securitySchemes"]
