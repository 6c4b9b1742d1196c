"""Single sign-on in the pages: second factor, profile, step-up, settings."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings as desk_settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from helpdesk.core.models import (
    Authenticator,
    Identity,
    IdentityProvider,
    Role,
    SignIn,
    User,
)
from helpdesk.core.services.accounts import oidc
from tests.hosts.oidc import CLIENT, SECRET, Provider
from tests.web.conftest import long_ago, text_of
from tests.web.sso.walk import begin, come_back, is_in, make_provider, walk

pytestmark = pytest.mark.django_db


def test_a_provider_that_calls_itself_otherwise_or_answers_nonsense_is_said(
    mallory: Browser, carla: User, ring: Provider
) -> None:
    ring.about = {"issuer": "https://other.example"}
    provider = make_provider(ring, carla)
    page = text_of(mallory.get(f"/sign-in/with/{provider.public_id}/"))
    assert "calls itself https://other.example" in page
    other = make_provider(ring, carla, issuer=f"{ring.issuer}/no-such-place", name="Lost")
    assert "refused to answer" in text_of(mallory.get(f"/sign-in/with/{other.public_id}/"))


def test_a_client_without_a_secret_or_with_it_in_the_form_is_known_too(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    ring.about = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert walk(mallory, provider, ring)["Location"] == "/clients/"
    assert ring.forms[-1]["client_secret"] == SECRET
    mallory.logout()
    IdentityProvider.objects.update(secret_sealed="")
    assert walk(mallory, provider, ring).status_code == 409, "Ring wants the secret"
    assert "client_secret" not in ring.forms[-1]


def test_a_provider_without_user_info_tells_no_address(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    ring.email_in_token, ring.about = False, {"userinfo_endpoint": None}
    assert "does not say that your e-mail address" in text_of(walk(mallory, provider, ring))


def test_a_user_info_that_is_away_is_told(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    ring.email_in_token, ring.told = False, {"": "no JSON"}
    answer = walk(mallory, provider, ring)
    assert answer.status_code == 409
    assert "Ring" in text_of(answer)


class TestSecondFactor:
    @pytest.fixture
    def _app(self, ada: User) -> None:
        Authenticator.objects.create(user=ada, secret="x", confirmed_at=timezone.now())

    @pytest.mark.usefixtures("_app")
    def test_the_own_one_is_asked_for(
        self, mallory: Browser, ring: Provider, provider: IdentityProvider
    ) -> None:
        assert walk(mallory, provider, ring)["Location"] == "/sign-in/second/?next=%2Fclients%2F"
        assert not is_in(mallory)
        assert mallory.session["sso_provider"] == str(provider.public_id), "offered when leaving, too"

    @pytest.mark.usefixtures("_app")
    def test_unless_the_administrator_left_it_to_the_provider(
        self, mallory: Browser, ada: User, role_technician: Role, ring: Provider, provider: IdentityProvider
    ) -> None:
        IdentityProvider.objects.update(trusts_factor=True)
        Role.objects.update(needs_second_factor=True)
        assert walk(mallory, provider, ring)["Location"] == "/clients/"
        assert SignIn.objects.get(user=ada).factor == "provider"
        assert mallory.get("/clients/").status_code == 200

    def test_a_role_that_needs_one_gets_no_further_without(
        self, mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
    ) -> None:
        Role.objects.update(needs_second_factor=True)
        walk(mallory, provider, ring)
        assert mallory.get("/clients/")["Location"] == "/sign-in/needed/"


class TestProfile:
    def linked(self, browser: Browser, provider: IdentityProvider, ring: Provider) -> HttpResponse:
        page = text_of(browser.post(f"/profile/security/providers/{provider.public_id}/"))
        there = page.partition('content="0; url=')[2].partition('"')[0].replace("&amp;", "&")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
        return come_back(browser, provider, ring, asked)

    def test_it_is_linked_by_a_button_shown_and_removed(
        self, client_ada: Browser, ada: User, carla: User, ring: Provider
    ) -> None:
        ring.person = {"sub": "anna-1", "email": "private@elsewhere.example"}
        provider = make_provider(ring, carla)
        assert "Link with Ring" in text_of(client_ada.get("/profile/security/"))
        assert self.linked(client_ada, provider, ring)["Location"] == "/profile/security/"
        page = text_of(client_ada.get("/profile/security/"))
        assert "private@elsewhere.example" in page
        assert "Link with Ring" not in page
        own = Identity.objects.get(user=ada)
        client_ada.post(f"/profile/security/identities/{own.pk}/remove/")
        assert not Identity.objects.exists()

    def test_a18_an_account_that_is_somebodys_is_not_linked_again(
        self, client_ada: Browser, client_bob: Browser, ada: User, ring: Provider, provider: IdentityProvider
    ) -> None:
        self.linked(client_ada, provider, ring)
        answer = self.linked(client_bob, provider, ring)
        assert (answer.status_code, "linked with somebody already" in text_of(answer)) == (409, True)
        assert Identity.objects.get().user == ada

    def test_a18_an_address_of_these_domains_that_nobody_verified_links_nothing(
        self, client_ada: Browser, carla: User, ring: Provider
    ) -> None:
        provider = make_provider(ring, carla, domains=["deskbell.example"])
        ring.twist = {"email_verified": None}
        answer = self.linked(client_ada, provider, ring)
        assert "is not one of this organisation" in text_of(answer)
        assert not Identity.objects.exists()
        IdentityProvider.objects.update(trusts_mail=True)
        assert self.linked(client_ada, provider, ring)["Location"] == "/profile/security/"

    def test_it_confirms_who_has_no_password(
        self, client_ada: Browser, ada: User, ring: Provider, provider: IdentityProvider
    ) -> None:
        self.linked(client_ada, provider, ring)
        long_ago(client_ada)
        asked = begin(client_ada, provider, "?confirm=1&next=/profile/tokens/")
        assert (asked["prompt"], asked["max_age"]) == ("login", "0")
        ring.twist = {"auth_time": 1_700_000_000}
        assert "did not ask you anew" in text_of(come_back(client_ada, provider, ring, asked))
        ring.twist = {}
        asked = begin(client_ada, provider, "?confirm=1&next=/profile/tokens/")
        assert come_back(client_ada, provider, ring, asked)["Location"] == "/profile/tokens/"
        assert client_ada.post("/profile/security/codes/").status_code != 302


def test_who_came_by_a_provider_may_leave_it_too(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    walk(mallory, provider, ring)
    answer = mallory.post("/sign-out/", follow=True)
    assert not is_in(mallory)
    page = text_of(answer)
    assert f'href="{ring.issuer}/out?client_id={CLIENT}&amp;post_logout_redirect_uri=' in page
    cache.clear()
    ring.about = {"end_session_endpoint": None}
    again = text_of(mallory.get(f"/sign-in/with/{provider.public_id}/out/"))
    assert ("You are signed out" in again, "Sign out of Ring" in again) == (True, False)
    cache.clear()
    IdentityProvider.objects.update(issuer="http://127.0.0.1:9")
    assert mallory.get(f"/sign-in/with/{provider.public_id}/out/").status_code == 200


def test_while_one_asks_a_slow_provider_nobody_else_waits(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    path = f"/sign-in/with/{provider.public_id}/"
    about, asking = (oidc._slot(what, provider.issuer) for what in ("about", "asking"))
    cache.add(asking, 1, 30)
    assert "Ring does not answer" in text_of(mallory.get(path))
    cache.delete(asking)
    assert mallory.get(path).status_code == 302
    cache.delete(about)
    cache.add(asking, 1, 30)
    assert mallory.get(path).status_code == 302, "by what was said last"
    assert ring.asked.count("/.well-known/openid-configuration") == 1


class TestSettings:
    FORM = {
        "name": "Ring",
        "client_id": CLIENT,
        "secret": SECRET,
        "domains": "deskbell.example, acme.example",
    }

    def test_one_is_added_tried_switched_deleted_and_brought_back(
        self, client_carla: Browser, ring: Provider
    ) -> None:
        form = {**self.FORM, "issuer": ring.issuer, "links_by_email": "on", "trusts_mail": "on"}
        page = text_of(client_carla.post("/settings/providers/", {**form, "domains": ""}))
        assert "Name the mail domains whose addresses it may be believed, at least one." in page
        page = text_of(client_carla.post("/settings/providers/", form, follow=True))
        assert "Ring answers, and is who it should be." in page
        row = IdentityProvider.objects.get()
        assert (row.domains, row.links_by_email) == (["acme.example", "deskbell.example"], True)
        assert row.trusts_mail
        assert f"{desk_settings.BASE_URL}/sign-in/with/{row.public_id}/back/" in page
        assert SECRET not in page
        own = f"/settings/providers/{row.pk}/"
        page = text_of(client_carla.post(own, {**form, "secret": "", "name": ""}))
        assert 'value="acme.example' not in page
        assert client_carla.post(own, {**form, "secret": "", "domains": "no domain"}).status_code == 422
        assert client_carla.post(own, {**form, "secret": "", "name": "Ring 2"}).status_code == 302
        ring.about = {"issuer": "https://other.example"}
        page = text_of(client_carla.post(f"{own}do/", {"do": "try"}, follow=True))
        assert "calls itself" in page
        for deed, words in (("off", "Switched off."), ("on", "Switched on.")):
            assert words in text_of(client_carla.post(f"{own}do/", {"do": deed}, follow=True))
        page = text_of(client_carla.post(f"{own}do/", {"do": "delete"}, follow=True))
        assert "“Ring 2” was deleted" in page
        assert client_carla.post(f"{own}restore/")["Location"] == own
        assert client_carla.get("/settings/providers/").status_code == 200
