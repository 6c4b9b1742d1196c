"""Who was there, when, and for how long."""

from datetime import datetime, timedelta

import pytest

from helpdesk.core.models import User
from sessions.models import Lease, ServiceRequest, SupportKey
from sessions.selectors.history import activity_of, history_of
from sessions.services.lease import renew_lease
from sessions.services.presence import disconnect
from tests.sessions.conftest import customer_comes, technician_comes

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_each_person_is_told_once_with_their_whole_time(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    first = technician_comes(request_, ada, lease, now)
    technician_comes(request_, ada, lease, now + 2 * SECOND)  # a second window
    customer = customer_comes(guest, lease, now + 4 * SECOND)
    disconnect(stay=first, now=now + 5 * SECOND)
    disconnect(stay=customer, now=now + 8 * SECOND)
    found = history_of(request_, now=now + 10 * SECOND)
    assert [(each.name, each.user, each.time) for each in found.visits] == [
        ("Ada Lovelace", ada, 10 * SECOND),
        ("Claire Fontaine", None, 4 * SECOND),
    ]
    assert found.visits[0].spans == ((now, now + 10 * SECOND),)
    assert found.together == 4 * SECOND


def test_who_fell_silent_stayed_until_last_heard_of(
    request_: ServiceRequest, ada: User, lease: Lease, now: datetime
) -> None:
    technician_comes(request_, ada, lease, now)
    renew_lease(lease=lease, now=now + 5 * SECOND)
    assert history_of(request_, now=now + 60 * SECOND).visits[0].time == 5 * SECOND


def test_the_activity_is_told_from_the_beginning(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    technician_comes(request_, ada, lease, now)
    told = [(line.verb, line.actor_label, line.side) for line in activity_of(request_)]
    assert told == [
        ("created", "Ada Lovelace", "technician"),
        ("key_used", "Claire Fontaine", "customer"),
        ("joined", "Ada Lovelace", "technician"),
        ("status", "", ""),
    ]
