from datetime import datetime

import pytest

from helpdesk.core.domain.address import brake_of
from helpdesk.core.errors import Refused, TooMany
from helpdesk.core.models import User
from helpdesk.core.services.sign_in import check_credentials


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::4", "2001:db8:1:3::/64"),
        ("", ""),
    ],
)
def test_a20_an_ipv6_household_counts_as_one(address: str, counted: str) -> None:
    assert brake_of(address) == counted


@pytest.mark.django_db
def test_a20_hopping_through_a_64_does_not_defeat_the_brake(ada: User, now: datetime) -> None:
    for number in range(5):
        with pytest.raises(Refused):
            check_credentials(email=ada.email, password="wrong", address=f"2001:db8::{number}", now=now)
    with pytest.raises(TooMany):
        check_credentials(email=ada.email, password="wrong", address="2001:db8::ffff", now=now)
