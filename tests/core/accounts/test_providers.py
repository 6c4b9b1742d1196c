"""Sign-in providers: who sets them, what fits, what comes back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from helpdesk.core.domain.oidc import Vouched, make_flow, way_there
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.models import AuditEntry, Identity, IdentityProvider, OutgoingMail, Role, User
from helpdesk.core.selectors.providers import deleted_providers, identities_of, providers_visible_to
from helpdesk.core.services.accounts.oidc import PURPOSE, is_endpoint
from helpdesk.core.services.accounts.providers import delete_provider, save_provider, switch_provider
from helpdesk.core.services.accounts.single_sign_on import NotVouched, check_confirmed, link, unlink
from helpdesk.core.services.secrets import unseal

pytestmark = pytest.mark.django_db
GOOD = {"name": "Ring", "issuer": "https://ring.example/desk", "client_id": "desk", "secret": "s3cret"}
ANNA = Vouched(subject="anna-1", email="ada@deskbell.example", is_verified=True)


def saved(by: User, now: datetime, provider: IdentityProvider | None = None, **more: Any) -> IdentityProvider:
    return save_provider(provider=provider or IdentityProvider(), **{**GOOD, **more}, by=by, now=now)


@pytest.fixture
def ring(carla: User, now: datetime) -> IdentityProvider:
    return saved(carla, now)


class TestSave:
    def test_a27_the_secret_is_sealed_and_kept_when_left_empty(
        self, ring: IdentityProvider, carla: User, now: datetime
    ) -> None:
        saved(carla, now, ring, secret=" ", name="  Ring   two ", domains=["@Acme.example", " ", "a.example"])
        ring.refresh_from_db()
        assert unseal(ring.secret_sealed, purpose=PURPOSE) == "s3cret"
        assert (ring.name, ring.domains) == ("Ring two", ["a.example", "acme.example"])
        said = [(entry.before, entry.after) for entry in AuditEntry.objects.filter(verb="saved provider")]
        assert len(said) == 2
        assert "s3cret" not in repr(said)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", " "),
            ("name", "x" * 61),
            ("issuer", "http://ring.example"),
            ("issuer", "https://"),
            ("issuer", "https://ring.example/?x=1"),
            ("issuer", "https://ring.example:99999/"),
            ("issuer", "https://u:p@ring.example"),
            ("issuer", "https://ring.example/#x"),
            ("issuer", "javascript:alert(1)"),
            ("issuer", "https://ring.example/a b"),
            ("client_id", ""),
            ("client_id", "a\nb"),
            ("domains", ["not a domain"]),
        ],
    )
    def test_what_does_not_fit_is_said_at_its_field(
        self, carla: User, now: datetime, field: str, value: object
    ) -> None:
        with pytest.raises(Invalid) as error:
            saved(carla, now, None, **{field: value})
        assert list(error.value.fields or {}) == [field]

    def test_a14_it_is_for_administrators_and_never_makes_one(
        self, ring: IdentityProvider, ada: User, carla: User, role_admin: Role, now: datetime
    ) -> None:
        for deed in (
            lambda: saved(ada, now),
            lambda: switch_provider(provider=ring, is_active=False, by=ada, now=now),
            lambda: delete_provider(provider=ring, by=ada, now=now),
            lambda: saved(carla, now, new_role=role_admin),
        ):
            with pytest.raises(Refused):
                deed()
        assert IdentityProvider.objects.get() == ring
        assert not providers_visible_to(ada).exists()
        assert not deleted_providers(ada, now=now).exists()

    def test_a18_another_issuer_is_somebody_else(
        self, ring: IdentityProvider, ada: User, carla: User, role_technician: Role, now: datetime
    ) -> None:
        """Its subjects may be other people's, and the old secret is not for it."""
        link(user=ada, provider=ring, who=ANNA, now=now)
        with pytest.raises(Invalid, match=r"."):
            saved(carla, now, ring, issuer="https://evil.example", secret="")
        ring.refresh_from_db()
        saved(carla, now, ring, issuer="https://new.example", new_role=role_technician)
        assert not Identity.objects.exists()
        entry = AuditEntry.objects.latest("pk")
        assert (entry.after or {})["new_role"] == "Technician"

    def test_off_on_gone_and_back(self, ring: IdentityProvider, carla: User, now: datetime) -> None:
        for is_active in (False, False, True):
            switch_provider(provider=ring, is_active=is_active, by=carla, now=now)
        assert AuditEntry.objects.filter(verb__startswith="switched").count() == 2, (
            "the same again is nothing"
        )
        delete_provider(provider=ring, by=carla, now=now)
        assert not providers_visible_to(carla).exists()
        assert deleted_providers(carla, now=now).get() == ring
        assert not deleted_providers(carla, now=now + timedelta(minutes=11)).exists()
        delete_provider(provider=ring, by=carla, now=now, is_deleted=False)
        assert providers_visible_to(carla).get().people == 0  # type: ignore[attr-defined]

    def test_without_tls_only_to_hosts_that_the_operator_named(self, settings: Settings) -> None:
        settings.SIGN_IN_ALLOWED_HOSTS = ["Keycloak.lan", "10.0.0.0/8"]
        assert is_endpoint("http://keycloak.lan:8080/realms/x")
        assert not is_endpoint("http://10.1.1.1/")
        assert not is_endpoint(None)


