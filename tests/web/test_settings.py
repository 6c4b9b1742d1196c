"""Settings: organisation, people, teams, roles, audit. A14: nobody gives more than they have."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser
from django.utils import timezone

from agents.models import Client, RoleScope
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import AuditEntry, Organisation, Role, Team, User
from helpdesk.core.services.audit import record
from tests.conftest import PASSWORD, browser_of, make_user
from tests.web.conftest import role_of, text_of

pytestmark = pytest.mark.django_db
ORGANISATION = {
    "name": "Brightwell IT", "support_email": "help@brightwell.example", "support_phone": "+49 30 1",
    "default_language": "en", "time_zone": "Europe/Berlin",
}  # fmt: skip


class TestOrganisation:
    def test_the_administrator_changes_it(self, client_carla: Browser) -> None:
        assert (
            client_carla.post("/settings/organisation/", ORGANISATION)["Location"]
            == "/settings/organisation/"
        )
        page = text_of(client_carla.get("/settings/organisation/"))
        assert "Saved." in page
        assert Organisation.objects.get().name == "Brightwell IT"
        assert AuditEntry.objects.get().verb == "changed settings"

    @pytest.mark.parametrize("wrong", [{"support_email": "nobody"}, {"time_zone": "Mars/Base"}, {"name": ""}])
    def test_what_is_wrong_stands_beside_its_field(
        self, client_carla: Browser, wrong: dict[str, str]
    ) -> None:
        response = client_carla.post("/settings/organisation/", ORGANISATION | wrong)
        assert response.status_code == 422
        assert f'id="id_{next(iter(wrong))}_error"' in text_of(response)
        assert not AuditEntry.objects.exists()

    def test_what_the_service_refuses_stands_there_too(self, client_carla: Browser) -> None:
        response = client_carla.post("/settings/organisation/", ORGANISATION | {"name": "x" * 150 + "y"})
        assert response.status_code == 422


class TestPeople:
    NEW = {"full_name": "Dan", "email": "dan@deskbell.example", "password": "four words that fit"}

    def test_an_administrator_adds_a_technician(
        self, client_carla: Browser, mallory: Browser, role_technician: Role
    ) -> None:
        response = client_carla.post(
            "/settings/people/new/", {**self.NEW, "roles": [role_technician.pk]}, follow=True
        )
        assert "Dan can sign in now." in text_of(response)
        assert mallory.post("/sign-in/", self.NEW).status_code == 302

    @pytest.mark.parametrize("wrong", [{"email": "nope"}, {"password": "short"}, {"full_name": " "}])
    def test_a_wrong_field_is_named(self, client_carla: Browser, wrong: dict[str, str]) -> None:
        response = client_carla.post("/settings/people/new/", self.NEW | wrong)
        assert response.status_code == 422
        assert f'id="id_{next(iter(wrong))}_error"' in text_of(response)
        assert "short" not in text_of(response).replace("too short", "").replace("shortcuts", "")

    def test_an_address_is_given_once(self, client_carla: Browser, ada: User) -> None:
        response = client_carla.post("/settings/people/new/", self.NEW | {"email": ada.email.upper()})
        assert response.status_code == 422
        assert "already" in text_of(response)

    def test_who_edits_people_cannot_make_an_administrator_A14(
        self, client_eve: Browser, eve: User, role_admin: Role, role_technician: Role, ada: User
    ) -> None:
        for role in (role_admin, role_technician):
            response = client_eve.post("/settings/people/new/", {**self.NEW, "roles": [role.pk]})
            assert response.status_code == 422
            assert "it may do more than you" in text_of(response)
            client_eve.post(f"/settings/people/{eve.pk}/", {"do": "roles", "roles": [role.pk]})
        assert not User.objects.filter(email=self.NEW["email"]).exists()
        assert [role.name for role in eve.roles.all()] == ["People"]

    def test_nor_take_an_administrator_down_A14(self, client_eve: Browser, carla: User) -> None:
        client_eve.post(f"/settings/people/{carla.pk}/", {"do": "roles", "roles": []})
        client_eve.post(f"/settings/people/{carla.pk}/", {"do": "deactivate"})
        carla.refresh_from_db()
        assert carla.is_active
        assert carla.roles.get().is_locked

    def test_fields_that_nobody_offered_change_nothing_A14(
        self, client_carla: Browser, ada: User, role_technician: Role
    ) -> None:
        data = {"do": "roles", "roles": [role_technician.pk], "password": "x", "email": "m@x.example"}
        client_carla.post(f"/settings/people/{ada.pk}/", {**data, "is_superuser": "1", "is_staff": "1"})
        fresh = User.objects.get(pk=ada.pk)
        assert (fresh.email, fresh.password) == (ada.email, ada.password)

    def test_the_last_administrator_stays(self, client_carla: Browser, carla: User) -> None:
        response = client_carla.post(f"/settings/people/{carla.pk}/", {"do": "roles"}, follow=True)
        assert "One active administrator must remain." in text_of(response)
        response = client_carla.post(f"/settings/people/{carla.pk}/", {"do": "deactivate"}, follow=True)
        assert "You cannot deactivate yourself." in text_of(response)
        assert carla.roles.get().is_locked

    def test_a_technician_is_kept_out_and_let_in_again(
        self, client_carla: Browser, client_ada: Browser, ada: User
    ) -> None:
        address = f"/settings/people/{ada.pk}/"
        assert "Available: rules may deal out" in text_of(client_carla.get(address))
        page = text_of(client_carla.post(address, {"do": "deactivate"}, follow=True))
        assert ("Saved." in page, "Available: rules may deal out" in page) == (True, False)
        assert client_ada.get("/tickets/").status_code == 302
        assert "Let them in again" in text_of(client_carla.get(address))
        client_carla.post(address, {"do": "activate"})
        ada.refresh_from_db()
        assert ada.is_active

    def test_new_roles_count_from_the_next_click(
        self, client_carla: Browser, client_ada: Browser, ada: User, role_admin: Role
    ) -> None:
        assert client_ada.get("/settings/people/").status_code == 403
        client_carla.post(f"/settings/people/{ada.pk}/", {"do": "roles", "roles": [role_admin.pk]})
        assert client_ada.get("/settings/people/").status_code == 200

    @pytest.mark.parametrize("data", [{}, {"do": "explode"}, {"do": "roles", "roles": "999"}])
    def test_nonsense_says_that_nothing_changed(
        self, client_carla: Browser, ada: User, data: dict[str, str]
    ) -> None:
        page = text_of(client_carla.post(f"/settings/people/{ada.pk}/", data, follow=True))
        assert "Nothing was changed." in page
        assert ada.roles.get().name == "Technician"


class TestTeams:
    def test_a_team_is_added_with_its_members(self, client_carla: Browser, ada: User, bob: User) -> None:
        assert "No team yet" in text_of(client_carla.get("/settings/teams/"))
        data = {"name": "First line", "members": [ada.pk, bob.pk]}
        page = text_of(client_carla.post("/settings/teams/", data, follow=True))
        assert "The team was added." in page
        assert "Ada Lovelace, Bob Kahn" in page

    @pytest.mark.parametrize("name", ["", " ", "first LINE"])
    def test_a_name_is_needed_and_taken_once(self, client_carla: Browser, name: str) -> None:
        Team.objects.create(name="First line")
        response = client_carla.post("/settings/teams/", {"name": name})
        assert (response.status_code, Team.objects.count()) == (422, 1)

    def test_two_administrators_at_once_make_one_team(
        self, client_carla: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The form looked before the other one wrote."""
        monkeypatch.setattr("helpdesk.web.teams.TeamForm.clean_name", lambda form: form.cleaned_data["name"])
        Team.objects.create(name="First line")
        response = client_carla.post("/settings/teams/", {"name": "First line"})
        assert response.status_code == 422
        assert "Choose another name." in text_of(response)


