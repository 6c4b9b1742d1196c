"""Which events somebody hears whose roles reach different clients (A12, A15)."""

import pytest

from agents.models import Client, RoleScope
from helpdesk.core.events import Event
from helpdesk.core.models import Role, User
from helpdesk.server.readers import rights_of_cookies
from tests.conftest import browser_of, make_user

pytestmark = pytest.mark.django_db
EVENTS = ("ticket", "company", "device", "profile")


def a_role(name: str, *permissions: str, client: Client | None = None) -> Role:
    role = Role.objects.create(name=name, permissions=list(permissions), all_clients=client is None)
    if client:
        RoleScope.objects.create(role=role, client=client)
    return role


def hears(user: User, name: str, client: Client | None) -> bool:
    rights = rights_of_cookies(f"deskbell={browser_of(user).cookies['deskbell'].value}")
    assert rights
    return rights.cover(Event(1, name, "7", client.pk if client else None))


def test_a15_the_clients_of_another_role_do_not_count(acme: Client, globex: Client) -> None:
    tickets = a_role("Tickets of Acme", "tickets.view", client=acme)
    devices = a_role("All devices", "clients.view")
    ada = make_user("ada@deskbell.example", "Ada Lovelace", tickets, devices)
    assert ada.sees_all_clients
    heard = {name: [hears(ada, name, each) for each in (acme, globex, None)] for name in EVENTS}
    own, every = [True, False, False], [True, True, True]
    assert heard == {"ticket": own, "company": own, "device": every, "profile": every}


def test_a15_what_is_the_desks_own_is_for_who_sets_it_up(ada: User, acme: Client) -> None:
    house = "tickets.view", "mail.edit", "webhooks.edit"
    of_acme = a_role("Of Acme", *house, client=acme)
    bob = make_user("bob@deskbell.example", "Bob Kahn", a_role("Setter", *house))
    gil = make_user("gil@deskbell.example", "Gil", of_acme)
    for name in ("mailbox", "webhook"):
        assert [hears(user, name, None) for user in (ada, bob, gil)] == [False, True, False]


def test_a15_who_approves_people_hears_of_their_devices(acme: Client, globex: Client) -> None:
    roles = (
        a_role("Approver", "contacts.approve", client=acme),
        a_role("Reader", "clients.view", client=globex),
    )
    bob = make_user("bob@deskbell.example", "Bob Kahn", *roles)
    assert [hears(bob, "profile", client) for client in (acme, globex, None)] == [True, True, False]


def test_an_event_of_no_known_name_is_for_nobody(carla: User) -> None:
    assert not hears(carla, "weather", None)
