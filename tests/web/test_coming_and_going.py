"""People come by invitation and hand over when they leave; teams and roles change and go."""

import pytest
from django.test import Client as Browser
from django.utils import timezone

from agents.models import Client
from helpdesk.core.models import Job, OutgoingMail, Role, Team, User
from tests.tickets.conftest import make_tickets
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db
NEW = {"full_name": "Dan", "email": "dan@deskbell.example", "language": "fr", "password": ""}


def test_somebody_is_invited_again_and_no_more(client_carla: Browser) -> None:
    page = text_of(client_carla.post("/settings/people/new/", NEW, follow=True))
    assert "An invitation is on its way to dan@deskbell.example." in page
    assert "invited" in page
    dan = User.objects.get(email="dan@deskbell.example")
    assert OutgoingMail.objects.get().language == "fr"
    address = f"/settings/people/{dan.pk}/"
    assert "Send the invitation again" in text_of(client_carla.get(address))
    client_carla.post(address, {"do": "invite"})
    assert OutgoingMail.objects.count() == 2
    page = text_of(client_carla.post(address, {"do": "withdraw"}, follow=True))
    assert "The invitation is withdrawn." in page
    assert not User.objects.filter(pk=dan.pk).exists()


def test_who_leaves_hands_over(client_carla: Browser, ada: User, bob: User, acme: Client) -> None:
    make_tickets(1, timezone.now(), client=acme, assignee=ada)
    address = f"/settings/people/{ada.pk}/"
    assert "1 open ticket is theirs." in text_of(client_carla.get(address))
    page = text_of(client_carla.post(address, {"do": "deactivate", "to": "user-0"}, follow=True))
    assert "Choose from the list who gets the tickets." in page
    assert User.objects.get(pk=ada.pk).is_active
    data = {"do": "deactivate", "to": f"user-{bob.pk}"}
    assert "1 open ticket goes over" in text_of(client_carla.post(address, data, follow=True))
    assert Job.objects.get(kind="hand_over").ref.startswith(f"{ada.pk} user {bob.pk}")


def test_an_administrator_sets_somebody_away_and_helps_after_a_lost_phone(
    client_carla: Browser, ada: User
) -> None:
    address = f"/settings/people/{ada.pk}/"
    client_carla.post(address, {"do": "away"})
    assert User.objects.get(pk=ada.pk).is_away
    client_carla.post(address, {"do": "there"})
    assert not User.objects.get(pk=ada.pk).is_away
    page = text_of(client_carla.post(address, {"do": "factor"}, follow=True))
    assert "Ada Lovelace signs in with the password alone now." in page


def test_a_team_is_changed_and_goes_once_it_has_no_open_ticket(
    client_carla: Browser, ada: User, acme: Client
) -> None:
    team = Team.objects.create(name="Night")
    address = f"/settings/teams/{team.pk}/"
    client_carla.post(address, {"name": "Evening", "members": [ada.pk]})
    team.refresh_from_db()
    assert (team.name, team.members.get()) == ("Evening", ada)
    Team.objects.create(name="Day")
    assert client_carla.post(address, {"name": "day"}).status_code == 422
    (ticket,) = make_tickets(1, timezone.now(), client=acme, team=team)
    page = text_of(client_carla.post(address, {"do": "delete"}, follow=True))
    assert "1 open ticket is this team" in page
    ticket.delete()
    client_carla.post(address, {"do": "delete"})
    assert not Team.objects.filter(pk=team.pk).exists()


def test_a_role_goes_and_the_administrators_role_has_one_switch(
    client_carla: Browser, ada: User, role_technician: Role, role_admin: Role
) -> None:
    address = f"/settings/roles/{role_technician.pk}/"
    page = text_of(client_carla.post(address, {"do": "delete"}, follow=True))
    assert "Somebody has this role." in page
    ada.roles.clear()
    client_carla.post(address, {"do": "delete"})
    assert not Role.objects.filter(pk=role_technician.pk).exists()
    address = f"/settings/roles/{role_admin.pk}/"
    assert "That cannot change" in text_of(client_carla.get(address))
    client_carla.post(address, {"needs_second_factor": "on"})
    assert client_carla.get("/settings/roles/")["Location"] == "/sign-in/needed/"
