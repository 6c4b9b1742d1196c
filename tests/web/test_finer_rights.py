"""Each of the finer permissions opens its own pages and no others (A14)."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from agents.models import Client, EnrolmentKey, RoleScope
from helpdesk.core.domain.permissions import BESIDES, Permission
from helpdesk.core.errors import Refused
from helpdesk.core.models import Role, User
from tests.conftest import browser_of, make_user
from tests.tickets.conftest import make_tickets
from tests.web.conftest import text_of
from tickets.domain.bulk import Deed
from tickets.selectors.bulk import task_of
from tickets.services.merge_tickets import merge_tickets

pytestmark = pytest.mark.django_db
PAGES = {
    "/rules/": Permission.RULES_EDIT,
    "/settings/mailboxes/": Permission.MAIL_EDIT,
    "/settings/mail/": Permission.MAIL_EDIT,
    "/settings/tags/": Permission.FIELDS_EDIT,
    "/settings/fields/": Permission.FIELDS_EDIT,
    "/settings/organisation/": Permission.SETTINGS_EDIT,
    "/settings/hours/": Permission.SETTINGS_EDIT,
    "/settings/targets/": Permission.SETTINGS_EDIT,
    "/settings/mail-texts/": Permission.SETTINGS_EDIT,
    "/settings/webhooks/": Permission.WEBHOOKS_EDIT,
    "/settings/people/": Permission.USERS_EDIT,
    "/settings/audit/": Permission.AUDIT_VIEW,
    "/reports/technicians/": Permission.REPORTS_VIEW,
}


@pytest.mark.parametrize("permission", sorted(set(PAGES.values())))
def test_a14_a_permission_opens_its_pages_alone(permission: Permission) -> None:
    needed = BESIDES.get(permission, frozenset())
    role = Role.objects.create(name="One", permissions=[permission, *needed], all_clients=True)
    browser = browser_of(make_user("eve@deskbell.example", "Eve", role))
    opened = {path for path in PAGES if browser.get(path).status_code == 200}
    assert opened == {path for path, needed in PAGES.items() if needed is permission}


def test_a14_who_only_works_on_tickets_merges_none() -> None:
    role = Role.objects.create(name="Works", permissions=["tickets.view", "tickets.edit"], all_clients=True)
    eve = make_user("eve@deskbell.example", "Eve", role)
    with pytest.raises(Refused):
        task_of(Deed.MERGE, "1", eve)
    role.permissions = [*role.permissions, "tickets.merge"]
    role.save()
    eve.forget_grants()
    assert task_of(Deed.MERGE, "1", eve).value == "1"


def test_a14_the_clients_of_another_role_do_not_count_for_what_is_changed(
    acme: Client, globex: Client
) -> None:
    """Eve keeps Acme's settings and keys, and reads everybody's tickets."""
    keeps = ["clients.view", "clients.edit", "agents.enable", "contacts.approve"]
    own = Role.objects.create(name="Keeps Acme", permissions=keeps)
    RoleScope.objects.create(role=own, client=acme)
    reads = Role.objects.create(name="Reads", permissions=["tickets.view"], all_clients=True)
    eve = browser_of(make_user("eve@deskbell.example", "Eve", own, reads))
    for client, answers in ((acme, {200}), (globex, {404})):
        pages = {eve.get(f"/clients/{client.public_id}/{tab}").status_code for tab in ("", "settings/")}
        made = eve.post(f"/clients/{client.public_id}/keys/", {"label": "Mine"}).status_code
        called = eve.get(f"/api/v1/clients/{client.public_id}/").status_code
        assert pages | {made, called} == answers
    assert EnrolmentKey.objects.get().client == acme
    for path in ("/clients/", "/find/?q=Globex", "/api/v1/clients/"):
        assert "Globex" not in text_of(eve.get(path)), path
    assert "Globex" in text_of(eve.get("/dashboard/")), "whose tickets she reads"


def test_the_side_leads_each_to_their_own_settings_though_it_is_drawn_once() -> None:
    for permission, path in (("mail.edit", "/settings/mailboxes/"), ("fields.edit", "/settings/tags/")):
        role = Role.objects.create(name=path, permissions=["tickets.view", permission], all_clients=True)
        page = text_of(browser_of(make_user(f"{permission}@deskbell.example", "Eve", role)).get("/tickets/"))
        assert f'data-place="settings" href="{path}"' in page


def test_who_merges_none_and_reads_no_reports_finds_no_door_to_it(
    client_ada: Browser, ada: User, now: datetime
) -> None:
    role = Role.objects.create(name="Works", permissions=["tickets.view", "tickets.edit"], all_clients=True)
    eve = browser_of(make_user("eve@deskbell.example", "Eve", role))
    one, other = make_tickets(2, now)
    pages = {"/tickets/": 'value="merge"', f"/tickets/{one.pk}/": "/merge/", "/dashboard/": "/reports/"}
    for path, door in pages.items():
        assert [door in text_of(each.get(path)) for each in (client_ada, eve)] == [True, False]
    merge_tickets(sources=[one], target=other, by=ada, now=now)
    banner = f"/tickets/{one.pk}/merge/undo/"
    assert [banner in text_of(each.get(f"/tickets/{one.pk}/")) for each in (client_ada, eve)] == [True, False]


def test_rights_stand_below_headings_and_say_what_they_take(
    client_carla: Browser, client_ada: Browser
) -> None:
    page = text_of(client_carla.get("/settings/roles/0/"))
    places = [page.index(f">{heading}</span>") for heading in ("Tickets", "Clients and devices", "Set-up")]
    assert places == sorted(places)
    assert "(only in a role for all clients, together with: See tickets, Work on tickets)" in page
    scopes = text_of(client_ada.get("/profile/tokens/"))
    assert (">Clients and devices</span>" in scopes, ">Set-up</span>" in scopes) == (True, False)


def test_the_standard_roles_are_read_in_ones_own_language_and_keep_their_name(
    client_carla: Browser, carla: User, ada: User, role_technician: Role
) -> None:
    User.objects.filter(pk=carla.pk).update(language="fr")
    edit = f"/settings/roles/{role_technician.pk}/"
    for path in ("/settings/roles/", "/settings/people/", f"/settings/people/{ada.pk}/", edit):
        page = text_of(client_carla.get(path))
        assert ("Technicien" in page, "Technician" in page) == (True, False), path
    data = {"name": "Technicien", "permissions": ["tickets.view"], "all_clients": "on"}
    assert client_carla.post(edit, data).status_code == 302
    role_technician.refresh_from_db()
    assert (role_technician.name, role_technician.permissions) == ("Technician", ["tickets.view"])
