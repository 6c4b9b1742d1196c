"""One's own page, the theme, where one starts, and the palette's search."""

import re
from datetime import datetime

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client as Browser

from agents.models import Client, Contact
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tests.conftest import PASSWORD, browser_of, make_user
from tests.tickets.pages import opened
from tests.web.conftest import MakeDevice, role_of, text_of

pytestmark = pytest.mark.django_db
PROFILE = {"full_name": "Ada King", "language": "en", "time_zone": "Europe/Berlin", "theme": "dark"}
NEW_PASSWORD = "a bell rings at noon"


class TestProfile:
    def test_name_clock_and_theme_change(self, client_ada: Browser, ada: User) -> None:
        assert "Saved." in text_of(client_ada.post("/profile/", PROFILE, follow=True))
        ada.refresh_from_db()
        assert (ada.full_name, ada.time_zone, ada.theme) == ("Ada King", "Europe/Berlin", "dark")
        assert 'data-theme="dark"' in text_of(client_ada.get("/profile/"))

    def test_nothing_else_changes_A14(self, client_ada: Browser, ada: User) -> None:
        more = {
            "email": "root@x.example",
            "roles": "1",
            "is_active": "",
            "password": "x",
            "is_superuser": "1",
        }
        client_ada.post("/profile/", PROFILE | more)
        fresh = User.objects.get(pk=ada.pk)
        assert (fresh.email, fresh.is_active, fresh.password) == (ada.email, True, ada.password)
        assert fresh.roles.get().name == "Technician"

    @pytest.mark.parametrize(
        "wrong", [{"full_name": ""}, {"language": "xx"}, {"time_zone": "Mars/Base"}, {"theme": "pink"}]
    )
    def test_what_is_wrong_is_named(self, client_ada: Browser, wrong: dict[str, str]) -> None:
        response = client_ada.post("/profile/", PROFILE | wrong)
        assert response.status_code == 422
        assert f'id="id_{next(iter(wrong))}_error"' in text_of(response)

    def test_a_new_password_keeps_this_browser_and_ends_the_others(
        self, client_ada: Browser, ada: User
    ) -> None:
        elsewhere = browser_of(ada)
        data = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
        assert client_ada.post("/profile/security/", data).status_code == 302
        assert client_ada.get("/profile/").status_code == 200
        assert elsewhere.get("/profile/").status_code == 302
        fresh = Browser()
        fresh.post("/sign-in/", {"email": ada.email, "password": NEW_PASSWORD})
        assert SESSION_KEY in fresh.session

    @pytest.mark.parametrize(
        "data",
        [
            {"old_password": "wrong", "new_password": NEW_PASSWORD},
            {"old_password": PASSWORD, "new_password": "short"},
            {"old_password": "", "new_password": NEW_PASSWORD},
        ],
    )
    def test_a_wrong_password_changes_nothing(
        self, client_ada: Browser, ada: User, data: dict[str, str]
    ) -> None:
        response = client_ada.post("/profile/security/", data)
        assert response.status_code == 422
        assert NEW_PASSWORD not in text_of(response)
        assert User.objects.get(pk=ada.pk).check_password(PASSWORD)

    def test_visitors_have_none(self, mallory: Browser) -> None:
        assert mallory.get("/profile/").status_code == 302
        assert mallory.post("/profile/theme/", {"theme": "dark"}).status_code == 302


class TestTheme:
    @pytest.mark.parametrize(
        ("asked", "then"), [("light", "light"), ("dark", "dark"), ("", "dark"), ("pink", "dark")]
    )
    def test_the_button_asks_for_one_or_takes_the_other(
        self, client_ada: Browser, ada: User, asked: str, then: str
    ) -> None:
        client_ada.post("/profile/theme/", {"theme": asked})
        ada.refresh_from_db()
        assert ada.theme == then

    def test_without_scripts_it_goes_back_and_forth(self, client_ada: Browser, ada: User) -> None:
        assert client_ada.post("/profile/theme/", {"next": "/clients/"})["Location"] == "/clients/"
        assert client_ada.post("/profile/theme/", {"next": "//evil.example/"})["Location"] == "/"
        ada.refresh_from_db()
        assert ada.theme == "light"

    def test_a_link_does_not_change_it_A21(self, client_ada: Browser) -> None:
        assert client_ada.get("/profile/theme/").status_code == 405


class TestStart:
    @pytest.mark.parametrize(
        ("permissions", "place"),
        [
            ((Permission.TICKETS_VIEW, Permission.USERS_EDIT), "/tickets/"),
            ((Permission.CLIENTS_VIEW,), "/clients/"),
            ((Permission.CONTACTS_APPROVE,), "/approvals/"),
            ((Permission.AUDIT_VIEW,), "/settings/audit/"),
            ((), "/profile/"),
        ],
    )
    def test_it_is_a_place_that_one_may_enter(self, permissions: tuple[Permission, ...], place: str) -> None:
        browser = browser_of(make_user("dan@deskbell.example", "Dan", role_of("Some", *permissions)))
        response = browser.get("/", follow=True)
        assert (response.redirect_chain, response.status_code) == ([(place, 302)], 200)


