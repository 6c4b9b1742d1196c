"""Single sign-on against a real provider on loopback, honest first, then not (A18, A21, A23)."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings as desk_settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client as Browser
from pytest_django import Settings

from helpdesk.core.models import (
    AuditEntry,
    Identity,
    IdentityProvider,
    Job,
    OutgoingMail,
    Role,
    SignIn,
    User,
)
from helpdesk.web.accounts.sso import TRIES_PER_ADDRESS
from tests.hosts.oidc import CLIENT, SECRET, Provider
from tests.web.conftest import text_of
from tests.web.sso.walk import begin, come_back, is_in, land, make_provider, walk

pytestmark = pytest.mark.django_db


def test_ada_comes_in_by_a_provider_that_knows_her_address(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    assert "Go on with Ring" in text_of(mallory.get("/sign-in/"))
    asked = begin(mallory, provider)
    assert asked["redirect_uri"].startswith(desk_settings.BASE_URL)
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    key = mallory.session.session_key
    answer = come_back(mallory, provider, ring, asked)
    assert answer["Location"] == "/clients/"
    assert mallory.session[SESSION_KEY] == str(ada.pk)
    assert mallory.session.session_key != key, "no fixation"
    assert Identity.objects.get().user == ada
    assert SignIn.objects.get(user=ada).factor == ""
    assert "linked with your account" in OutgoingMail.objects.get(to=ada.email).text
    assert AuditEntry.objects.filter(verb="linked provider", actor=ada).count() == 1
    mallory.logout()
    assert walk(mallory, provider, ring)["Location"] == "/clients/"
    assert Identity.objects.count() == 1
    assert ring.asked.count("/jwks") == ring.asked.count("/.well-known/openid-configuration") == 1, "kept"


@pytest.mark.parametrize(
    "twist",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": True},
        {"iat": 1_000_000_000},
        {"iat": 4_000_000_000},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a18_a_token_that_holds_not_what_it_should_opens_nothing(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider, twist: dict[str, Any]
) -> None:
    ring.twist = twist
    answer = walk(mallory, provider, ring)
    assert answer.status_code == 403
    assert "could not be trusted" in text_of(answer)
    assert not is_in(mallory)


def test_a18_a_token_without_a_signature_or_with_the_public_key_as_secret_opens_nothing(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    for forge in (ring.unsigned, ring.by_public_key):
        asked = begin(mallory, provider)
        ring.token = ""
        ring.token = forge(asked["nonce"])
        answer = come_back(mallory, provider, ring, asked)
        assert "could not be trusted" in text_of(answer), forge.__doc__
        assert not is_in(mallory)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", "." * 20], ids=repr)
def test_a18_what_is_no_token_opens_nothing(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider, token: str
) -> None:
    ring.token = token or " "
    assert walk(mallory, provider, ring).status_code == 403
    assert not is_in(mallory)


def test_a18_another_key_of_the_same_name_opens_nothing(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    asked, honest = begin(mallory, provider), ring.key
    walk(Browser(), provider, ring)
    ring.rotate(str(honest.kid))
    ring.token, ring.key = ring.id_token(asked["nonce"]), honest
    assert come_back(mallory, provider, ring, asked).status_code == 403
    assert not is_in(mallory)


def test_keys_may_change_and_are_asked_for_anew_but_not_by_anybodys_wish(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    walk(mallory, provider, ring)
    mallory.logout()
    ring.rotate()
    assert walk(mallory, provider, ring)["Location"] == "/clients/"
    mallory.logout()
    ring.rotate()
    assert walk(mallory, provider, ring).status_code == 403, "once a minute is enough"
    assert ring.asked.count("/jwks") == 2


def test_a18_a_code_or_a_state_works_once(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    asked = begin(mallory, provider)
    code = ring.code_for(asked)
    assert land(mallory, provider, code=code, state=asked["state"]).status_code == 302
    mallory.logout()
    again = land(mallory, provider, code=code, state=asked["state"])
    assert (again.status_code, is_in(mallory)) == (403, False)
    other = begin(mallory, provider)
    assert land(mallory, provider, code=code, state=other["state"]).status_code == 409, (
        "spent at the provider"
    )
    assert not is_in(mallory)


def test_a21_the_way_that_another_browser_began_ends_nowhere(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    """Login CSRF: else the victim works in the attacker's account."""
    asked = begin(mallory, provider)
    victim = Browser()
    begin(victim, provider)
    answer = come_back(victim, provider, ring, asked)
    assert answer.status_code == 403
    assert "begun in another browser" in text_of(answer)
    assert not is_in(victim)
    assert "/token" not in ring.asked


