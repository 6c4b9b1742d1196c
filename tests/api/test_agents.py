"""Enrolment keys, the helpdesk agent on and off, profiles and approvals for programs."""

from datetime import datetime

import pytest
from django.test import Client as Http

from agents.domain.profile import State
from agents.domain.secret import digest
from agents.models import Client, Device, EnrolmentKey, Profile, RoleScope
from helpdesk.core.models import KeptAnswer, Role, User
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user

V1 = "/api/v1/"


@pytest.fixture
def pc(acme: Client, now: datetime) -> Device:
    return Device.objects.create(client=acme, machine_id="m-1", name="PC", created_at=now)


@pytest.fixture
def profile(pc: Device, now: datetime) -> Profile:
    return Profile.objects.create(device=pc, sid="S-1-5-21-1001", user_name="anna", created_at=now)


@pytest.fixture
def stranger(globex: Client, role_admin: Role) -> Http:
    """May everything, for Globex alone."""
    only = Role.objects.create(name="Globex only", permissions=role_admin.permissions)
    RoleScope.objects.create(role=only, client=globex)
    return program_of(make_user("grace@desk.example", "Grace", only))


def test_a_key_is_made_rotated_and_revoked(carlas_script: Http, acme: Client) -> None:
    keys = f"{V1}clients/{acme.public_id}/keys/"
    made = send(carlas_script, "POST", keys, {"label": "Installer"}, Idempotency_Key="k-1")
    plain = told(made)["key"]
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store, private")
    assert EnrolmentKey.objects.get().key_hash == digest(plain)
    assert plain not in str(list(KeptAnswer.objects.values())) + carlas_script.get(keys).content.decode()
    rotated = told(send(carlas_script, "POST", f"{keys}{told(made)['id']}/rotate/"))
    assert rotated["key"] != plain
    assert send(carlas_script, "POST", f"{keys}{told(made)['id']}/rotate/").status_code == 409
    assert carlas_script.delete(f"{keys}{rotated['id']}/").status_code == 204
    assert all(row["revoked_at"] for row in told(carlas_script.get(keys))["results"])


def test_the_agent_is_switched_in_bulk_and_put_back(script: Http, acme: Client, profile: Profile) -> None:
    own = f"{V1}clients/{acme.public_id}/agent/"
    wanted = {"action": "enable", "devices": [str(profile.device.public_id)]}
    plan = told(send(script, "POST", f"{own}preview/", wanted))
    assert (plan["affected"], plan["groups"][0]["outcome"]) == (1, "when_back")
    assert Profile.objects.get().state == State.OFF
    run = told(send(script, "POST", own, wanted))
    assert run["may_be_undone"]
    assert Profile.objects.get().state == State.ENABLED
    results = told(script.get(f"{V1}agent-runs/{run['id']}/results/"))["results"]
    assert [(row["device"]["name"], row["outcome"]) for row in results] == [("PC", "when_back")]
    assert told(send(script, "POST", f"{V1}agent-runs/{run['id']}/undo/"))["undone_at"]
    assert Profile.objects.get().state == State.OFF
    assert send(script, "POST", f"{V1}agent-runs/{run['id']}/undo/").status_code == 409
    assert not told(script.get(f"{V1}agent-runs/{run['id']}/"))["may_be_undone"]


def test_one_device_is_switched(script: Http, profile: Profile) -> None:
    url = f"{V1}devices/{profile.device.public_id}/agent/"
    assert send(script, "POST", url, {"action": "enable"}).status_code == 201
    assert Profile.objects.get().state == State.ENABLED
    wrong = send(script, "POST", url, {"action": "explode"})
    assert (wrong.status_code, told(wrong)["errors"][0]["field"]) == (422, "action")


def test_one_profile_is_switched(script: Http, profile: Profile) -> None:
    url = f"{V1}profiles/{profile.public_id}/"
    assert told(send(script, "POST", url, {"do": "enable"}))["state"] == "enabled"
    assert send(script, "POST", url, {"do": "enable"}).status_code == 409
    listed = told(script.get(f"{V1}devices/{profile.device.public_id}/profiles/"))["results"]
    assert listed == [told(script.get(url))]


@pytest.mark.parametrize(("decision", "state"), [("approve", "verified"), ("refuse", "enabled")])
def test_who_waits_is_approved_or_refused(script: Http, profile: Profile, decision: str, state: str) -> None:
    Profile.objects.update(state="waiting_for_approval", full_name="Anna", email="anna@other.example")
    (waiting,) = told(script.get(f"{V1}approvals/"))["results"]
    assert (waiting["full_name"], waiting["device"]["name"]) == ("Anna", "PC")
    url = f"{V1}approvals/{waiting['id']}/"
    assert told(send(script, "POST", url, {"decision": decision}))["state"] == state
    assert send(script, "POST", url, {"decision": decision}).status_code == 409


# --- attacks


def test_a11_agents_of_another_client_do_not_exist(
    stranger: Http, script: Http, acme: Client, globex: Client, profile: Profile
) -> None:
    pc = profile.device
    run = told(send(script, "POST", f"{V1}devices/{pc.public_id}/agent/", {"action": "enable"}))["id"]
    key = EnrolmentKey.objects.create(client=acme, label="K", key_hash="0" * 64, created_at=pc.created_at)
    theirs, devices = f"{V1}clients/{acme.public_id}/", [str(pc.public_id)]
    for path in ("keys/", f"keys/{key.pk}/", "agent/", "agent/preview/"):
        sent: dict[str, object] = {"label": "X", "action": "enable", "devices": devices}
        method = "DELETE" if path.endswith(f"{key.pk}/") else "POST"
        assert send(stranger, method, theirs + path, sent).status_code == 404, path
    for path in (f"agent-runs/{run}/", f"agent-runs/{run}/results/", f"profiles/{profile.public_id}/"):
        assert stranger.get(V1 + path).status_code == 404
    assert send(stranger, "POST", f"{V1}profiles/{profile.public_id}/", {"do": "reset"}).status_code == 404
    assert send(stranger, "POST", f"{V1}agent-runs/{run}/undo/").status_code == 404
    mixed = {"action": "disable", "devices": devices}
    answer = send(stranger, "POST", f"{V1}clients/{globex.public_id}/agent/", mixed)
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, "devices")
    assert send(stranger, "DELETE", f"{V1}clients/{globex.public_id}/keys/{key.pk}/").status_code == 404
    assert Profile.objects.get().state == State.ENABLED


def test_a14_scopes_hold_at_agents_too(carla: User, script: Http, acme: Client, profile: Profile) -> None:
    reader = program_of(carla, "clients.view")
    assert reader.get(f"{V1}profiles/{profile.public_id}/").status_code == 200
    assert send(reader, "POST", f"{V1}profiles/{profile.public_id}/", {"do": "enable"}).status_code == 403
    assert reader.get(f"{V1}clients/{acme.public_id}/keys/").status_code == 403
    assert reader.get(f"{V1}approvals/").status_code == 403
    assert send(script, "POST", f"{V1}clients/{acme.public_id}/keys/", {"label": "X"}).status_code == 403
