from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from agents.domain import secret
from agents.domain.profile import State
from agents.models import ActivationRun, Client, Contact, Device, Profile, RoleScope, VerificationToken
from agents.selectors import (
    ClientRow,
    DeviceFilter,
    client_rows,
    clients_visible_to,
    contacts_visible_to,
    count_devices,
    device_rows,
    devices_visible_to,
    filter_devices,
    keys_visible_to,
    me,
    me_version,
    profile_by_credential,
    profile_rows,
    profiles_visible_to,
    runs_visible_to,
    search_clients,
    sees_all_clients,
    waiting_approvals,
)
from helpdesk.core.models import Organisation, Role, User
from helpdesk.core.selectors.organisation import current_organisation
from tests.agents.conftest import MakeDevice, MakeProfile
from tests.conftest import make_user


@pytest.fixture
def dora(acme: Client, globex: Client) -> User:
    """A technician whose role reaches Acme only."""
    role = Role.objects.create(name="Acme only", permissions=["clients.view"])
    RoleScope.objects.create(role=role, client=acme)
    return make_user("dora@deskbell.example", "Dora", role)


@pytest.fixture
def both(
    make_device: MakeDevice, make_profile: MakeProfile, globex: Client, globex_key: str, now: datetime
) -> None:
    make_profile("claire")
    make_profile("hank", device=make_device("GX-1", client=globex))
    Contact.objects.create(client=globex, full_name="Hank", email="hank@globex.example")
    Contact.objects.create(client=None, full_name="Nobody", email="nobody@mail.example")
    ActivationRun.objects.create(client=globex, action="enable", at=now, undo_until=now)


@pytest.mark.usefixtures("both")
def test_a11_a_scoped_technician_sees_nothing_of_other_clients(dora: User, acme: Client) -> None:
    assert list(clients_visible_to(dora)) == [acme]
    assert [device.name for device in devices_visible_to(dora)] == ["PC-1"]
    assert [profile.user_name for profile in profiles_visible_to(dora)] == ["claire"]
    assert not contacts_visible_to(dora).exists()
    assert not keys_visible_to(dora).exists()
    assert not runs_visible_to(dora).exists()
    assert not sees_all_clients(dora)


@pytest.mark.usefixtures("both")
def test_who_sees_all_clients_sees_people_of_none_too(ada: User) -> None:
    assert clients_visible_to(ada).count() == 2
    assert contacts_visible_to(ada).count() == 2
    assert runs_visible_to(ada).count() == 1


@pytest.mark.usefixtures("both")
def test_visitors_and_people_who_left_see_nothing(ada: User) -> None:
    ada.is_active = False
    ada.forget_grants()
    for user in (AnonymousUser(), ada):
        assert not clients_visible_to(user).exists()
        assert not devices_visible_to(user).exists()
        assert not contacts_visible_to(user).exists()


@pytest.mark.usefixtures("both")
def test_a_role_without_any_client_sees_nothing() -> None:
    erin = make_user("erin@deskbell.example", "Erin", Role.objects.create(name="Empty"))
    assert not clients_visible_to(erin).exists()


def test_client_rows_cost_the_same_however_many(
    verified: Profile,
    make_profile: MakeProfile,
    globex: Client,
    now: datetime,
    django_assert_num_queries: object,
) -> None:
    make_profile("paul", state=State.WAITING_FOR_TOKEN)
    make_profile("x", state=State.OFF)
    with django_assert_num_queries(4):  # type: ignore[operator]
        rows = client_rows(Client.objects.order_by("name"))
    acme_row, globex_row = rows
    assert isinstance(acme_row, ClientRow)
    coverage = acme_row.coverage
    assert (coverage.total, coverage.verified, coverage.waiting, coverage.enabled, coverage.off) == (
        3,
        1,
        1,
        0,
        1,
    )
    assert (coverage.verified_percent, coverage.waiting_percent) == (33, 33)
    assert (acme_row.devices, acme_row.people, acme_row.last_seen_at) == (1, 1, now)
    assert (globex_row.devices, globex_row.people, globex_row.coverage.verified_percent) == (0, 0, 0)


@pytest.mark.parametrize("text", ["acm", "acme.exa", "fontaine", " CLAIRE@"])
def test_clients_are_found_by_name_domain_or_person(
    text: str, acme: Client, globex: Client, claire: Contact
) -> None:
    assert list(search_clients(Client.objects.all(), text)) == [acme]
    assert search_clients(Client.objects.all(), " ").count() == 2


@pytest.fixture
def fleet(verified: Profile, make_device: MakeDevice, make_profile: MakeProfile) -> None:
    make_profile(
        "paul", device=make_device("PC-2", seen=3600), state=State.WAITING_FOR_TOKEN, full_name="Paul Renard"
    )
    make_profile("interim", device=make_device("PC-3"), state=State.OFF)
    make_device("PC-4", seen=None)


