from datetime import datetime

import pytest

from agents.models import Client, RoleScope
from agents.selectors import clients_visible_to
from agents.services import set_role_clients
from helpdesk.core.errors import Refused
from helpdesk.core.models import AuditEntry, Role, User
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
