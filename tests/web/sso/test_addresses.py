"""What an address is worth that a provider tells, with and without its word that it is verified (A18)."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client as Browser

from helpdesk.core.models import Identity, IdentityProvider, User
from tests.hosts.oidc import Provider
from tests.web.conftest import text_of
from tests.web.sso.walk import is_in, make_provider, walk

pytestmark = pytest.mark.django_db


def test_who_is_linked_comes_in_by_the_link_whatever_is_said_of_the_address(
    mallory: Browser, ada: User, ring: Provider, provider: IdentityProvider
) -> None:
    walk(mallory, provider, ring)
    IdentityProvider.objects.update(domains=["deskbell.example"])
    for twist in ({"email_verified": None}, {"email_verified": False}, {"email": None}):
        mallory.logout()
        ring.twist = twist
        assert walk(mallory, provider, ring)["Location"] == "/clients/", twist
        assert mallory.session[SESSION_KEY] == str(ada.pk)


def test_a18_a_first_link_wants_a_verified_address_or_the_administrators_word(
    mallory: Browser, ada: User, carla: User, ring: Provider
) -> None:
    provider = make_provider(ring, carla, links_by_email=True, domains=["deskbell.example"])
    ring.twist = {"email_verified": None}
    assert "is not one of this organisation" in text_of(walk(mallory, provider, ring))
    IdentityProvider.objects.update(trusts_mail=True)
    for twist in ({"email_verified": False}, {"email_verified": "no"}, {"email": "ada@evil.example"}):
        ring.twist = {"email_verified": None, **twist}
        assert "is not one of this organisation" in text_of(walk(mallory, provider, ring)), twist
        assert not is_in(mallory)
    ring.twist = {"email_verified": None}
    assert walk(mallory, provider, ring)["Location"] == "/clients/"
    assert Identity.objects.get().user == ada


def test_a18_what_the_token_leaves_unsaid_the_user_info_says(
    mallory: Browser, ada: User, carla: User, ring: Provider
) -> None:
    """The administrator's word is for who says nothing anywhere; no answer is none to build on."""
    many = {"links_by_email": True, "trusts_mail": True, "domains": ["deskbell.example"]}
    provider = make_provider(ring, carla, **many)
    ring.twist = {"email_verified": None}
    for ring.told in ({"email_verified": False}, {"email": "mallory@deskbell.example"}, {"": "no JSON"}):
        assert walk(mallory, provider, ring).status_code == 403, ring.told
        assert not Identity.objects.exists()
    IdentityProvider.objects.update(trusts_mail=False)
    ring.told = {"email_verified": True}
    assert walk(mallory, provider, ring)["Location"] == "/clients/"
    mallory.logout()
    ring.told = {"": "no JSON"}
    assert walk(mallory, provider, ring)["Location"] == "/clients/", "a link needs no address"


def test_a18_a_letter_that_only_looks_like_one_is_another_address(
    mallory: Browser, ada: User, carla: User, ring: Provider
) -> None:
    """The Kelvin sign becomes a k in small letters; its mailbox is somebody else's."""
    User.objects.filter(pk=ada.pk).update(email="kate@deskbell.example")
    provider = make_provider(ring, carla, links_by_email=True)
    ring.twist = {"email": "\u212aATE@deskbell.example"}
    walk(mallory, provider, ring)
    assert not is_in(mallory)
    assert not Identity.objects.exists()
    ring.twist = {"email": "KATE@deskbell.example"}
    walk(mallory, provider, ring)
    assert mallory.session[SESSION_KEY] == str(ada.pk)