def test_a21_nobody_is_led_to_link_a_strangers_account(
    client_ada: Browser, bob: User, ring: Provider, provider: IdentityProvider
) -> None:
    """A page elsewhere starts the way with the victim signed in: it goes on as it was, and links nothing."""
    assert client_ada.get(f"/sign-in/with/{provider.public_id}/")["Location"] == "/"
    assert client_ada.get(f"/profile/security/providers/{provider.public_id}/").status_code == 405
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = client_ada.cookies
    assert strict.post(f"/profile/security/providers/{provider.public_id}/").status_code == 403
    assert Identity.objects.count() == 0


def test_a18_the_way_of_a_visitor_signs_nobody_in_who_came_in_meanwhile(
    mallory: Browser, ada: User, bob: User, ring: Provider, provider: IdentityProvider
) -> None:
    asked = begin(mallory, provider)
    mallory.force_login(bob)
    assert come_back(mallory, provider, ring, asked).status_code == 403
    assert mallory.session[SESSION_KEY] == str(bob.pk)


def test_a18_another_provider_does_not_answer_for_the_first(
    mallory: Browser, ada: User, carla: User, ring: Provider, provider: IdentityProvider
) -> None:
    other = make_provider(ring, carla, name="Other")
    asked = begin(mallory, provider)
    assert come_back(mallory, other, ring, asked).status_code == 403
    asked = begin(mallory, provider)
    words = {"code": ring.code_for(asked), "state": asked["state"], "iss": "https://evil.example"}
    assert "Somebody else answered" in text_of(land(mallory, provider, **words))
    assert not is_in(mallory)


