"""Each of the finer permissions opens its own pages and no others (A14)."""

import pytest

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Refused
from helpdesk.core.models import Role
from tests.conftest import browser_of, make_user
from tickets.domain.bulk import Deed
from tickets.selectors.bulk import task_of

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
    role = Role.objects.create(name="One", permissions=[permission], all_clients=True)
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