class TestFind:
    def test_a_number_finds_its_ticket_first(self, client_ada: Browser, ada: User, now: datetime) -> None:
        wanted = opened(ada, now, subject="The oldest")
        for _ in range(9):
            opened(ada, now, subject=f"Phone {wanted.pk} rings")
        for text in (str(wanted.pk), f"%23{wanted.pk}", f"%20%23{wanted.pk}%20"):
            page = text_of(client_ada.get(f"/find/?q={text}"))
            assert page.count('role="option"') == 8
            assert page.index("The oldest") < page.index("rings")

    def test_words_of_the_subject_find_it(self, client_ada: Browser, ada: User, now: datetime) -> None:
        opened(ada, now, subject="Printer on fire")
        assert "Printer on fire" in text_of(client_ada.get("/find/?q=PRINTER"))
        assert "Printer on fire" not in text_of(client_ada.get("/find/?q=100%25"))

    @pytest.mark.parametrize("text", ["", "%23", "x" * 5000, "9" * 40, "%00", "%D9%A1", "' OR 1=1"])
    def test_any_text_is_answered(self, client_ada: Browser, text: str) -> None:
        assert client_ada.get("/find/", query_string=f"q={text}").status_code == 200

    def test_tickets_of_other_clients_are_not_found_A11_A12(
        self, client_gil: Browser, ada: User, acme: Client, globex: Client, now: datetime
    ) -> None:
        foreign = opened(ada, now, subject="Acme merger", client=acme)
        opened(ada, now, subject="Globex merger", client=globex)
        assert "Acme" not in text_of(client_gil.get(f"/find/?q=%23{foreign.pk}"))
        page = text_of(client_gil.get("/find/?q=merger"))
        assert ("Globex merger" in page, "Acme" in page) == (True, False)

    def test_who_may_not_see_tickets_finds_none(self, acme: Client, ada: User, now: datetime) -> None:
        opened(ada, now, subject="Acme merger", client=acme)
        browser = browser_of(
            make_user("dan@deskbell.example", "Dan", role_of("Some", Permission.CLIENTS_VIEW))
        )
        page = text_of(browser.get("/find/?q=acme"))
        assert ("Acme merger" in page, ">Acme<" in page) == (False, True)

    def test_people_clients_and_devices_are_found_by_parts_of_their_names(
        self, client_ada: Browser, bob: User, acme: Client, make_device: MakeDevice
    ) -> None:
        make_device("ACME-PC-7")
        Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")
        page = text_of(client_ada.get("/find/?q=acm"))
        assert all(name in page for name in ("Anna Berg", ">Acme<", "ACME-PC-7"))
        assert "q=from:anna%40acme.example" in page
        assert "Bob Kahn" in text_of(client_ada.get("/find/?q=@kah"))

    def test_a_sign_keeps_to_tickets_people_or_commands(
        self, client_ada: Browser, ada: User, acme: Client, now: datetime
    ) -> None:
        opened(ada, now, subject="Acme merger", client=acme)
        Contact.objects.create(client=acme, full_name="Anna Acme", email="anna@acme.example")
        shown = {
            sign: [
                name in text_of(client_ada.get("/find/", {"q": f"{sign}acme"}))
                for name in ("merger", "Anna Acme", "/clients/")
            ]
            for sign in ("#", "@", ">")
        }
        assert shown == {"#": [True, False, False], "@": [False, True, False], ">": [False, False, False]}

    def test_a_mistyped_name_is_found(self, client_ada: Browser, globex: Client) -> None:
        assert ">Globex<" in text_of(client_ada.get("/find/?q=globxe"))
        assert "Ada Lovelace" in text_of(client_ada.get("/find/?q=@lovlace"))
        assert "option" not in text_of(client_ada.get("/find/?q=@zzzzzz"))

    def test_a11_names_of_other_clients_are_not_found(
        self, client_gil: Browser, acme: Client, make_device: MakeDevice
    ) -> None:
        make_device("ACME-PC-7")
        Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")
        for text in ("acme", "anna", "acm"):
            page = text_of(client_gil.get("/find/", {"q": text}))
            assert not any(name in page for name in ("Anna Berg", ">Acme<", "ACME-PC-7"))

    def test_who_may_nothing_finds_nothing(self, acme: Client) -> None:
        browser = browser_of(make_user("dan@deskbell.example", "Dan", role_of("None")))
        assert "option" not in text_of(browser.get("/find/?q=acmee"))


def test_a_phone_finds_the_profile_in_its_bar_and_the_way_out_there(client_ada: Browser) -> None:
    """The foot of the sidebar, with both, does not show on a phone."""
    assert '<a class="nav nav--me" href="/profile/">' in text_of(client_ada.get("/tickets/"))
    page = text_of(client_ada.get("/profile/"))
    assert ">Sign out</button>" in page
    # Of the settings a technician has the own page and the own canned replies.
    assert set(re.findall(r'href="(/settings/[^"]*)"', page)) == {"/settings/macros/"}