@pytest.mark.usefixtures("fleet")
def test_each_number_on_a_filter_is_the_length_of_its_list(
    now: datetime, django_assert_num_queries: object
) -> None:
    devices = Device.objects.all()
    with django_assert_num_queries(1):  # type: ignore[operator]
        counts = count_devices(devices, now=now)
    assert counts == {"all": 4, "online": 2, "off": 2, "waiting": 1}
    for by in DeviceFilter:
        assert filter_devices(devices, by=by, now=now).count() == counts[by.value]


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    ("text", "names"), [("pc-3", ["PC-3"]), ("renard", ["PC-2"]), ("fontaine", ["PC-1"]), ("%", [])]
)
def test_devices_are_found_by_device_profile_or_person(text: str, names: list[str], now: datetime) -> None:
    assert [device.name for device in filter_devices(Device.objects.all(), text=text, now=now)] == names


@pytest.mark.usefixtures("fleet")
def test_device_rows_take_two_queries(
    make_profile: MakeProfile, now: datetime, django_assert_num_queries: object
) -> None:
    make_profile("accueil", state=State.OFF)
    with django_assert_num_queries(2):  # type: ignore[operator]
        rows = device_rows(Device.objects.all(), now=now)
    first, second, _third, fourth = rows
    assert (first.user_names, first.state, first.is_online) == ("accueil, claire", None, True)
    assert (second.state, second.is_online) == (State.WAITING_FOR_TOKEN, False)
    assert (fourth.state, fourth.coverage.total) == (None, 0)


def test_profile_rows_carry_the_person_and_the_open_token(
    verified: Profile, make_profile: MakeProfile, now: datetime, django_assert_num_queries: object
) -> None:
    paul = make_profile(
        "paul", state=State.WAITING_FOR_TOKEN, full_name="Paul", email="paul@acme.example", seen=3600
    )
    for minutes in (40, 20, 10):
        VerificationToken.objects.create(
            profile=paul,
            email="paul@acme.example",
            full_name="Paul",
            token_hash="0" * 64,
            sent_at=now - timedelta(minutes=minutes),
            expires_at=now,
            attempts_left=5,
        )
    with django_assert_num_queries(2):  # type: ignore[operator]
        claire_row, paul_row = profile_rows(verified.device, now=now)
    assert (claire_row.person, claire_row.email, claire_row.is_online, claire_row.token) == (
        "Claire Fontaine",
        "claire@acme.example",
        True,
        None,
    )
    assert (paul_row.person, paul_row.email, paul_row.is_online) == ("Paul", "paul@acme.example", False)
    assert paul_row.token
    assert paul_row.token.sent_at == now - timedelta(minutes=10)


def test_who_waits_longest_is_approved_first(make_profile: MakeProfile, now: datetime) -> None:
    late = make_profile("late", state=State.WAITING_FOR_APPROVAL)
    early = make_profile("early", state=State.WAITING_FOR_APPROVAL)
    make_profile("not")
    Profile.objects.filter(pk=early.pk).update(state_changed_at=now - timedelta(days=3))
    assert list(waiting_approvals(Profile.objects.all())) == [early, late]


def test_a_credential_finds_its_profile_in_one_query(
    verified: Profile, django_assert_num_queries: object
) -> None:
    credential = secret.make_credential()
    Profile.objects.update(credential_hash=secret.digest(credential))
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = profile_by_credential(credential)
        assert found == verified
        assert found.device.client.name == "Acme"
        assert found.contact
    assert profile_by_credential(secret.make_credential()) is None


@pytest.mark.parametrize("given", ["", "dba_", "0" * 64, "dbk_" + "a" * 32])
def test_a30_what_is_no_credential_asks_the_database_nothing(given: str) -> None:
    assert profile_by_credential(given) is None, "no database is at hand here"


def test_me_version_changes_with_whatever_me_shows(verified: Profile, claire: Contact, acme: Client) -> None:
    seen = {me_version(verified, current_organisation())}

    def now_differs() -> None:
        fresh = Profile.objects.select_related("device__client", "contact").get(pk=verified.pk)
        version = me_version(fresh, current_organisation())
        assert version not in seen
        assert version == me_version(fresh, current_organisation())
        seen.add(version)

    Contact.objects.filter(pk=claire.pk).update(full_name="Claire F.")
    now_differs()
    Client.objects.filter(pk=acme.pk).update(name="Acme Ltd")
    now_differs()
    Organisation.objects.update_or_create(pk=1, defaults={"support_phone": "+33 1"})
    now_differs()
    Profile.objects.update(state=State.DISABLED.value)
    now_differs()


def test_me_shows_the_token_only_while_it_is_waited_for(verified: Profile, now: datetime) -> None:
    VerificationToken.objects.create(
        profile=verified,
        email="claire@acme.example",
        full_name="C",
        token_hash="0" * 64,
        sent_at=now,
        expires_at=now + timedelta(minutes=30),
        attempts_left=5,
    )
    assert (me(verified).token, me(verified).resend_at) == (None, None)
    verified.state = State.WAITING_FOR_TOKEN
    assert me(verified).resend_at == now + timedelta(seconds=60)


def test_rows_have_names_for_logs(verified: Profile, acme: Client, key_row: object, now: datetime) -> None:
    run = ActivationRun.objects.create(client=acme, action="enable", at=now, undo_until=now)
    result = run.results.create(device=verified.device, outcome="now")
    token = VerificationToken(email="c@acme.example", sent_at=now)
    scope = RoleScope(role_id=1, client=acme)
    names = [
        str(row)
        for row in (acme, verified, verified.device, verified.contact, key_row, run, result, token, scope)
    ]
    assert all(names)
