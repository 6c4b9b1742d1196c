"""In by two steps, by link and by passkey; the wall before roles that need a second factor."""

import json
import re
from datetime import datetime

import pyotp
import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client as Browser
from django.utils import timezone

from helpdesk.core.models import AccountKey, OutgoingMail, Passkey, Role, SignIn, User
from helpdesk.core.services.accounts.links import mail_link_job
from helpdesk.core.services.accounts.second_factor import begin_authenticator, confirm_authenticator
from tests.conftest import PASSWORD, browser_of
from tests.hosts.soft_key import SoftKey
from tests.web.conftest import long_ago, text_of

pytestmark = pytest.mark.django_db
NEW = "seven blue herons"


def with_app(user: User) -> list[str]:
    """Recovery codes of somebody who has an app."""
    now, secret = timezone.now(), begin_authenticator(user=user)
    return confirm_authenticator(user=user, code=pyotp.TOTP(secret).at(now), now=now)


def sign_in(browser: Browser, user: User, target: str = "/") -> str:
    answer = browser.post("/sign-in/", {"email": user.email, "password": PASSWORD, "next": target})
    return str(answer["Location"])


def is_in(browser: Browser) -> bool:
    return SESSION_KEY in browser.session


class TestSecondStep:
    def test_the_password_alone_opens_nothing(self, mallory: Browser, ada: User) -> None:
        codes = with_app(ada)
        assert sign_in(mallory, ada, "/clients/") == "/sign-in/second/?next=%2Fclients%2F"
        assert not is_in(mallory)
        assert mallory.get("/profile/").status_code == 302
        assert mallory.post("/sign-in/second/", {"code": "000000"}).status_code == 403
        answer = mallory.post("/sign-in/second/", {"code": codes[0], "next": "/clients/"})
        assert answer["Location"] == "/clients/"
        assert is_in(mallory)
        assert SignIn.objects.get().factor == "recovery"

    def test_an_empty_code_is_asked_for_again(self, mallory: Browser, ada: User) -> None:
        with_app(ada)
        sign_in(mallory, ada)
        assert mallory.post("/sign-in/second/", {"code": ""}).status_code == 422

    def test_nobody_comes_to_it_without_the_password_nor_after_it_has_changed(
        self, mallory: Browser, ada: User
    ) -> None:
        codes = with_app(ada)
        assert mallory.get("/sign-in/second/")["Location"] == "/sign-in/"
        sign_in(mallory, ada)
        ada.set_password(NEW)
        ada.save()
        assert mallory.post("/sign-in/second/", {"code": codes[0]})["Location"] == "/sign-in/"
        assert not is_in(mallory)

    def test_after_ten_minutes_it_begins_anew(self, mallory: Browser, ada: User) -> None:
        codes = with_app(ada)
        sign_in(mallory, ada)
        session = mallory.session
        session["pending"] = session["pending"] | {"at": session["pending"]["at"] - 601}
        session.save()
        assert mallory.post("/sign-in/second/", {"code": codes[0]})["Location"] == "/sign-in/"

    def test_the_session_gets_a_new_key_at_both_steps(self, mallory: Browser, ada: User) -> None:
        codes = with_app(ada)
        mallory.get("/sign-in/")
        sign_in(mallory, ada)
        first = mallory.session.session_key
        mallory.post("/sign-in/second/", {"code": codes[0]})
        assert mallory.session.session_key != first