def test_a18_an_address_that_nobody_verified_is_nobodys(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    for word in (False, None, "false", 1.5, "yes"):
        ring.twist = {"email_verified": word}
        answer = walk(mallory, provider, ring)
        assert "does not say that your e-mail address is really yours" in text_of(answer)
        assert not is_in(mallory)


def test_a18_an_address_alone_links_nobody_unless_the_administrator_said_so(
    mallory: Browser, ada: User, carla: User, ring: Provider
) -> None:
    answer = walk(mallory, make_provider(ring, carla), ring)
    assert "link it in your profile" in text_of(answer)
    assert not is_in(mallory)


def test_a18_an_address_that_now_belongs_to_another_subject_is_not_linked_again(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    walk(mallory, provider, ring)
    mallory.logout()
    ring.person["sub"] = "somebody who got the address later"
    assert walk(mallory, provider, ring).status_code == 403
    assert not is_in(mallory)


def test_a_foreign_domain_is_sent_away_even_when_linked(
    mallory: Browser, ada: User, carla: User, ring: Provider, provider: IdentityProvider
) -> None:
    walk(mallory, provider, ring)
    mallory.logout()
    IdentityProvider.objects.update(domains=["acme.example"])
    answer = walk(mallory, provider, ring)
    assert "is not one of this organisation" in text_of(answer)
    assert not is_in(mallory)


def test_who_is_switched_off_stays_out(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert "switched off" in text_of(walk(mallory, provider, ring))
    User.objects.filter(pk=ada.pk).update(is_active=True)
    walk(mallory, provider, ring)
    mallory.logout()
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert "switched off" in text_of(walk(mallory, provider, ring))
    assert not is_in(mallory)


def test_somebody_unknown_is_sent_away_or_gets_the_role_that_was_chosen(
    mallory: Browser, carla: User, role_technician: Role, ring: Provider
) -> None:
    provider = make_provider(ring, carla)
    ring.person = {"sub": "n", "email": "Nora@Deskbell.example", "email_verified": True, "name": " Nora  N "}
    assert "Ask your administrator to invite you" in text_of(walk(mallory, provider, ring))
    IdentityProvider.objects.update(new_role=role_technician)
    assert walk(mallory, provider, ring).status_code == 302
    nora = User.objects.get(email="nora@deskbell.example")
    assert (nora.full_name, list(nora.roles.all())) == ("Nora N", [role_technician])
    assert not nora.has_usable_password()
    assert AuditEntry.objects.get(verb="created", target_id=str(nora.pk)).actor_label == "Ring"


def test_a14_nobody_becomes_an_administrator_by_signing_in(
    mallory: Browser, carla: User, role_admin: Role, ring: Provider
) -> None:
    provider = make_provider(ring, carla)
    IdentityProvider.objects.update(new_role=role_admin)  # past the service
    ring.person["email"] = "nora@deskbell.example"
    assert walk(mallory, provider, ring).status_code == 403
    assert not User.objects.filter(email="nora@deskbell.example").exists()


def test_an_address_that_stands_only_in_the_user_info_counts_too(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    ring.email_in_token = False
    assert walk(mallory, provider, ring)["Location"] == "/clients/"


def test_a18_user_info_of_somebody_else_counts_for_nobody(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    ring.email_in_token, ring.twist = False, {"sub": "mallory"}
    assert walk(mallory, provider, ring).status_code == 403
    assert not is_in(mallory)


def test_a_provider_that_is_down_is_said_and_not_asked_again_at_once(
    mallory: Browser, carla: User, ring: Provider
) -> None:
    provider = make_provider(ring, carla, issuer="http://127.0.0.1:9")
    for _try in range(2):
        answer = mallory.get(f"/sign-in/with/{provider.public_id}/")
        assert (answer.status_code, "Ring does not answer" in text_of(answer)) == (409, True)


def test_a23_a_provider_in_a_private_network_is_not_asked(
    mallory: Browser, carla: User, ring: Provider, settings: Settings
) -> None:
    provider = make_provider(ring, carla)
    settings.SIGN_IN_ALLOWED_HOSTS = []
    answer = mallory.get(f"/sign-in/with/{provider.public_id}/")
    assert "is in a private network" in text_of(answer)
    assert ring.asked == []


def test_a23_published_addresses_that_lead_inside_or_nowhere_are_not_followed(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    lies: list[dict[str, Any]] = [
        {"jwks_uri": "http://169.254.169.254/latest/"},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "https://user:pw@127.0.0.1/"},
        {"jwks_uri": None},
    ]
    for number, about in enumerate(lies):
        ring.about = about
        IdentityProvider.objects.update(issuer=ring.issuer, name=f"Ring {number}")
        cache.clear()
        answer = mallory.get(f"/sign-in/with/{provider.public_id}/")
        assert (answer.status_code, "missing or not safe" in text_of(answer)) == (409, True), about


def test_who_stops_at_the_provider_reads_so(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    answer = land(mallory, provider, error="access_denied", state=begin(mallory, provider)["state"])
    assert "did not let you in, or you stopped there" in text_of(answer)
    answer = land(mallory, provider, error="<script>", state=begin(mallory, provider)["state"])
    assert (answer.status_code, b"<script>" in answer.content) == (403, False)
    assert land(mallory, provider).status_code == 403


def test_a_provider_that_is_off_or_gone_has_no_button_and_no_door(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    asked = begin(mallory, provider)
    IdentityProvider.objects.update(is_active=False)
    assert "Ring" not in text_of(mallory.get("/sign-in/"))
    assert mallory.get(f"/sign-in/with/{provider.public_id}/").status_code == 404
    assert come_back(mallory, provider, ring, asked).status_code == 404
    assert not is_in(mallory)


def test_a27_no_table_holds_the_secret(ring: Provider, provider: IdentityProvider) -> None:
    row = IdentityProvider.objects.get()
    assert SECRET not in row.secret_sealed
    assert not [entry for entry in AuditEntry.objects.all() if SECRET in str(entry.after)]
    assert not Job.objects.filter(ref__contains=SECRET).exists()


def test_a19_the_way_back_is_never_taken_from_a_request(
    mallory: Browser, ring: Provider, provider: IdentityProvider
) -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "Forwarded": "host=evil.example",
    }
    answer = mallory.get(f"/sign-in/with/{provider.public_id}/", headers=forged)
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["redirect_uri"] == [f"{desk_settings.BASE_URL}/sign-in/with/{provider.public_id}/back/"]
    assert mallory.get("/sign-in/", headers={"Host": "evil.example"}).status_code == 400


def test_a20_a_made_up_address_does_not_get_around_the_brake(
    mallory: Browser, ring: Provider, provider: IdentityProvider
) -> None:
    path = f"/sign-in/with/{provider.public_id}/"
    codes = [
        mallory.get(path, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(TRIES_PER_ADDRESS + 1)
    ]
    assert codes == [302] * TRIES_PER_ADDRESS + [429]


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_a18_nobody_is_sent_elsewhere_afterwards(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider, target: str
) -> None:
    assert walk(mallory, provider, ring, f"?{urlencode({'next': target})}")["Location"] == "/"
