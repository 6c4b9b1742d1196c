"""Clients: the list, a new one, its settings, people and keys."""

import re
from datetime import datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.test import override_settings

from agents.domain import secret
from agents.models import Client, Contact, EnrolmentKey
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import AuditEntry, User
from tests.conftest import browser_of, make_user
from tests.tickets.pages import opened
from tests.web.conftest import MakeDevice, role_of, text_of

pytestmark = pytest.mark.django_db
KEY = re.compile(r"dbk_[a-z2-7]{32}")
FORM = {"name": "Initech", "mail_domains": "initech.example", "phone": "+49 30 1"}


class TestList:
    def test_it_counts_what_belongs_to_each_client(
        self,
        client_ada: Browser,
        ada: User,
        acme: Client,
        globex: Client,
        make_device: MakeDevice,
        now: datetime,
    ) -> None:
        make_device("PC-1", "claire", "paul")
        Contact.objects.create(client=acme, full_name="Claire", email="claire@acme.example")
        opened(ada, now, client=acme)
        page = text_of(client_ada.get("/clients/"))
        assert "0 of 2 profiles verified" in page
        assert f'href="/tickets/?client={acme.public_id}">1</a>' in page
        assert "no profile yet" in page

    @pytest.mark.parametrize(("text", "found"), [("acm", True), ("acme.example", True), ("glob", False)])
    def test_it_is_searched(
        self, client_ada: Browser, acme: Client, globex: Client, text: str, found: bool
    ) -> None:
        page = text_of(client_ada.get("/clients/", {"q": text}))
        assert (f"/clients/{acme.public_id}/" in page) is found

    def test_what_matches_nothing_is_said_back_as_text(self, client_ada: Browser, acme: Client) -> None:
        page = text_of(client_ada.get("/clients/", {"q": "<b>x"}))
        assert "No client matches “&lt;b&gt;x”." in page

    def test_an_empty_desk_offers_the_first_step_to_who_may_take_it(
        self, client_carla: Browser, client_ada: Browser
    ) -> None:
        assert "/clients/new/" in text_of(client_carla.get("/clients/"))
        page = text_of(client_ada.get("/clients/"))
        assert "No client yet" in page
        assert "/clients/new/" not in page


class TestNew:
    def test_it_is_added_and_asks_for_a_key_next(self, client_carla: Browser) -> None:
        response = client_carla.post("/clients/new/", FORM, follow=True)
        client = Client.objects.get(name="Initech")
        assert response.redirect_chain == [(f"/clients/{client.public_id}/settings/", 302)]
        assert "Without one no device can join." in text_of(response)
        assert client.mail_domains == ["initech.example"]

    @pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "Acme"}, {"mail_domains": "not a domain"}])
    def test_what_is_wrong_stands_beside_its_field(
        self, client_carla: Browser, acme: Client, wrong: dict[str, str]
    ) -> None:
        response = client_carla.post("/clients/new/", FORM | wrong)
        assert response.status_code == 422
        assert f'id="id_{next(iter(wrong))}_error"' in text_of(response)
        assert Client.objects.count() == 1

    def test_who_will_not_see_it_goes_back_to_the_list(self, globex: Client) -> None:
        role = role_of("Globex", Permission.CLIENTS_VIEW, Permission.CLIENTS_EDIT, clients=[globex])
        gil = browser_of(make_user("gil@deskbell.example", "Gil", role))
        assert gil.post("/clients/new/", FORM)["Location"] == "/clients/"


class TestSettings:
    def test_they_are_changed(self, client_carla: Browser, acme: Client) -> None:
        address = f"/clients/{acme.public_id}/settings/"
        data = {**FORM, "every_profile": "on", "notes": "Two shifts.", "public_id": "x", "id": "9"}
        assert "Saved." in text_of(client_carla.post(address, data, follow=True))
        acme.refresh_from_db()
        assert (acme.name, acme.every_profile, acme.notes) == ("Initech", True, "Two shifts.")

    def test_a_name_that_is_taken_is_refused(
        self, client_carla: Browser, acme: Client, globex: Client
    ) -> None:
        response = client_carla.post(f"/clients/{acme.public_id}/settings/", FORM | {"name": "Globex"})
        assert (response.status_code, "id_name_error" in text_of(response)) == (422, True)

    def test_a_technician_may_not(self, client_ada: Browser, acme: Client) -> None:
        assert client_ada.get(f"/clients/{acme.public_id}/settings/").status_code == 403
        page = text_of(client_ada.get(f"/clients/{acme.public_id}/"))
        assert f"/clients/{acme.public_id}/settings/" not in page