class TestRoles:
    FORM = {"name": "Readers", "permissions": ["tickets.view"]}

    def test_the_matrix_shows_every_permission_of_every_role(
        self, client_carla: Browser, acme: Client, globex: Client
    ) -> None:
        role_of("Acme only", Permission.TICKETS_VIEW, clients=[acme])
        page = text_of(client_carla.get("/settings/roles/"))
        assert "Acme only" in page
        assert page.count('scope="row"') == len(Permission) + 2  # and for which clients, and how
        assert "0 people" in page
        assert "and 1 more" not in page

    def test_a_role_with_two_clients_is_made_and_changed(
        self, client_carla: Browser, acme: Client, globex: Client
    ) -> None:
        data = {**self.FORM, "clients": [acme.pk, globex.pk]}
        assert client_carla.post("/settings/roles/0/", data)["Location"] == "/settings/roles/"
        role = Role.objects.get(name="Readers")
        assert sorted(scope.client.name for scope in role.scopes.all()) == ["Acme", "Globex"]
        page = text_of(client_carla.get(f"/settings/roles/{role.pk}/"))
        assert page.count(" checked") == 3 + 1  # and the switch of the keyboard
        client_carla.post(f"/settings/roles/{role.pk}/", {**self.FORM, "clients": [acme.pk]})
        assert role.scopes.get().client == acme

    @pytest.mark.parametrize(
        "wrong", [{"name": ""}, {"permissions": ["made.up"]}, {"clients": ["999"]}, {"name": "Technician"}]
    )
    def test_what_is_wrong_is_named(
        self, client_carla: Browser, role_technician: Role, wrong: dict[str, object]
    ) -> None:
        response = client_carla.post("/settings/roles/0/", {**self.FORM, **wrong})
        assert response.status_code == 422
        assert 'class="err"' in text_of(response)
        assert not Role.objects.filter(name="Readers").exists()

    def test_a_role_that_is_not_there_is_not_found(self, client_carla: Browser) -> None:
        assert client_carla.get("/settings/roles/999/").status_code == 404

    def test_the_administrators_role_never_changes_A14(self, client_carla: Browser, role_admin: Role) -> None:
        client_carla.post(f"/settings/roles/{role_admin.pk}/", self.FORM)
        assert Role.objects.get(is_locked=True).name == role_admin.name
        assert Role.objects.get(is_locked=True).permissions == role_admin.permissions

    @pytest.mark.parametrize("extra", ["settings.edit", "audit.view", "clients.edit"])
    def test_who_edits_people_cannot_give_themselves_more_A14(
        self, client_eve: Browser, eve: User, extra: str
    ) -> None:
        own = eve.roles.get()
        data = {"name": own.name, "permissions": [*own.permissions, extra], "all_clients": "on"}
        response = client_eve.post(f"/settings/roles/{own.pk}/", data)
        assert response.status_code == 422
        assert "You cannot give or take" in text_of(response)
        own.refresh_from_db()
        assert extra not in own.permissions

    def test_nor_take_from_others_what_they_lack_themselves_A14(
        self, client_eve: Browser, role_technician: Role
    ) -> None:
        data = {"name": "Technician", "permissions": ["tickets.view"], "all_clients": "on"}
        assert client_eve.post(f"/settings/roles/{role_technician.pk}/", data).status_code == 422
        role_technician.refresh_from_db()
        assert "tickets.edit" in role_technician.permissions

    def test_who_sees_one_client_gives_no_other_A14(self, acme: Client, globex: Client) -> None:
        """Names of the others do not even show, and a scope with one of them keeps it."""
        may = (Permission.USERS_EDIT, Permission.TICKETS_VIEW)
        gil = browser_of(make_user("gil@deskbell.example", "Gil", role_of("Globex", *may, clients=[globex])))
        both = role_of("Both", Permission.TICKETS_VIEW, clients=[acme, globex])
        for address in ("/settings/roles/", "/settings/roles/0/", f"/settings/roles/{both.pk}/"):
            assert gil.get(address).status_code == 403
            assert gil.post(address, {**self.FORM, "clients": [acme.pk]}).status_code in {403, 405}
        assert both.scopes.count() == 2

    def test_a14_what_has_no_effect_says_so(self, client_carla: Browser, acme: Client) -> None:
        form = {**self.FORM, "permissions": ["tickets.view", "fields.edit"], "clients": [acme.pk]}
        said = "Without effect, since this role is for chosen clients: Change tags and own fields."
        assert said in text_of(client_carla.post("/settings/roles/0/", form, follow=True))
        role = Role.objects.get(name=form["name"])
        assert said in text_of(client_carla.get(f"/settings/roles/{role.pk}/"))
        assert "belong to the whole desk" in text_of(client_carla.get("/settings/roles/"))
        client_carla.post(f"/settings/roles/{role.pk}/", {**form, "all_clients": "on"})
        assert "ithout effect" not in text_of(client_carla.get("/settings/roles/"))
        role.refresh_from_db()
        assert role.given == {"tickets.view", "fields.edit"}

    def test_a_refused_scope_leaves_the_role_as_it_was(
        self, client_carla: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(**_: object) -> None:
            from helpdesk.core.errors import Refused

            raise Refused("You can only give clients that you see yourself.")

        monkeypatch.setattr("agents.services.role_scope.set_role_clients", refuse)
        response = client_carla.post("/settings/roles/0/", self.FORM)
        assert "You can only give clients" in text_of(response)
        assert not Role.objects.filter(name="Readers").exists()
        assert not RoleScope.objects.exists()


class TestAudit:
    def test_it_is_searched_and_paged(self, client_carla: Browser, ada: User) -> None:
        for _ in range(2):
            client_carla.post(f"/settings/people/{ada.pk}/", {"do": "deactivate"})
            client_carla.post(f"/settings/people/{ada.pk}/", {"do": "activate"})
        client_carla.post("/settings/organisation/", ORGANISATION)
        page = text_of(client_carla.get("/settings/audit/"))
        assert page.count("let in or shut out") == 4
        assert "let in or shut out" not in text_of(client_carla.get("/settings/audit/?q=organisation"))
        assert "Nothing found" in text_of(client_carla.get("/settings/audit/?q=nothing like that"))

    def test_deeds_are_shown_and_found_in_words(self, client_carla: Browser) -> None:
        client_carla.post("/clients/new/", {"name": "Initech", "mail_domains": "initech.example"})
        page = text_of(client_carla.get("/settings/audit/?q=added a client"))
        assert re.search(">added a client</td>.*>client</span> Initech</td>", page)
        assert "Mail domains: initech.example" in page
        assert "Enable the helpdesk agent by itself: no" in page

    def test_they_are_told_and_found_in_the_readers_language(
        self, client_carla: Browser, carla: User
    ) -> None:
        client_carla.post("/clients/new/", {"name": "Initech", "mail_domains": "initech.example"})
        User.objects.filter(pk=carla.pk).update(language="de")
        page = text_of(client_carla.get("/settings/audit/?q=Kunden+angelegt"))
        assert ">hat einen Kunden angelegt</td>" in page
        answer = client_carla.post("/settings/audit/export/?q=client.created")
        assert "hat einen Kunden angelegt" in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]

    def test_more_than_a_page_has_older_ones(self, client_carla: Browser, carla: User) -> None:
        AuditEntry.objects.all().delete()
        for number in range(51):
            client_carla.post("/settings/teams/", {"name": f"Team {number}"})
        assert ">Older<" in text_of(client_carla.get("/settings/audit/"))
        older = AuditEntry.objects.order_by("-pk")[49].pk
        last = text_of(client_carla.get(f"/settings/audit/?before={older}"))
        assert (">Newest<" in last, ">Older<" in last) == (True, False)
        assert client_carla.get("/settings/audit/?before=nonsense").status_code == 200

    def test_it_is_narrowed_down_by_who_thing_client_and_day(
        self, client_carla: Browser, carla: User, ada: User, acme: Client, globex: Client
    ) -> None:
        for at, actor, client in ((1, ada, acme), (2, carla, acme), (3, carla, globex)):
            record(actor=actor, verb=f"deed{at}", target=client, now=datetime(2026, 11, at, 9, tzinfo=UTC))
        asks = {
            f"who={ada.pk}": {1},
            "kind=client": {1, 2, 3},
            "kind=client&q=acme": {1, 2},
            f"client={acme.public_id}": {1, 2},
            "since=2026-11-02": {2, 3},
            "until=2026-11-02": {1, 2},
            f"since=2026-11-02&until=2026-11-02&who={carla.pk}": {2},
        }
        for ask, found in asks.items():
            page = text_of(client_carla.get(f"/settings/audit/?{ask}"))
            assert {at for at in (1, 2, 3) if f"deed{at}" in page} == found, ask
        for wrong in ("since=yesterday", "who=0", "client=acme", "kind=nothing"):
            assert client_carla.get(f"/settings/audit/?{wrong}").status_code == 422
            assert client_carla.post(f"/settings/audit/export/?{wrong}").status_code == 422

    def test_a12_who_sees_some_clients_reads_of_those(
        self, client_gil: Browser, carla: User, acme: Client, globex: Client
    ) -> None:
        for client in (acme, globex):
            record(actor=carla, verb="deed", target=client, now=timezone.now())
        for answer in (client_gil.get("/settings/audit/"), client_gil.post("/settings/audit/export/")):
            body = answer.getvalue().decode()
            assert ("Globex" in body, "Acme" in body) == (True, False)

    def test_a26_it_leaves_as_csv_without_formulas_and_that_is_written_down(
        self, client_carla: Browser, ada: User, carla: User
    ) -> None:
        User.objects.filter(pk=ada.pk).update(full_name="=HYPERLINK(1)")
        ada.refresh_from_db()
        record(actor=ada, verb="did", target=ada, after={"a": 1}, now=timezone.now())
        answer = client_carla.post("/settings/audit/export/?q=did")
        rows = answer.getvalue().decode()
        assert '"\'=HYPERLINK(1)"' in rows
        assert '"a: 1"' in rows
        assert AuditEntry.objects.latest("pk").after == {"q": "did"}

    def test_no_password_is_written_down_A17(self, client_carla: Browser) -> None:
        client_carla.post("/settings/people/new/", TestPeople.NEW)
        assert TestPeople.NEW["password"] not in text_of(client_carla.get("/settings/audit/"))
        assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_the_tabs_are_those_that_one_may_open(client_eve: Browser) -> None:
    page = text_of(client_eve.get("/settings/people/"))
    assert "/settings/roles/" in page
    assert "/settings/organisation/" not in page
    assert "/settings/audit/" not in page
