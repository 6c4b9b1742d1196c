"""Passkeys, with a key made of software: whose key, on which site, for which challenge, and once."""

import json
from datetime import datetime
from typing import Any

import pytest

from helpdesk.core.errors import Conflict, Invalid, Refused, TooMany
from helpdesk.core.models import OutgoingMail, Passkey, User
from helpdesk.core.services.accounts.passkeys import (
    Site,
    add_passkey,
    check_passkey,
    registration_options,
    remove_passkey,
    sign_in_options,
)
from tests.hosts.soft_key import SoftKey

pytestmark = pytest.mark.django_db
HERE = Site("localhost", ["http://localhost:8000"], "Brightwell")


def added(user: User, now: datetime, key: SoftKey | None = None, name: str = " My  laptop ") -> SoftKey:
    key = key or SoftKey()
    _options, challenge = registration_options(user=user, site=HERE)
    add_passkey(
        user=user, credential=key.create(challenge), challenge=challenge, name=name, site=HERE, now=now
    )
    return key


def shown(
    credential: dict[str, Any], challenge: str, now: datetime, user: User | None = None, site: Site = HERE
) -> User:
    return check_passkey(
        credential=credential, challenge=challenge, user=user, site=site, address="192.0.2.1", now=now
    )


def fresh_challenge(user: User | None = None) -> str:
    return sign_in_options(user=user, site=HERE)[1]


def test_a_passkey_is_added_and_opens_its_owners_account(ada: User, now: datetime) -> None:
    key = added(ada, now)
    row = Passkey.objects.get()
    assert (str(row), row.user) == ("My laptop", ada)
    challenge = fresh_challenge()
    assert shown(key.get(challenge), challenge, now) == ada
    row.refresh_from_db()
    assert (row.sign_count, row.used_at) == (2, now)
    assert "passkey was added" in OutgoingMail.objects.get().text


def test_the_options_name_known_keys_and_tell_nothing_of_the_person(ada: User, now: datetime) -> None:
    key = added(ada, now, name="")
    options = json.loads(registration_options(user=ada, site=HERE)[0])
    assert options["rp"] == {"id": "localhost", "name": "Brightwell"}
    assert len(options["excludeCredentials"]) == 1
    assert (
        json.loads(sign_in_options(user=ada, site=HERE)[0])["allowCredentials"][0]["id"] == key.get("x")["id"]
    )
    assert json.loads(sign_in_options(user=None, site=HERE)[0])["userVerification"] == "required"


def test_an_answer_to_another_challenge_or_from_another_site_is_refused(ada: User, now: datetime) -> None:
    key, challenge = added(ada, now), fresh_challenge()
    other = Site("evil.example", ["https://evil.example"], "Evil")
    for credential, site in ((key.get("AAAA"), HERE), (key.get(challenge), other), ({}, HERE)):
        with pytest.raises(Refused):
            shown(credential, challenge, now, site=site)
    broken = key.get(challenge)
    broken["response"]["signature"] = "AAAA"
    with pytest.raises(Refused):
        shown(broken, challenge, now)


def test_the_same_answer_counts_once(ada: User, now: datetime) -> None:
    key, challenge = added(ada, now), fresh_challenge()
    answer = key.get(challenge)
    shown(answer, challenge, now)
    with pytest.raises(Refused):
        shown(answer, challenge, now)


def test_of_two_answers_at_once_one_wins(ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    key, challenge = added(ada, now), fresh_challenge()
    first = Passkey.objects.select_related("user").get()
    Passkey.objects.update(sign_count=7)
    monkeypatch.setattr("django.db.models.query.QuerySet.first", lambda _rows: first)
    with pytest.raises(Refused):
        shown(key.get(challenge), challenge, now)


def test_without_a_password_the_device_must_have_asked_who_it_is(ada: User, now: datetime) -> None:
    key, challenge = added(ada, now), fresh_challenge()
    with pytest.raises(Refused):
        shown(key.get(challenge, is_verified=False), challenge, now)
    assert shown(key.get(challenge, is_verified=False), challenge, now, user=ada) == ada


def test_somebody_elses_key_is_no_second_factor_and_a_gone_persons_key_opens_nothing(
    ada: User, bob: User, now: datetime
) -> None:
    key, challenge = added(ada, now), fresh_challenge()
    with pytest.raises(Refused):
        shown(key.get(challenge), challenge, now, user=bob)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    with pytest.raises(Refused):
        shown(key.get(challenge), challenge, now)


def test_a18_guessing_is_throttled(now: datetime) -> None:
    for _ in range(20):
        with pytest.raises(Refused):
            shown({"id": "x"}, "AAAA", now)
    with pytest.raises(TooMany):
        shown({"id": "x"}, "AAAA", now)


def test_a_key_is_added_once_and_twenty_are_enough(ada: User, bob: User, now: datetime) -> None:
    key = added(ada, now)
    with pytest.raises(Conflict):
        added(bob, now, key)
    Passkey.objects.bulk_create(
        Passkey(user=ada, name="x", credential_id=f"{n:04d}", public_key="", created_at=now)
        for n in range(19)
    )
    with pytest.raises(Conflict):
        added(ada, now)


def test_an_answer_that_does_not_fit_adds_nothing(ada: User, now: datetime) -> None:
    for credential in ({}, SoftKey().create("AAAA")):
        with pytest.raises(Invalid):
            add_passkey(user=ada, credential=credential, challenge="BBBB", name="", site=HERE, now=now)
    assert not Passkey.objects.exists()


def test_a_passkey_is_removed_by_its_owner_alone(ada: User, bob: User, now: datetime) -> None:
    added(ada, now)
    row = Passkey.objects.get()
    remove_passkey(user=bob, passkey=row.pk, now=now)
    assert Passkey.objects.exists()
    remove_passkey(user=ada, passkey=row.pk, now=now)
    assert not Passkey.objects.exists()
    assert "passkey was removed" in OutgoingMail.objects.latest("pk").text