class TestKeys:
    def make(self, browser: Browser, client: Client, label: str = "Installer") -> str:
        page = text_of(browser.post(f"/clients/{client.public_id}/keys/", {"label": label}))
        found = KEY.search(page)
        assert found, page
        return found[0]

    def test_a_key_is_shown_once_and_kept_nowhere_A27(self, client_carla: Browser, acme: Client) -> None:
        """Not in the database, the session, the audit log, a cache of the browser or the next page."""
        response = client_carla.post(f"/clients/{acme.public_id}/keys/", {"label": "Installer"})
        found = KEY.search(text_of(response))
        assert found
        assert "no-store" in response["Cache-Control"]
        row = EnrolmentKey.objects.get()
        assert row.key_hash == secret.digest(found[0])
        assert found[0] not in str(list(EnrolmentKey.objects.values()))
        assert found[0] not in str([session.get_decoded() for session in Session.objects.all()])
        assert found[0] not in str(list(AuditEntry.objects.values()))
        for address in (f"/clients/{acme.public_id}/settings/", "/settings/audit/"):
            page = text_of(client_carla.get(address))
            assert found[0] not in page
            assert f"{row.prefix}…" in page or address == "/settings/audit/"

    @override_settings(BASE_URL="https://desk.example", ALLOWED_HOSTS=["*"])
    def test_the_command_names_our_address_whatever_the_request_says_A19(
        self, client_carla: Browser, acme: Client
    ) -> None:
        evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
        response = client_carla.post(f"/clients/{acme.public_id}/keys/", {"label": "x"}, headers=evil)
        page = text_of(response)
        assert "deskbell-agent --server https://desk.example --key dbk_" in page
        assert "evil.example" not in page

    def test_a_key_without_a_label_gets_one(self, client_carla: Browser, acme: Client) -> None:
        self.make(client_carla, acme, label="")
        assert EnrolmentKey.objects.get().label.startswith("Key of ")

    def test_a_label_that_nobody_can_read_is_refused(self, client_carla: Browser, acme: Client) -> None:
        response = client_carla.post(f"/clients/{acme.public_id}/keys/", {"label": "\u200b"}, follow=True)
        assert "Say where the key is used" in text_of(response)
        assert not EnrolmentKey.objects.exists()

    def test_rotating_shows_a_new_one_and_ends_the_old(self, client_carla: Browser, acme: Client) -> None:
        old = self.make(client_carla, acme)
        address = f"/clients/{acme.public_id}/keys/{EnrolmentKey.objects.get().pk}/"
        found = KEY.search(text_of(client_carla.post(address, {"do": "rotate"})))
        assert found
        assert found[0] != old
        assert EnrolmentKey.objects.exclude(revoked_at=None).get().key_hash == secret.digest(old)
        page = text_of(client_carla.post(address, {"do": "rotate"}, follow=True))
        assert "This key was withdrawn already." in page
        assert EnrolmentKey.objects.count() == 2

    def test_revoking_ends_it_once(self, client_carla: Browser, acme: Client) -> None:
        self.make(client_carla, acme)
        address = f"/clients/{acme.public_id}/keys/{EnrolmentKey.objects.get().pk}/"
        assert client_carla.post(address, {"do": "dance"}).status_code == 302
        assert EnrolmentKey.objects.get().revoked_at is None
        assert "The key was revoked." in text_of(client_carla.post(address, {"do": "revoke"}, follow=True))
        assert "withdrawn already" in text_of(client_carla.post(address, {"do": "revoke"}, follow=True))

    def test_a_key_of_another_client_is_not_found_A11(
        self, client_carla: Browser, acme: Client, globex: Client
    ) -> None:
        self.make(client_carla, acme)
        address = f"/clients/{globex.public_id}/keys/{EnrolmentKey.objects.get().pk}/"
        assert client_carla.post(address, {"do": "revoke"}).status_code == 404

    def test_a_link_makes_none_and_a_technician_neither_A21(
        self, client_carla: Browser, client_ada: Browser, acme: Client
    ) -> None:
        address = f"/clients/{acme.public_id}/keys/"
        assert client_carla.get(address).status_code == 405
        assert client_ada.post(address, {"label": "x"}).status_code == 403
        assert not EnrolmentKey.objects.exists()


class TestPeople:
    PERSON = {"full_name": "Claire Fontaine", "email": "claire@acme.example", "phone": ""}

    def test_a_person_is_added(self, client_carla: Browser, acme: Client) -> None:
        response = client_carla.post(f"/clients/{acme.public_id}/people/", self.PERSON, follow=True)
        assert "Claire Fontaine was added." in text_of(response)
        assert Contact.objects.get().client == acme

    @pytest.mark.parametrize("wrong", [{"email": "nope"}, {"full_name": ""}])
    def test_what_is_wrong_is_named(self, client_carla: Browser, acme: Client, wrong: dict[str, str]) -> None:
        response = client_carla.post(f"/clients/{acme.public_id}/people/", self.PERSON | wrong)
        assert response.status_code == 422
        assert f'id="id_{next(iter(wrong))}_error"' in text_of(response)

    def test_an_address_belongs_to_one_person(
        self, client_carla: Browser, acme: Client, globex: Client
    ) -> None:
        client_carla.post(f"/clients/{acme.public_id}/people/", self.PERSON | {"language": "de"})
        assert Contact.objects.get(email=self.PERSON["email"]).language == "de"
        response = client_carla.post(f"/clients/{globex.public_id}/people/", self.PERSON)
        assert (response.status_code, Contact.objects.count()) == (422, 1)

    def test_a_technician_reads_only(self, client_ada: Browser, acme: Client) -> None:
        assert "Nobody yet" in text_of(client_ada.get(f"/clients/{acme.public_id}/people/"))
        assert client_ada.post(f"/clients/{acme.public_id}/people/", self.PERSON).status_code == 403


def test_the_tickets_of_a_client_are_listed(
    client_ada: Browser, ada: User, acme: Client, globex: Client, now: datetime
) -> None:
    assert "No ticket yet" in text_of(client_ada.get(f"/clients/{acme.public_id}/tickets/"))
    opened(ada, now, subject="Ours", client=acme)
    opened(ada, now, subject="Theirs", client=globex)
    page = text_of(client_ada.get(f"/clients/{acme.public_id}/tickets/"))
    assert ("Ours" in page, "Theirs" in page) == (True, False)


@pytest.mark.parametrize("tab", ["", "tickets/", "people/", "settings/", "keys/", "agent/", "agent/apply/"])
def test_a_client_out_of_reach_does_not_exist_A11(client_gil: Browser, acme: Client, tab: str) -> None:
    address = f"/clients/{acme.public_id}/{tab}"
    is_deed = tab in ("keys/", "agent/", "agent/apply/")
    response = client_gil.post(address) if is_deed else client_gil.get(address)
    assert response.status_code == 404
