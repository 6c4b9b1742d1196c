from datetime import datetime

import pytest
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client as Browser
from pytest_django import DjangoCaptureOnCommitCallbacks

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid, Refused
from helpdesk.core.events import Event, hub
from helpdesk.core.models import AuditEntry, Role, User
from helpdesk.core.services.people import (
    AlreadyTaken,
    LastAdministrator,
    change_password,
    create_user,
    set_active,
    set_roles,
    update_profile,
)
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "seven blue herons"


def is_signed_in(browser: Browser) -> bool:
    request = HttpRequest()
    request.session = browser.session
    return get_user(request).is_authenticated


def dora(by: User, now: datetime, **changes: object) -> User:
    values = {"email": "Dora@Deskbell.example", "full_name": "Dora Marr", "password": NEW, "roles": []}
    return create_user(**(values | changes), by=by, now=now)  # type: ignore[arg-type]


def test_an_administrator_creates_a_technician(carla: User, role_technician: Role, now: datetime) -> None:
    user = dora(carla, now, roles=[role_technician])
    assert user.email == "dora@deskbell.example"
    assert user.may(Permission.TICKETS_VIEW)
    entry = AuditEntry.objects.get()
    assert entry.actor == carla
    assert NEW not in str(entry.after)


def test_every_wrong_field_is_named(carla: User, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        dora(carla, now, email="dora", full_name=" ")
    assert set(caught.value.fields or {}) == {"email", "full_name"}


def test_an_address_belongs_to_one_user(carla: User, ada: User, now: datetime) -> None:
    with pytest.raises(AlreadyTaken):
        dora(carla, now, email="ADA@deskbell.example")


@pytest.mark.parametrize("password", ["short", "password1234", "dora@deskbell.example", "x" * 1025])
def test_weak_passwords_are_refused_with_a_sentence(carla: User, now: datetime, password: str) -> None:
    with pytest.raises(Invalid) as caught:
        dora(carla, now, password=password)
    assert (caught.value.fields or {})["password"]


def test_a14_nobody_gives_a_role_that_may_do_more_than_they(
    ada: User, role_admin: Role, now: datetime
) -> None:
    with pytest.raises(Refused):
        dora(ada, now, roles=[role_admin])
    with pytest.raises(Refused):
        set_roles(user=ada, roles=[*ada.roles.all(), role_admin], by=ada, now=now)


def test_a14_who_sees_some_clients_cannot_give_all_of_them(role_technician: Role, now: datetime) -> None:
    small = Role.objects.create(name="Some clients", permissions=role_technician.permissions)
    eve = User.objects.create_user("eve@deskbell.example", "Eve", PASSWORD)
    eve.roles.add(small)
    with pytest.raises(Refused):
        dora(eve, now, roles=[role_technician])
    assert dora(eve, now, roles=[small]).may(Permission.TICKETS_VIEW)


def test_a14_a_locked_role_is_given_by_administrators_only(ada: User, now: datetime) -> None:
    locked = Role.objects.create(name="Locked", is_locked=True)
    with pytest.raises(Refused):
        dora(ada, now, roles=[locked])


def test_changing_roles_is_audited_and_closes_the_users_streams(
    ada: User,
    carla: User,
    role_admin: Role,
    now: datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    seen: list[Event] = []
    unsubscribe = hub.subscribe(seen.append)
    with django_capture_on_commit_callbacks(execute=True):
        set_roles(user=ada, roles=[role_admin], by=carla, now=now)
    unsubscribe()
    assert ada.is_administrator
    assert [(event.name, event.user_id) for event in seen] == [("user", ada.pk)]
    assert AuditEntry.objects.get().after == {"value": ["Administrator"]}


def test_the_last_administrator_stays_one(carla: User, now: datetime) -> None:
    with pytest.raises(LastAdministrator):
        set_roles(user=carla, roles=[], by=carla, now=now)
    assert User.objects.get(pk=carla.pk).is_administrator


def test_nobody_deactivates_themselves(carla: User, now: datetime) -> None:
    with pytest.raises(Refused):
        set_active(user=carla, is_active=False, by=carla, now=now)


def test_a_deactivated_technician_is_out_at_the_next_request(
    ada: User, carla: User, client_ada: Browser, now: datetime
) -> None:
    set_active(user=ada, is_active=False, by=carla, now=now)
    set_active(user=ada, is_active=False, by=carla, now=now)  # the second time changes nothing
    assert AuditEntry.objects.count() == 1
    assert not is_signed_in(client_ada)


def test_a_new_password_needs_the_old_one(ada: User, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        change_password(user=ada, old_password="wrong", new_password=NEW, now=now)
    assert set(caught.value.fields or {}) == {"old_password"}


def test_a_new_password_works_and_the_old_one_no_longer(ada: User, now: datetime) -> None:
    change_password(user=ada, old_password=PASSWORD, new_password=NEW, now=now)
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    assert not ada.check_password(PASSWORD)


def test_a_new_password_signs_other_browsers_out(ada: User, client_ada: Browser, now: datetime) -> None:
    assert is_signed_in(client_ada)
    change_password(user=ada, old_password=PASSWORD, new_password=NEW, now=now)
    assert not is_signed_in(client_ada)


def test_ones_own_name_and_taste_are_kept(ada: User, now: datetime) -> None:
    for _ in range(2):
        update_profile(
            user=ada, full_name="Ada King", language="en", time_zone="Europe/Berlin", theme="dark", now=now
        )
    ada.refresh_from_db()
    assert (ada.full_name, ada.time_zone, ada.theme) == ("Ada King", "Europe/Berlin", "dark")
    assert AuditEntry.objects.get().before == {"full_name": "Ada Lovelace"}


def test_a_signature_is_kept_as_typed_apart_from_what_no_mail_can_bear(ada: User, now: datetime) -> None:
    def save(**signature: str) -> str:
        own = {"full_name": ada.full_name, "language": "en", "time_zone": "", "theme": ""}
        update_profile(user=ada, **own, **signature, now=now)
        ada.refresh_from_db()
        return ada.signature

    assert save(signature="\r\n  Ada\r\n\tC:\\new\x00 \u202e☎\r\n\r\n") == "  Ada\n\tC:\\new ☎"
    assert save() == "  Ada\n\tC:\\new ☎"
    assert len(save(signature="x" * 3000)) == 2000


def test_an_empty_name_an_unknown_theme_and_zone_are_refused(ada: User, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        update_profile(user=ada, full_name=" ", language="en", time_zone="Mars", theme="pink", now=now)
    assert set(caught.value.fields or {}) == {"full_name", "theme", "time_zone"}
    assert ada.full_name == "Ada Lovelace"
