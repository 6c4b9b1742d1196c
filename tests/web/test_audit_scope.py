"""Whose entries of the audit log somebody reads whose roles reach different clients (A12)."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from agents.models import Client, RoleScope
from helpdesk.core.models import Role, Team, User
from helpdesk.core.services.audit import record
from tests.conftest import browser_of, make_user
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db


def test_a12_the_clients_of_another_role_do_not_count_for_the_log(
    acme: Client, globex: Client, carla: User, now: datetime
) -> None:
    auditor = Role.objects.create(name="Auditor of Acme", permissions=["audit.view"])
    RoleScope.objects.create(role=auditor, client=acme)
    everywhere = Role.objects.create(name="T", permissions=["tickets.view"], all_clients=True)
    for client in (acme, globex):
        record(actor=carla, verb="client.changed", target=client, now=now)
    browser = browser_of(make_user("bob@deskbell.example", "Bob Kahn", auditor, everywhere))
    rows = text_of(browser.get("/settings/audit/")).partition("<table")[2]
    assert (" Acme</td>" in rows, " Globex</td>" in rows) == (True, False)
    saved = b"".join(browser.post("/settings/audit/export/")).decode()
    assert ("Acme" in saved, "Globex" in saved) == (True, False)


def test_people_teams_rights_and_rules_are_told_by_name(
    client_carla: Browser, ada: User, carla: User, now: datetime
) -> None:
    night = Team.objects.create(name="Night shift")
    facts = {
        "owner_id": ada.pk,
        "team_id": night.pk,
        "actions": [{"do": "assign_team", "value": str(night.pk)}],
        "conditions": {"mode": "all", "items": [{"field": "team", "op": "is", "value": [str(night.pk)]}]},
        "scopes": ["tickets.view", "unknown"],
    }
    record(actor=carla, verb="made canned reply", target=ada, after=facts, now=now)
    record(actor=carla, verb="made canned reply", target=ada, after={"owner_id": 999, "team_id": 9}, now=now)
    told = [
        "Owner: Ada Lovelace", "Team: Night shift", "Actions: Assign Night shift",
        "Conditions: Team is Night shift", "May: See tickets, unknown", "Owner: 999", "Team: 9",
    ]  # fmt: skip
    page = text_of(client_carla.get("/settings/audit/"))
    saved = b"".join(client_carla.post("/settings/audit/export/")).decode()
    assert [each for each in told if each not in page or each not in saved] == []


def test_the_file_tells_the_time_of_its_reader(carla: User, now: datetime) -> None:
    User.objects.filter(pk=carla.pk).update(time_zone="Asia/Tokyo", language="de")
    record(actor=carla, verb="client.changed", target=carla, now=now)
    saved = b"".join(browser_of(carla).post("/settings/audit/export/")).decode()
    assert "Zeit (Asia/Tokyo)" in saved
    assert "2026-11-22 19:00:00" in saved