class TestWall:
    @pytest.fixture(autouse=True)
    def _needed(self, role_technician: Role) -> None:
        Role.objects.filter(pk=role_technician.pk).update(needs_second_factor=True)

    def test_who_has_none_gets_no_further_than_to_the_set_up(self, client_ada: Browser) -> None:
        assert client_ada.get("/profile/")["Location"] == "/sign-in/needed/"
        assert client_ada.get("/sign-in/needed/")["Location"] == "/profile/security/"
        assert "Your role needs a second factor." in text_of(client_ada.get("/profile/security/"))
        assert client_ada.get("/profile/", HTTP_HX_REQUEST="true")["HX-Redirect"] == "/sign-in/needed/"
        there = {"HX-Request": "true", "HX-Current-URL": "http://localhost/profile/security/"}
        assert client_ada.get("/profile/", headers=there).status_code == 204, "no circle"
        answer = client_ada.get("/api/v1/tickets/")
        assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-needed")

    def test_who_has_one_shows_it(self, client_ada: Browser, ada: User) -> None:
        codes = with_app(ada)
        assert client_ada.get("/sign-in/needed/").status_code == 200
        assert client_ada.post("/sign-in/needed/", {"code": ""}).status_code == 422
        assert client_ada.post("/sign-in/needed/", {"code": "1"}).status_code == 403
        assert client_ada.post("/sign-in/needed/", {"code": codes[0], "next": "/tickets/"}).status_code == 302
        assert client_ada.get("/profile/").status_code == 200

    def test_a18_the_password_alone_brings_no_new_factor(self, client_ada: Browser, ada: User) -> None:
        """A browser from before the app was added, and somebody at it who knows the password."""
        old = with_app(ada)
        client_ada.post("/sign-in/confirm/", {"password": PASSWORD})
        for path in ("codes/", "passkeys/options/", "passkeys/", "app/remove/", ""):
            words = {"old_password": PASSWORD, "new_password": NEW, "new_password_again": NEW}
            answer = client_ada.post(f"/profile/security/{path}", words)
            assert answer["Location"].startswith("/sign-in/needed/"), path
        ada.refresh_from_db()
        assert ada.check_password(PASSWORD)
        assert client_ada.post("/sign-in/needed/", {"code": old[0]}).status_code == 302

    def test_others_see_no_wall(self, client_carla: Browser) -> None:
        assert client_carla.get("/profile/").status_code == 200

    def test_the_last_factor_stays_while_the_role_needs_it(self, mallory: Browser, ada: User) -> None:
        codes = with_app(ada)
        sign_in(mallory, ada)
        mallory.post("/sign-in/second/", {"code": codes[0]})
        answer = mallory.post("/profile/security/app/remove/")
        assert answer.status_code == 403
        assert User.objects.get(pk=ada.pk).authenticator.confirmed_at is not None


class TestSetUp:
    def test_an_app_is_added_after_the_password_was_shown_again(self, client_ada: Browser, ada: User) -> None:
        long_ago(client_ada)
        ask = client_ada.get("/profile/security/app/")
        assert ask["Location"] == "/sign-in/confirm/?next=%2Fprofile%2Fsecurity%2Fapp%2F"
        assert client_ada.post("/sign-in/confirm/", {"password": "wrong"}).status_code == 403
        assert client_ada.post("/sign-in/confirm/", {"password": ""}).status_code == 422
        client_ada.post("/sign-in/confirm/", {"password": PASSWORD})
        page = text_of(client_ada.get("/profile/security/app/"))
        found = re.search(r'<code class="mono">([A-Z2-7 ]+)</code>', page)
        assert found
        assert 'src="data:image/svg+xml' in page
        assert client_ada.post("/profile/security/app/", {"code": "x"}).status_code == 422
        code = pyotp.TOTP(found[1].replace(" ", "")).now()
        page = text_of(client_ada.post("/profile/security/app/", {"code": code}, follow=True))
        assert page.count("<li>") >= 10
        assert "Your recovery codes" in page
        assert "Your recovery codes" not in text_of(client_ada.get("/profile/security/")), "shown once"
        assert client_ada.get("/profile/security/app/")["Location"] == "/profile/security/"
        page = text_of(client_ada.post("/profile/security/codes/", follow=True))
        assert "Your recovery codes" in page
        client_ada.post("/profile/security/app/remove/")
        assert "Add an app" in text_of(client_ada.get("/profile/security/"))

    def test_other_browsers_are_listed_and_signed_out(self, ada: User) -> None:
        here, there, far = Browser(), Browser(headers={"User-Agent": "Firefox on Windows"}), Browser()
        for browser in (here, there, far):
            sign_in(browser, ada)
        page = text_of(here.get("/profile/security/"))
        assert "Firefox, Windows" in page
        row = SignIn.objects.get(browser__contains="Firefox")
        here.post(f"/profile/security/sign-ins/{row.pk}/end/")
        assert there.get("/profile/").status_code == 302
        assert "1 browser is signed out." in text_of(
            here.post("/profile/security/sign-ins/end/", follow=True)
        )
        assert far.get("/profile/").status_code == 302
        assert here.get("/profile/").status_code == 200

    def test_a_new_password_moves_the_row_along(self, ada: User) -> None:
        here, there = Browser(), Browser()
        sign_in(here, ada)
        sign_in(there, ada)
        data = {"old_password": PASSWORD, "new_password": NEW}
        page = text_of(here.post("/profile/security/", data, follow=True))
        assert "this one" in page
        assert SignIn.objects.get().session_key == here.session.session_key
        assert there.get("/profile/").status_code == 302


