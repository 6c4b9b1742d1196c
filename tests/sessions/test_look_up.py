"""Typing a code: what is found, and that guessing is hopeless (A31)."""

from datetime import datetime, timedelta

import pytest

from helpdesk.core.errors import TooMany
from helpdesk.core.models import User
from sessions.domain.code import CODES, make_code, spoken
from sessions.errors import CodeUnknown, KeyUsed, RequestInvalid
from sessions.models import SupportKey
from sessions.services.close import cancel_request
from sessions.services.create import Created
from sessions.services.keys import renew_key, use_key, withdraw_key
from sessions.services.look_up import WINDOW_SECONDS, WRONG_PER_ADDRESS, WRONG_PER_DESK, look_up_code

pytestmark = pytest.mark.django_db
HERE = "203.0.113.7"
TEN_MINUTES = timedelta(seconds=WINDOW_SECONDS)


def look(typed: str, now: datetime, address: str = HERE) -> SupportKey:
    return look_up_code(typed=typed, address=address, now=now)


def miss(now: datetime, address: str = HERE) -> None:
    with pytest.raises(CodeUnknown):
        look(make_code(), now, address)


def test_a_code_is_found_as_it_was_told(created: Created, now: datetime) -> None:
    assert look(f" {spoken(created.key.code)}", now) == created.key


def test_what_is_no_code_is_told_so_and_counts_for_nothing(created: Created, now: datetime) -> None:
    for _try in range(WRONG_PER_ADDRESS + 1):
        with pytest.raises(RequestInvalid) as refused:
            look("482 913", now)
    assert "nine digits" in (refused.value.fields or {})["code"]
    assert look(created.key.code, now) == created.key


def test_a_code_that_is_over_is_not_known(created: Created, ada: User, now: datetime) -> None:
    code = created.key.code
    with pytest.raises(CodeUnknown):
        look(code, now + timedelta(hours=4))
    withdraw_key(request=created.request, by=ada, now=now)
    with pytest.raises(CodeUnknown):
        look(code, now)
    key = use_key(key=renew_key(request=created.request, by=ada, now=now), now=now).key
    with pytest.raises(KeyUsed):
        look(key.code, now)
    cancel_request(key=key, now=now)
    with pytest.raises(CodeUnknown):
        look(key.code, now)


def test_right_codes_are_not_counted(created: Created, now: datetime) -> None:
    for _try in range(WRONG_PER_DESK + 1):
        look(created.key.code, now)


def test_a31_an_address_has_ten_wrong_codes_and_then_waits(created: Created, now: datetime) -> None:
    for _try in range(WRONG_PER_ADDRESS):
        miss(now)
    for wrong_or_right in (make_code(), created.key.code):
        with pytest.raises(TooMany):
            look(wrong_or_right, now)
    assert look(created.key.code, now, "198.51.100.1") == created.key
    assert look(created.key.code, now + TEN_MINUTES) == created.key


def test_a20_the_addresses_of_one_household_are_one(now: datetime) -> None:
    for last in range(WRONG_PER_ADDRESS):
        miss(now, f"2001:db8:1:1::{last:x}")
    with pytest.raises(TooMany):
        look(make_code(), now, "2001:db8:1:1:ffff::1")


def test_a31_many_addresses_together_are_stopped_too(created: Created, now: datetime) -> None:
    for number in range(WRONG_PER_DESK):
        miss(now, f"198.51.100.{number}")
    with pytest.raises(TooMany):
        look(created.key.code, now, "192.0.2.1")
    assert look(created.key.code, now + TEN_MINUTES, "192.0.2.1") == created.key


def test_a31_one_address_alone_does_not_stop_the_others(created: Created, now: datetime) -> None:
    for _try in range(WRONG_PER_ADDRESS):
        miss(now)
    for _try in range(WRONG_PER_DESK * 2):
        with pytest.raises(TooMany):
            look(make_code(), now)
    assert look(created.key.code, now, "192.0.2.1") == created.key


@pytest.mark.parametrize(("keys", "once_in_days"), [(20, 5_000), (1_000, 100)])
def test_a31_guessing_a_thousand_a_second_for_a_day_is_hopeless(keys: int, once_in_days: int) -> None:
    """With so many valid keys at every moment, whatever the number of addresses. The plain codes that are
    never given make the others more likely by less than a quarter of a percent.
    """
    asked = 1_000 * 24 * 3_600
    looked = min(asked, WRONG_PER_DESK * 24 * 3_600 // WINDOW_SECONDS)
    assert looked < asked / 9_000
    assert looked * keys / (CODES * 0.9975) < 1 / once_in_days


def test_a31_guessing_through_a_whole_hour_sees_no_more_than_the_brake_lets_through(
    now: datetime,
) -> None:
    """A guess each six seconds here, from ever new addresses; the brake does not care how many more come."""
    looked = 0
    for second in range(0, 3_600, 6):
        address = f"10.{second % 200}.{second // 200}.1"
        try:
            look(make_code(), now + timedelta(seconds=second), address)
        except CodeUnknown:
            looked += 1
        except TooMany:
            continue
    assert looked <= WRONG_PER_DESK * 6
