from datetime import datetime
from typing import Any

import pytest

from agents.models import Client, RoleScope
from agents.selectors import clients_visible_to
from agents.services import set_role_clients
from helpdesk.core.errors import Refused
from helpdesk.core.models import AuditEntry, Role, User
from helpdesk.core.services.people import set_active, set_roles
from helpdesk.core.services.roles import delete_role, save_role
from tests.conftest import make_user


def test_a_role_reaches_just_the_clients_it_was_given(
    acme: Client, globex: Client, carla: User, now: datetime
) -> None:
    role = Role.objects.create(name="Some")
    dora = make_user("dora@deskbell.example", "Dora", role)
    set_role_clients(role=role, clients=[acme], by=carla, now=now)
    set_role_clients(role=role, clients=[globex], by=carla, now=now)
    assert list(clients_visible_to(dora)) == [globex]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.before, entry.after) == ({"clients": ["Acme"]}, {"clients": ["Globex"]})
    set_role_clients(role=role, clients=[globex], by=carla, now=now)
    assert AuditEntry.objects.count() == 2, "the same again is no change"


def test_a14_nobody_gives_away_clients_they_cannot_see(acme: Client, globex: Client, now: datetime) -> None:
    own = Role.objects.create(name="Acme only", permissions=["users.edit"])
    RoleScope.objects.create(role=own, client=acme)
    dora = make_user("dora@deskbell.example", "Dora", own)
    with pytest.raises(Refused):
        set_role_clients(role=own, clients=[acme, globex], by=dora, now=now)
    assert RoleScope.objects.count() == 1


def scoped(name: str, *permissions: str, client: Client | None = None) -> Role:
    role = Role.objects.create(name=name, permissions=list(permissions), all_clients=client is None)
    if client:
        RoleScope.objects.create(role=role, client=client)
    return role


def test_a14_nobody_gives_a_role_of_clients_that_are_not_theirs(
    acme: Client, globex: Client, ada: User, carla: User, now: datetime
) -> None:
    own = scoped("Acme", "users.edit", "tickets.view", client=acme)
    other = scoped("Globex", "tickets.view", client=globex)
    dora = make_user("dora@deskbell.example", "Dora", own)
    for user in (dora, ada):
        with pytest.raises(Refused):
            set_roles(user=user, roles=[own, other], by=dora, now=now)
    with pytest.raises(Refused):
        set_active(user=make_user("gus@deskbell.example", "Gus", other), is_active=False, by=dora, now=now)
    with pytest.raises(Refused):
        delete_role(role=other, by=dora, now=now)
    set_roles(user=dora, roles=[own, scoped("Less", "tickets.view", client=acme)], by=dora, now=now)


def test_a14_what_two_roles_allow_apart_is_not_given_together(
    acme: Client, globex: Client, now: datetime
) -> None:
    book, own = scoped("Book", "users.edit", "clients.view"), scoped("Acme", "tickets.view", client=acme)
    dora = make_user("dora@deskbell.example", "Dora", own, book)
    with pytest.raises(Refused):
        set_role_clients(role=own, clients=[acme, globex], by=dora, now=now)
    with pytest.raises(Refused):
        set_roles(user=dora, roles=[own, book, scoped("All", "tickets.view")], by=dora, now=now)
    fields: dict[str, Any] = {
        "name": "Book",
        "permissions": [*book.permissions, "tickets.view"],
        "all_clients": True,
    }
    with pytest.raises(Refused):
        save_role(role=book, **fields, by=dora, now=now)
    with pytest.raises(Refused):
        save_role(role=own, name="Acme", permissions=["tickets.view"], all_clients=True, by=dora, now=now)
    save_role(role=own, name="Acme 2", permissions=own.permissions, all_clients=False, by=dora, now=now)


def test_a14_the_second_factor_of_a_stronger_role_stays_needed(acme: Client, now: datetime) -> None:
    strong = scoped("Strong", "settings.edit")
    strong.needs_second_factor = True
    strong.save()
    dora = make_user("dora@deskbell.example", "Dora", scoped("People", "users.edit"))
    fields: dict[str, Any] = {"name": "Strong", "permissions": strong.permissions, "all_clients": True}
    with pytest.raises(Refused):
        save_role(role=strong, **fields, needs_second_factor=False, by=dora, now=now)