class TestLink:
    def test_twice_is_once_and_another_account_is_refused(
        self, ring: IdentityProvider, ada: User, bob: User, now: datetime
    ) -> None:
        for _time in range(2):
            link(user=ada, provider=ring, who=ANNA, now=now)
        assert OutgoingMail.objects.filter(to=ada.email).count() == 1
        for user, subject in ((bob, "anna-1"), (ada, "anna-2")):
            with pytest.raises(Conflict):
                link(user=user, provider=ring, who=Vouched(subject=subject), now=now)
        assert identities_of(ada).get().subject == "anna-1"

    def test_the_last_way_in_stays(
        self, ring: IdentityProvider, ada: User, bob: User, carla: User, now: datetime
    ) -> None:
        link(user=ada, provider=ring, who=ANNA, now=now)
        own = identities_of(ada).get().pk
        unlink(user=bob, identity=own, now=now)
        assert identities_of(ada).exists(), "not somebody else's"
        ada.set_unusable_password()
        ada.save()
        with pytest.raises(Refused, match="Nothing else lets you in"):
            unlink(user=ada, identity=own, now=now)
        link(user=ada, provider=saved(carla, now, name="Second"), who=ANNA, now=now)
        unlink(user=ada, identity=own, now=now)
        assert identities_of(ada).get().provider.name == "Second"
        assert "no longer lets you in" in OutgoingMail.objects.latest("pk").text

    def test_a18_only_the_same_person_asked_anew_confirms(
        self, ring: IdentityProvider, ada: User, now: datetime
    ) -> None:
        link(user=ada, provider=ring, who=ANNA, now=now)
        begun = now.timestamp()
        check_confirmed(ada, ring, Vouched(subject="anna-1", confirmed_at=begun + 5), begun=begun)
        for who in (Vouched(subject="anna-1", confirmed_at=begun - 3600), ANNA, Vouched(subject="bob")):
            with pytest.raises(NotVouched):
                check_confirmed(ada, ring, who, begun=begun)


def test_who_confirms_is_asked_anew() -> None:
    flow = make_flow(provider=1, purpose="confirm", user=7, next_page="/", at=1.0)
    url = way_there("https://ring.example/go?tenant=7", flow, client_id="desk", back="https://desk/back")
    assert url.startswith("https://ring.example/go?tenant=7&response_type=code&")
    assert "prompt=login&max_age=0" in url
    assert len({flow.state, flow.nonce, flow.verifier}) == 3