class TestPasskey:
    def key_of(self, browser: Browser) -> SoftKey:
        """Added on the page of a person who is in."""
        browser.post("/sign-in/confirm/", {"password": PASSWORD}, HTTP_HOST="localhost")
        key = SoftKey(origin="http://localhost")
        asked = browser.post("/profile/security/passkeys/options/", HTTP_HOST="localhost").json()
        data = {"credential": json.dumps(key.create(asked["challenge"])), "name": "Laptop"}
        answer = browser.post("/profile/security/passkeys/", data, HTTP_HOST="localhost")
        assert answer.json() == {"next": "/profile/security/"}
        return key

    def show(self, browser: Browser, key: SoftKey, **data: str) -> tuple[int, dict[str, str]]:
        asked = browser.post("/sign-in/passkey/options/", HTTP_HOST="localhost").json()
        credential = json.dumps(key.get(asked["challenge"]))
        answer = browser.post("/sign-in/passkey/", {"credential": credential, **data}, HTTP_HOST="localhost")
        return answer.status_code, answer.json()

    def test_it_signs_in_without_a_password_and_is_a_second_step(
        self, client_ada: Browser, mallory: Browser, ada: User
    ) -> None:
        key = self.key_of(client_ada)
        assert self.show(mallory, key, next="/clients/", stay="on") == (200, {"next": "/clients/"})
        assert is_in(mallory)
        fresh = Browser()
        assert sign_in(fresh, ada).startswith("/sign-in/second/")
        assert self.show(fresh, key) == (200, {"next": "/"})
        assert is_in(fresh)
        assert self.show(fresh, key, next="/profile/security/")[0] == 200, "and confirms who is in already"

    def test_a_challenge_counts_once_and_only_with_an_answer(
        self, client_ada: Browser, mallory: Browser
    ) -> None:
        key = self.key_of(client_ada)
        asked = mallory.post("/sign-in/passkey/options/", HTTP_HOST="localhost").json()
        for credential in ("", "[]", json.dumps(key.get("AAAA"))):
            answer = mallory.post("/sign-in/passkey/", {"credential": credential}, HTTP_HOST="localhost")
            assert answer.status_code in (403, 422)
        late = {"credential": json.dumps(key.get(asked["challenge"]))}
        assert mallory.post("/sign-in/passkey/", late, HTTP_HOST="localhost").status_code == 403
        assert not is_in(mallory)

    def test_it_is_removed_again(self, client_ada: Browser) -> None:
        self.key_of(client_ada)
        client_ada.post(f"/profile/security/passkeys/{Passkey.objects.get().pk}/remove/")
        assert not Passkey.objects.exists()

    def test_a_number_is_no_name(self, client_ada: Browser) -> None:
        client_ada.post("/sign-in/confirm/", {"password": PASSWORD})
        for path in ("/profile/security/passkeys/options/", "/profile/security/passkeys/"):
            answer = client_ada.post(path, {"credential": "{}"}, HTTP_HOST="127.0.0.1:8000")
            assert "localhost" in answer.json()["detail"]
        answer = client_ada.post("/profile/security/passkeys/", HTTP_ACCEPT="application/json")
        assert answer.status_code == 422

    def test_who_has_not_confirmed_is_sent_there(self, client_ada: Browser) -> None:
        long_ago(client_ada)
        answer = client_ada.post("/profile/security/passkeys/options/", HTTP_ACCEPT="application/json")
        assert answer.status_code == 403
        assert answer.json()["next"].startswith("/sign-in/confirm/")


