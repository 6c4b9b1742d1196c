"""Six digits of an app, each once; ten codes on paper; and what an administrator may do for a lost phone."""

from datetime import datetime, timedelta

import pyotp
import pytest

from helpdesk.core.domain.one_time import make_recovery_codes, normal_code, steps_around
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid, Refused, TooMany
from helpdesk.core.models import AuditEntry, Authenticator, OutgoingMail, Passkey, RecoveryCode, User
from helpdesk.core.selectors.accounts import passkeys_of, way_in_of
from helpdesk.core.services.accounts.second_factor import (
    begin_authenticator,
    check_code,
    confirm_authenticator,
    digest_of,
    has_second_factor,
    provisioning_uri,
    remove_authenticator,
    renew_recovery_codes,
    reset_second_factor,
)
from tests.conftest import make_user
from tests.web.conftest import role_of

pytestmark = pytest.mark.django_db
HERE = "192.0.2.1"
HALF_MINUTE = timedelta(seconds=30)


def digits(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def with_app(user: User, now: datetime) -> tuple[str, list[str]]:
    """(the app's secret, recovery codes); the code of `now` is used up by it."""
    secret = begin_authenticator(user=user)
    return secret, confirm_authenticator(user=user, code=digits(secret, now), now=now)


def passkey(user: User, now: datetime) -> Passkey:
    return Passkey.objects.create(
        user=user, name="Laptop", credential_id="abc", public_key="def", created_at=now
    )


def test_an_app_counts_once_it_has_shown_a_right_code(ada: User, now: datetime) -> None:
    secret = begin_authenticator(user=ada)
    again = begin_authenticator(user=ada, begun=digest_of(secret))
    assert again == secret, "the picture stays while somebody looks for the phone"
    assert not has_second_factor(ada)
    with pytest.raises(Invalid):
        confirm_authenticator(user=ada, code="000 000", now=now)
    codes = confirm_authenticator(
        user=ada, code=f" {digits(secret, now)[:3]} {digits(secret, now)[3:]}", now=now
    )
    assert len(codes) == 10
    assert has_second_factor(ada)
    assert OutgoingMail.objects.get().to == ada.email
    with pytest.raises(Conflict):
        begin_authenticator(user=ada)
    with pytest.raises(Conflict):
        confirm_authenticator(user=ada, code=digits(secret, now), now=now)


def test_the_picture_names_person_and_house(ada: User) -> None:
    uri = provisioning_uri(user=ada, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", issuer="Brightwell IT")
    assert uri.startswith(
        "otpauth://totp/Brightwell%20IT:ada%40deskbell.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    )


def test_a27_the_secret_is_sealed_and_codes_are_hashed(ada: User, now: datetime) -> None:
    secret, codes = with_app(ada, now)
    assert secret not in Authenticator.objects.get().secret
    assert not {normal_code(code) for code in codes} & set(
        RecoveryCode.objects.values_list("code_hash", flat=True)
    )


def test_digits_count_once_and_in_the_half_minutes_around(ada: User, now: datetime) -> None:
    secret, _codes = with_app(ada, now)
    with pytest.raises(Refused):
        check_code(user=ada, code=digits(secret, now), address=HERE, now=now)
    later = now + 4 * HALF_MINUTE
    with pytest.raises(Refused):
        check_code(user=ada, code=digits(secret, later - 2 * HALF_MINUTE), address=HERE, now=later)
    slow = digits(secret, later - HALF_MINUTE)
    assert check_code(user=ada, code=slow, address=HERE, now=later) == "totp"
    with pytest.raises(Refused):
        check_code(user=ada, code=slow, address=HERE, now=later)
    assert check_code(user=ada, code=digits(secret, later + HALF_MINUTE), address=HERE, now=later) == "totp"


def test_of_two_who_type_the_same_digits_at_once_one_comes_in(
    ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _codes = with_app(ada, now)
    later = now + 4 * HALF_MINUTE
    step = steps_around(later.timestamp())[1]
    monkeypatch.setattr("helpdesk.core.services.accounts.second_factor._step_of", lambda *_a, **_k: step)
    assert check_code(user=ada, code=digits(secret, later), address=HERE, now=later) == "totp"
    with pytest.raises(Refused):
        check_code(user=ada, code=digits(secret, later), address=HERE, now=later)


def test_a_recovery_code_counts_once_and_is_told(ada: User, bob: User, now: datetime) -> None:
    _secret, codes = with_app(ada, now)
    assert check_code(user=ada, code=codes[0].upper().replace("-", " "), address=HERE, now=now) == "recovery"
    assert way_in_of(ada).codes_left == 9
    assert "recovery code was used" in OutgoingMail.objects.latest("pk").text
    for user, code in ((ada, codes[0]), (bob, codes[1])):
        with pytest.raises(Refused):
            check_code(user=user, code=code, address=HERE, now=now)


def test_a18_five_wrong_codes_are_enough_for_a_while(ada: User, now: datetime) -> None:
    secret, _codes = with_app(ada, now)
    for _ in range(5):
        with pytest.raises(Refused):
            check_code(user=ada, code="000000", address=HERE, now=now)
    with pytest.raises(TooMany):
        check_code(user=ada, code="000000", address=HERE, now=now)
    later = now + 4 * HALF_MINUTE
    assert check_code(user=ada, code=digits(secret, later), address="198.51.100.9", now=later) == "totp"


def test_a18_many_networks_together_get_thirty_tries_an_hour(ada: User, now: datetime) -> None:
    with_app(ada, now)
    for n in range(29):  # confirming was the first
        with pytest.raises(Refused):
            check_code(user=ada, code="000000", address=f"198.51.100.{n}", now=now)
    with pytest.raises(TooMany):
        check_code(user=ada, code="000000", address="203.0.113.1", now=now)


def test_the_codes_go_with_the_last_factor(ada: User, now: datetime) -> None:
    _secret, codes = with_app(ada, now)
    key = passkey(ada, now)
    assert list(passkeys_of(ada)) == [key]
    remove_authenticator(user=ada, now=now)
    assert way_in_of(ada) == (False, 1, 10)
    assert way_in_of(ada).has_any
    key.delete()
    with_app(ada, now)
    remove_authenticator(user=ada, now=now)
    remove_authenticator(user=ada, now=now)
    assert way_in_of(ada) == (False, 0, 0)
    assert AuditEntry.objects.filter(verb="removed authenticator").count() == 2
    assert codes


def test_codes_can_be_made_anew_but_not_without_a_factor(ada: User, now: datetime) -> None:
    with pytest.raises(Conflict):
        renew_recovery_codes(user=ada, now=now)
    _secret, old = with_app(ada, now)
    new = renew_recovery_codes(user=ada, now=now)
    assert not set(old) & set(new)
    with pytest.raises(Refused):
        check_code(user=ada, code=old[0], address=HERE, now=now)


def test_codes_that_are_there_stay_when_an_app_comes_later(ada: User, now: datetime) -> None:
    passkey(ada, now)
    renew_recovery_codes(user=ada, now=now)
    assert with_app(ada, now)[1] == []


def test_an_administrator_helps_after_a_lost_phone(carla: User, ada: User, now: datetime) -> None:
    with_app(ada, now)
    passkey(ada, now)
    reset_second_factor(user=ada, by=carla, now=now)
    assert way_in_of(ada) == (False, 0, 0)
    assert "administrator has removed" in OutgoingMail.objects.latest("pk").text
    assert AuditEntry.objects.latest("pk").actor == carla


def test_a14_nobody_opens_the_account_of_somebody_who_may_do_more(
    carla: User, ada: User, now: datetime
) -> None:
    eve = make_user("eve@deskbell.example", "Eve", role_of("People", *map(Permission, ada.permissions)))
    for by, user in ((eve, carla), (ada, carla), (carla, carla)):
        with pytest.raises(Refused):
            reset_second_factor(user=user, by=by, now=now)


def test_a14_nobody_opens_the_account_of_somebody_who_may_do_other_things(now: datetime) -> None:
    eve = make_user("eve@deskbell.example", "Eve", role_of("People", Permission.USERS_EDIT))
    max_ = make_user("max@deskbell.example", "Max", role_of("Settings", Permission.SETTINGS_EDIT))
    with pytest.raises(Refused):
        reset_second_factor(user=max_, by=eve, now=now)


def test_a18_who_began_with_the_password_does_not_know_the_secret_that_is_scanned_later(ada: User) -> None:
    of_a_thief = begin_authenticator(user=ada)
    assert begin_authenticator(user=ada) != of_a_thief


def test_recovery_codes_are_ten_and_differ() -> None:
    codes = make_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(normal_code(code)) == 10 for code in codes)
