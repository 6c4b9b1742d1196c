import pytest
from pytest_django import DjangoAssertNumQueries

from helpdesk.core.backend import UserBackend
from helpdesk.core.domain.permissions import ADMINISTRATOR, BESIDES, HOUSE, TECHNICIAN, Permission
from helpdesk.core.models import Organisation, Role, User
from helpdesk.core.selectors.audit import audit_visible_to
from helpdesk.core.selectors.grants import own_reach
from helpdesk.core.selectors.organisation import current_organisation, organisation_name
from helpdesk.core.selectors.people import active_users, all_teams, users_visible_to
from helpdesk.core.services.audit import record
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_first_migration_seeds_the_standard_roles_and_the_organisation() -> None:
    assert Role.objects.get(name=ADMINISTRATOR.name).is_locked
    assert set(Role.objects.get(name=TECHNICIAN.name).permissions) == set(TECHNICIAN.permissions)
    assert Organisation.objects.get().pk == 1


def test_an_administrator_may_do_everything(carla: User) -> None:
    assert all(carla.may(permission) for permission in Permission)
    assert carla.is_administrator
    assert carla.sees_all_clients


def test_a_technician_works_with_tickets_but_not_with_settings(ada: User) -> None:
    assert ada.may(Permission.TICKETS_EDIT)
    assert not ada.may(Permission.SETTINGS_EDIT)
    assert not ada.is_administrator


def test_a14_a_role_of_chosen_clients_gives_nothing_of_the_whole_house(ada: User) -> None:
    role = Role.objects.create(name="Acme", permissions=[*Permission])
    ada.roles.set([role])
    ada.forget_grants()
    assert {each for each in Permission if not ada.may(each)} == set(role.without_effect) == HOUSE
    assert own_reach(ada).keys() == {"", *role.given}
    role.all_clients = True
    role.save()
    ada.forget_grants()
    assert all(ada.may_everywhere(each) for each in Permission)
    assert role.without_effect == []


@pytest.mark.parametrize("name", BESIDES)
def test_a12_what_reaches_every_ticket_takes_the_tickets_of_all_clients(ada: User, name: Permission) -> None:
    """Also by another role; never of chosen clients, for whom rules and mailboxes are not either."""
    keeps = Role.objects.create(name="Keeps", permissions=[name], all_clients=True)
    works = Role.objects.create(name="Works", permissions=[*BESIDES[name]])
    ada.roles.set([keeps, works])
    for is_everywhere in (False, True):
        Role.objects.filter(pk=works.pk).update(all_clients=is_everywhere)
        signed_in = UserBackend().get_user(ada.pk)
        ada.forget_grants()
        assert signed_in
        for user in (ada, signed_in):
            assert user.may(name) is user.may_everywhere(name) is is_everywhere
    assert own_reach(ada)[name] is None


def test_a_deactivated_administrator_may_nothing(carla: User) -> None:
    carla.is_active = False
    assert not any(carla.may(permission) for permission in Permission)


def test_somebody_who_is_not_stored_yet_may_nothing() -> None:
    assert not User(email="new@deskbell.example").may(Permission.TICKETS_VIEW)


def test_rights_cost_one_query_however_often_they_are_asked(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = User.objects.get(pk=ada.pk)
    with django_assert_num_queries(1):
        for permission in Permission:
            user.may(permission)


def test_forgotten_rights_are_read_anew(ada: User, role_admin: Role) -> None:
    assert not ada.may(Permission.AUDIT_VIEW)
    ada.roles.add(role_admin)
    ada.forget_grants()
    assert ada.may(Permission.AUDIT_VIEW)


@pytest.mark.parametrize(
    ("full_name", "initials"), [("Ada Lovelace", "AL"), ("Ada", "A"), ("Ada von Byron King", "AK"), ("", "X")]
)
def test_initials_come_from_the_first_and_the_last_name(full_name: str, initials: str) -> None:
    assert User(full_name=full_name, email="x@deskbell.example").initials == initials


def test_a_user_is_shown_by_name_or_else_by_address() -> None:
    assert str(User(full_name="Ada", email="a@b.example")) == "Ada"
    assert str(User(email="a@b.example")) == "a@b.example"


def test_the_same_address_in_capitals_is_the_same_user(ada: User) -> None:
    assert User.objects.get_by_natural_key("ADA@deskbell.example ") == ada


def test_createsuperuser_makes_an_administrator(role_admin: Role) -> None:
    assert User.objects.create_superuser("root@deskbell.example", "Root", PASSWORD).is_administrator


def test_only_who_may_see_the_audit_log_sees_it(ada: User, carla: User) -> None:
    entry = record(actor=carla, verb="created", target=ada, now=ada.created_at)
    assert list(audit_visible_to(carla)) == list(audit_visible_to(carla, text="lovelace")) == [entry]
    assert not audit_visible_to(carla, text="bob").exists()
    assert not audit_visible_to(ada).exists()


def test_a_technician_sees_only_themselves_among_the_people(ada: User, bob: User, carla: User) -> None:
    assert list(users_visible_to(ada)) == [ada]
    assert list(users_visible_to(carla)) == [ada, bob, carla]


def test_the_deactivated_are_not_offered(ada: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert list(active_users()) == [ada]
    assert not all_teams().exists()


def test_before_the_set_up_the_organisation_has_its_defaults() -> None:
    Organisation.objects.all().delete()
    assert current_organisation().name == organisation_name() == "Deskbell"


def test_the_name_in_every_page_is_read_once_a_minute(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        assert [organisation_name() for _ in range(3)] == ["Deskbell"] * 3
