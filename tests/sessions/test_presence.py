"""Who comes, goes, falls silent, and what that makes of a request."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from agents.models import Client
from helpdesk.core.models import User
from sessions.domain.status import LEASE_FOR, Status
from sessions.errors import (
    LineLost,
    NoNewJoins,
    TooManySessions,
)
from sessions.models import Lease, ServiceRequest, Stay, SupportKey
from sessions.services import lease as leases
from sessions.services.close import (
    forget_leases,
    settle_requests,
)
from sessions.services.create import NewRequest, create_request
from sessions.services.keys import renew_key, use_key
from sessions.services.presence import connect_customer, connect_technician, disconnect
from tests.sessions.conftest import agrees, customer_comes, lines, technician_comes, the_request, truth

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
DAY = 24 * HOUR


def test_it_is_pending_with_one_in_progress_with_both_and_falls_back(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    customer = customer_comes(guest, lease, now)
    assert truth(request_, now) is Status.PENDING
    technician = technician_comes(request_, ada, lease, now)
    assert truth(request_, now) is Status.IN_PROGRESS
    disconnect(stay=customer, now=now + SECOND)
    assert truth(request_, now) is Status.PENDING
    disconnect(stay=technician, now=now + SECOND)
    disconnect(stay=technician, now=now + SECOND)
    assert [after for _verb, _before, after in lines(request_, "status")] == [
        "pending",
        "in_progress",
        "pending",
        "new",
    ]
    agrees(request_, now + SECOND)


def test_the_same_connection_comes_again_after_a_gap(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    connection = uuid4()
    stays = [
        connect_technician(request=request_, by=ada, connection=connection, lease=held, now=now)
        for held in (lease, lease, leases.begin_lease(owner="another", now=now))
    ]
    assert len(set(stays)) == 1
    assert Stay.objects.get().lease != lease
    connection = uuid4()
    comings = [connect_customer(key=guest, connection=connection, lease=lease, now=now) for _twice in "12"]
    assert comings[0] == comings[1]


def test_a30_the_connection_of_somebody_else_is_not_taken_over(
    request_: ServiceRequest,
    guest: SupportKey,
    acme: Client,
    ada: User,
    bob: User,
    lease: Lease,
    now: datetime,
) -> None:
    other = create_request(new=NewRequest(client=acme), by=bob, now=now).request
    theirs = technician_comes(request_, ada, lease, now)
    name = theirs.connection
    with pytest.raises(LineLost):
        connect_customer(key=guest, connection=name, lease=lease, now=now)
    with pytest.raises(LineLost):
        connect_technician(request=other, by=ada, connection=name, lease=lease, now=now)
    assert Stay.objects.get() == theirs
    agrees(request_, now)


def test_what_a_killed_process_held_counts_for_fifteen_seconds(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    technician_comes(request_, ada, lease, now)
    customer_comes(guest, lease, now)
    assert truth(request_, now + LEASE_FOR - SECOND) is Status.IN_PROGRESS
    late = now + LEASE_FOR
    assert truth(request_, late) is Status.NEW
    assert the_request(request_).status == Status.IN_PROGRESS
    settle_requests(late)
    settle_requests(late)
    agrees(request_, late)
    assert {stay.left_at for stay in Stay.objects.all()} == {now}
    assert len(lines(request_, "lost")) == 2
    with pytest.raises(LineLost):
        leases.renew_lease(lease=lease, now=late)
    with pytest.raises(LineLost):
        technician_comes(request_, ada, lease, late)


def test_who_says_in_time_that_it_lives_keeps_what_it_holds(
    request_: ServiceRequest, ada: User, lease: Lease, now: datetime
) -> None:
    technician_comes(request_, ada, lease, now)
    leases.renew_lease(lease=lease, now=now + 10 * SECOND)
    assert truth(request_, now + 20 * SECOND) is Status.PENDING


def test_a_process_that_starts_again_ends_what_it_held_before(
    request_: ServiceRequest, ada: User, lease: Lease, now: datetime
) -> None:
    technician_comes(request_, ada, lease, now)
    leases.begin_lease(owner=lease.owner, now=now + SECOND)
    agrees(request_, now + SECOND)
    with pytest.raises(LineLost):
        leases.renew_lease(lease=lease, now=now + SECOND)
    assert the_request(request_).status == Status.NEW


def test_leases_without_anybody_go_after_a_week(lease: Lease, now: datetime) -> None:
    leases.end_lease(lease=lease, now=now)
    forget_leases(now + timedelta(days=7))
    assert Lease.objects.exists()
    forget_leases(now + timedelta(days=8))
    assert not Lease.objects.exists()


def test_after_a_day_it_is_expired_whether_or_not_anybody_wrote_so(
    request_: ServiceRequest, guest: SupportKey, lease: Lease, now: datetime
) -> None:
    late = now + DAY
    lease = leases.begin_lease(owner="later", now=late - SECOND)
    customer_comes(guest, lease, late - SECOND)
    assert truth(request_, late - SECOND) is Status.PENDING
    assert truth(request_, late) is Status.EXPIRED
    settle_requests(late + SECOND)
    agrees(request_, late + SECOND)
    row = the_request(request_)
    assert (row.ended_at, row.reason, row.ended_by) == (late, "", None)
    assert Stay.objects.get().left_at == late + SECOND


def test_who_is_live_then_finishes_and_nobody_joins(
    request_: ServiceRequest, guest: SupportKey, ada: User, bob: User, now: datetime
) -> None:
    late = now + DAY
    lease, connection = leases.begin_lease(owner="later", now=late - SECOND), uuid4()
    customer = customer_comes(guest, lease, late - SECOND)
    connect_technician(request=request_, by=ada, connection=connection, lease=lease, now=late - SECOND)
    settle_requests(late)
    assert truth(request_, late) is Status.IN_PROGRESS
    for join in (technician_comes(request_, bob, lease, late - SECOND),):
        disconnect(stay=join, now=late)
    for refused in (
        lambda: technician_comes(request_, bob, lease, late),
        lambda: customer_comes(guest, lease, late),
        lambda: renew_key(request=request_, by=ada, now=late),
        lambda: use_key(key=guest, now=late),
    ):
        with pytest.raises(NoNewJoins):
            refused()
    connect_technician(request=request_, by=ada, connection=connection, lease=lease, now=late)
    disconnect(stay=customer, now=late + 5 * SECOND)
    assert (the_request(request_).status, the_request(request_).ended_at) == ("expired", late + 5 * SECOND)
    agrees(request_, late + 5 * SECOND)


def test_the_ninth_session_is_refused_with_a_sentence(
    acme: Client, ada: User, bob: User, lease: Lease, now: datetime
) -> None:
    rows = [create_request(new=NewRequest(client=acme), by=ada, now=now).request for _ in range(9)]
    stays = [technician_comes(row, ada, lease, now) for row in rows[:8]]
    with pytest.raises(TooManySessions, match="8 sessions at once"):
        technician_comes(rows[8], ada, lease, now)
    technician_comes(rows[0], ada, lease, now)  # a second window
    technician_comes(rows[8], bob, lease, now)
    disconnect(stay=stays[1], now=now)
    technician_comes(rows[8], ada, lease, now)
