"""Rows A18 (enumeration, guessing) and A20 (a spoofed address) of the attacks."""

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth import hashers

from helpdesk.core.errors import DeskbellError, Refused, TooMany
from helpdesk.core.models import User
from helpdesk.core.services.sign_in import check_credentials
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


def try_in(email: str, password: str, now: datetime, address: str = HOME) -> DeskbellError | User:
    try:
        return check_credentials(email=email, password=password, address=address, now=now)
    except DeskbellError as error:
        return error


def test_the_right_password_opens(ada: User, now: datetime) -> None:
    assert try_in(" ADA@deskbell.example", PASSWORD, now) == ada


def test_a18_wrong_unknown_deactivated_and_throttled_sound_the_same(
    ada: User, bob: User, now: datetime
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    answers = [
        try_in(ada.email, "wrong", now),
        try_in("nobody@deskbell.example", "wrong", now),
        try_in(bob.email, PASSWORD, now),
    ]
    answers += [try_in(ada.email, "wrong", now) for _ in range(5)]
    assert isinstance(answers[0], Refused)
    assert isinstance(answers[-1], TooMany)
    assert len({(str(a), a.code) for a in answers if isinstance(a, DeskbellError)}) == 1


def test_a18_an_unknown_address_costs_one_hash_like_a_known_one(ada: User, now: datetime) -> None:
    hasher = type(hashers.get_hasher())
    counts = []
    for email in (ada.email, "nobody@deskbell.example"):
        with patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as encode:
            try_in(email, "wrong", now)
        counts.append(encode.call_count)
    assert counts[0] == counts[1] == 1


def test_a18_the_sixth_guess_is_not_even_checked(ada: User, now: datetime) -> None:
    for _ in range(5):
        assert isinstance(try_in(ada.email, "wrong", now), Refused)
    assert isinstance(try_in(ada.email, PASSWORD, now), TooMany)
    assert try_in(ada.email, PASSWORD, now + timedelta(minutes=15)) == ada


def test_a_stranger_cannot_lock_anybody_out(ada: User, now: datetime) -> None:
    for _ in range(20):
        try_in(ada.email, "wrong", now, address=ELSEWHERE)
    assert try_in(ada.email, PASSWORD, now, address=HOME) == ada


def test_one_address_cannot_try_one_password_on_everybody(ada: User, now: datetime) -> None:
    for number in range(50):
        assert isinstance(try_in(f"user{number}@deskbell.example", "Winter2026!!", now), Refused)
    assert isinstance(try_in(ada.email, PASSWORD, now), TooMany)


def test_signing_in_often_is_no_attack(ada: User, now: datetime) -> None:
    assert all(try_in(ada.email, PASSWORD, now) == ada for _ in range(60))


def test_too_many_says_how_long_to_wait(ada: User, now: datetime) -> None:
    for _ in range(5):
        try_in(ada.email, "wrong", now)
    answer = try_in(ada.email, "wrong", now + timedelta(minutes=1))
    assert isinstance(answer, TooMany)
    assert answer.retry_after_seconds == 14 * 60


def test_a27_passwords_are_kept_as_argon2(now: datetime) -> None:
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        user = User.objects.create_user("eve@deskbell.example", "Eve", PASSWORD)
        assert user.password.startswith("argon2$argon2id$")
        assert PASSWORD not in user.password
        assert try_in(user.email, PASSWORD, now) == user


def test_the_product_itself_hashes_with_argon2_and_wants_12_characters() -> None:
    import subprocess
    import sys

    code = "from helpdesk import settings as s; print(s.PASSWORD_HASHERS[0], s.AUTH_PASSWORD_VALIDATORS[1])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "Argon2PasswordHasher" in out
    assert "'min_length': 12" in out
