"""One key, one customer, some hours."""

from datetime import datetime, timedelta

import pytest

from helpdesk.core.models import User
from sessions.domain.status import Status
from sessions.domain.support_key import KeyState
from sessions.errors import (
    CodeUnknown,
    CustomerIsThere,
    KeyUsed,
)
from sessions.models import Lease, ServiceRequest, Stay, SupportKey
from sessions.selectors.keys import current_key
from sessions.services import keys
from sessions.services.close import (
    cancel_request,
)
from sessions.services.create import Created
from sessions.services.keys import renew_key, use_key, withdraw_key
from sessions.services.presence import disconnect
from tests.sessions.conftest import customer_comes, lines, the_request, truth

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
DAY = 24 * HOUR


def test_withdrawing_leaves_who_is_there_and_lets_nobody_come_back(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    customer_comes(guest, lease, now)
    withdraw_key(request=request_, by=ada, now=now)
    assert truth(request_, now) is Status.PENDING
    with pytest.raises(CodeUnknown):
        customer_comes(guest, lease, now)


def test_a_code_that_was_given_is_never_given_again(
    created: Created, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = iter([created.key.code, "482913067"])
    monkeypatch.setattr(keys, "make_code", lambda: next(made))
    assert keys.fresh_code() == "482913067"


def test_nobody_cancels_without_having_joined(created: Created, ada: User, now: datetime) -> None:
    with pytest.raises(CodeUnknown):
        cancel_request(key=created.key, now=now)
    used = use_key(key=created.key, now=now).key
    withdraw_key(request=created.request, by=ada, now=now)
    with pytest.raises(CodeUnknown):
        cancel_request(key=used, now=now)


def test_a_key_lets_one_customer_in(created: Created, now: datetime) -> None:
    joined = use_key(key=created.key, now=now)
    assert joined.guest_key.startswith("dbg_")
    assert joined.guest_key not in str(SupportKey.objects.values().get())
    with pytest.raises(KeyUsed):
        use_key(key=created.key, now=now)


def test_a_key_that_has_lapsed_or_was_withdrawn_lets_nobody_in(
    created: Created, ada: User, now: datetime
) -> None:
    with pytest.raises(CodeUnknown):
        use_key(key=created.key, now=now + 4 * HOUR)
    for _twice in range(2):
        withdraw_key(request=created.request, by=ada, now=now)
    with pytest.raises(CodeUnknown):
        use_key(key=created.key, now=now)
    assert len(lines(created.request, "key_withdrawn")) == 1


def test_a_renewed_key_has_the_same_code_and_four_hours_more(
    created: Created, ada: User, now: datetime
) -> None:
    key = renew_key(request=created.request, by=ada, now=now + 5 * HOUR)
    assert (key, key.code, key.expires_at) == (created.key, created.key.code, now + 9 * HOUR)
    assert renew_key(request=created.request, by=ada, now=now + 23 * HOUR).expires_at == now + DAY


def test_after_a_withdrawal_the_code_is_another(created: Created, ada: User, now: datetime) -> None:
    withdraw_key(request=created.request, by=ada, now=now)
    key = renew_key(request=created.request, by=ada, now=now)
    assert key.code != created.key.code
    assert the_request(created.request).code == key.code
    assert current_key(created.request) == key
    assert use_key(key=key, now=now).key.state(now) is KeyState.USED


def test_a_customer_who_is_there_needs_no_code_and_one_who_left_gives_way(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    stay = customer_comes(guest, lease, now)
    with pytest.raises(CustomerIsThere):
        renew_key(request=request_, by=ada, now=now)
    disconnect(stay=stay, now=now)
    customer_comes(guest, lease, now + SECOND)  # comes back, as long as the key was not renewed
    disconnect(stay=Stay.objects.latest("id"), now=now + SECOND)
    other = renew_key(request=request_, by=ada, now=now + SECOND)
    assert other.code != guest.code
    with pytest.raises(CodeUnknown):
        customer_comes(guest, lease, now + SECOND)