class TestLink:
    def key(self, user: User, now: datetime) -> str:
        mail_link_job(user.email, now)
        found = re.search(r"/sign-in/link/([^/\s]+)/", OutgoingMail.objects.latest("pk").text)
        assert found
        return found[1]

    def test_a_forgotten_password_is_chosen_anew_and_all_browsers_are_out(
        self, mallory: Browser, client_ada: Browser, ada: User
    ) -> None:
        page = text_of(mallory.post("/sign-in/forgot/", {"email": ada.email}))
        assert "If there is an account with this address" in page
        other = text_of(mallory.post("/sign-in/forgot/", {"email": "nobody@evil.example"}))
        assert other == page, "A18"
        key = self.key(ada, timezone.now())
        assert mallory.get(f"/sign-in/link/{key}/")["Referrer-Policy"] == "same-origin"
        assert mallory.post(f"/sign-in/link/{key}/", {"new_password": "short"}).status_code == 422
        assert mallory.post(f"/sign-in/link/{key}/", {"new_password": ""}).status_code == 422
        assert mallory.post(f"/sign-in/link/{key}/", {"new_password": NEW})["Location"] == "/sign-in/"
        assert mallory.post("/sign-in/", {"email": ada.email, "password": NEW}).status_code == 302
        assert client_ada.get("/profile/").status_code == 302
        assert mallory.get(f"/sign-in/link/{key}/").status_code == 404

    def test_a18_a_second_factor_is_asked_for_all_the_same(self, mallory: Browser, ada: User) -> None:
        with_app(ada)
        key = self.key(ada, timezone.now())
        mallory.post(f"/sign-in/link/{key}/", {"new_password": NEW})
        mallory.post("/sign-in/", {"email": ada.email, "password": NEW})
        assert not is_in(mallory)

    def test_a19_the_link_starts_with_the_address_of_the_desk(self, mallory: Browser, ada: User) -> None:
        mallory.post("/sign-in/forgot/", {"email": ada.email}, headers={"X-Forwarded-Host": "evil.example"})
        self.key(ada, timezone.now())
        assert "evil" not in OutgoingMail.objects.latest("pk").text

    def test_a20_a_forged_forwarded_address_is_no_other_network(self, mallory: Browser) -> None:
        codes = [
            mallory.post(
                "/sign-in/forgot/", {"email": "a@b.example"}, headers={"X-Forwarded-For": f"198.51.100.{n}"}
            ).status_code
            for n in range(21)
        ]
        assert codes == [200] * 20 + [429]

    def test_a21_looking_at_the_link_does_not_use_it_up(self, mallory: Browser, ada: User) -> None:
        key = self.key(ada, timezone.now())
        for _ in range(3):
            assert mallory.get(f"/sign-in/link/{key}/").status_code == 200
        assert AccountKey.objects.get().used_at is None

    def test_an_address_that_is_none_is_named(self, mallory: Browser) -> None:
        assert mallory.post("/sign-in/forgot/", {"email": "nobody"}).status_code == 422


def test_a_visit_is_noted_every_ten_minutes(ada: User) -> None:
    browser = Browser()
    sign_in(browser, ada)
    row = SignIn.objects.get()
    browser.get("/profile/")
    session = browser.session
    session["sign_in_seen_at"] -= 700
    session.save()
    browser.get("/profile/")
    row.refresh_from_db()
    assert row.seen_at > row.created_at


def test_who_is_in_may_ask_for_what_keys_can_sign(ada: User) -> None:
    browser = browser_of(ada)
    assert browser.post("/sign-in/passkey/options/", HTTP_HOST="localhost").status_code == 200
    assert browser.get("/sign-in/needed/")["Location"] == "/"
