"""Settings and reports: a deletion offers its undo."""

import re
from datetime import datetime

import pytest
from django.test import Client as Browser

from helpdesk.core.models import Role, Team, User
from tickets.models import ReportPlan

pytestmark = pytest.mark.django_db


def undo(browser: Browser, page: str) -> str:
    """Presses the toast's button."""
    url = re.search(r'action="([^"]+/back/)"', page)
    what = re.search(r'name="what" value="([^"]+)"', page)
    assert url
    assert what
    return browser.post(url[1], {"what": what[1]}, follow=True).content.decode()


def deleted(browser: Browser, url: str) -> str:
    return browser.post(url, {"do": "delete"}, follow=True).content.decode()


def test_a_team(client_carla: Browser) -> None:
    team = Team.objects.create(name="Night")
    page = deleted(client_carla, f"/settings/teams/{team.pk}/")
    assert not Team.objects.exists()
    assert "“Night” is back." in undo(client_carla, page)
    assert Team.objects.get().name == "Night"
    again = client_carla.post("/settings/teams/back/", {"what": "forged"}, follow=True)
    assert "The time to undo this is over." in again.content.decode()


def test_a_role(client_carla: Browser) -> None:
    role = Role.objects.create(name="Dispatcher", permissions=["tickets.view"], all_clients=True)
    page = deleted(client_carla, f"/settings/roles/{role.pk}/")
    assert not Role.objects.filter(name="Dispatcher").exists()
    undo(client_carla, page)
    assert Role.objects.get(name="Dispatcher").permissions == ["tickets.view"]
    again = client_carla.post("/settings/roles/back/", {"what": ""}, follow=True)
    assert "The time to undo this is over." in again.content.decode()


def test_a14_a_role_does_not_come_back_beyond_ones_own_rights(client_carla: Browser, carla: User) -> None:
    role = Role.objects.create(name="Auditor", permissions=["audit.view"], all_clients=True)
    page = deleted(client_carla, f"/settings/roles/{role.pk}/")
    people = Role.objects.create(name="People", permissions=["users.edit"], all_clients=True)
    carla.roles.set([people])
    assert "what you may not do yourself" in undo(client_carla, page)
    assert not Role.objects.filter(name="Auditor").exists()


def test_a_report_that_goes_out(client_ada: Browser, ada: User, now: datetime) -> None:
    plan = ReportPlan.objects.create(
        report="time", rhythm="week", owner=ada, next_on=now.date(), created_at=now
    )
    page = deleted(client_ada, f"/reports/plans/{plan.pk}/")
    assert not ReportPlan.objects.exists()
    undo(client_ada, page)
    assert ReportPlan.objects.get().owner == ada
    again = client_ada.post("/reports/plans/back/", {"what": ""}, follow=True)
    assert "The time to undo this is over." in again.content.decode()
