"""Who sees which request, and what is read is true."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from agents.models import Client, Contact, Device
from helpdesk.core.models import Role, Team, User
from sessions.domain.kinds import Reason
from sessions.domain.status import Status
from sessions.errors import CodeUnknown, RequestNotFound
from sessions.models import Lease, ServiceRequest, SupportKey
from sessions.selectors.access import may_serve, request_by_technician_link, request_for, requests_visible_to
from sessions.selectors.keys import key_of_guest, key_of_link
from sessions.selectors.links import customer_link, technician_link
from sessions.selectors.queue import (
    counts,
    customers_before,
    ended_requests,
    open_request_of,
    people_there,
    queue,
    run_out,
)
from sessions.services.close import close_request
from sessions.services.create import Created, NewRequest, create_request
from sessions.services.keys import renew_key, use_key, withdraw_key
from sessions.services.presence import disconnect
from tests.conftest import make_user
from tests.sessions.conftest import customer_comes, technician_comes
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def ask(now: datetime, by: User | None = None, **facts: Any) -> Created:
    return create_request(new=NewRequest(**facts), by=by, now=now)


def waiting(lease: Lease, now: datetime, **facts: Any) -> ServiceRequest:
    created = ask(now, **facts)
    customer_comes(use_key(key=created.key, now=now).key, lease, now)
    return created.request


def test_a_technician_sees_the_requests_of_the_clients_of_the_role(
    acme: Client, globex: Client, ada: User, gus: User, now: datetime
) -> None:
    one, other, nobodys = (ask(now, client=client).request for client in (acme, globex, None))
    assert set(requests_visible_to(ada)) == {one, other, nobodys}
    assert set(requests_visible_to(gus)) == {other}
    assert not requests_visible_to(AnonymousUser()).exists()
    assert not requests_visible_to(make_user("no@deskbell.example", "No Role")).exists()


def test_one_without_a_client_is_for_its_team_its_assignee_and_its_creator(
    acme: Client, ada: User, gus: User, now: datetime
) -> None:
    team = Team.objects.create(name="First line")
    team.members.add(gus)
    mine = {
        ask(now, team=team).request,
        ask(now, assignee=gus).request,
        ask(now, by=gus).request,
    }
    ask(now, client=acme, team=team, by=gus)
    assert set(requests_visible_to(gus)) == mine


def test_a11_a_stranger_finds_neither_code_nor_link(
    request_: ServiceRequest, ada: User, gus: User, now: datetime
) -> None:
    link = technician_link(request_)
    assert request_for(ada, request_.code, now=now) == request_
    assert request_by_technician_link(ada, link, now=now) == request_
    for user, code in ((gus, request_.code), (ada, "000000000")):
        with pytest.raises(RequestNotFound):
            request_for(user, code, now=now)
    for user, token in ((gus, link), (ada, link[:-2] + "xx")):
        with pytest.raises(RequestNotFound):
            request_by_technician_link(user, token, now=now)


def test_who_may_serve(
    acme: Client, globex: Client, ada: User, gus: User, role_technician: Role, now: datetime
) -> None:
    of_acme, of_globex, nobodys = (ask(now, client=client).request for client in (acme, globex, None))
    assert all(may_serve(ada, row) for row in (of_acme, of_globex, nobodys))
    assert [may_serve(gus, row) for row in (of_acme, of_globex, nobodys)] == [False, True, True]
    gone = make_user("gone@deskbell.example", "Gone", role_technician)
    gone.is_active = False
    assert not may_serve(gone, nobodys)


def test_a31_the_customers_link_is_good_for_the_customer_alone(created: Created, now: datetime) -> None:
    link = customer_link(created.key)
    assert key_of_link(link) == created.key
    for other in (technician_link(created.request), link[:-2] + "xx", ""):
        with pytest.raises(CodeUnknown):
            key_of_link(other)


def test_a_customer_is_known_by_what_they_got_when_joining(
    created: Created, ada: User, now: datetime
) -> None:
    guest = use_key(key=created.key, now=now).guest_key
    assert key_of_guest(guest) == created.key
    withdraw_key(request=created.request, by=ada, now=now)
    for shown in (guest, "", "dbg_guess"):
        with pytest.raises(CodeUnknown):
            key_of_guest(shown)


def test_who_waits_longest_comes_first(
    acme: Client, ada: User, lease: Lease, now: datetime, django_assert_num_queries: object
) -> None:
    new = ask(now, client=acme).request
    second, first = waiting(lease, now), waiting(lease, now - MINUTE)
    live = waiting(lease, now)
    technician_comes(live, ada, lease, now)
    held = ask(now).request
    technician_comes(held, ada, lease, now)
    ada.may("tickets.view")
    with django_assert_num_queries(1):  # type: ignore[operator]
        rows = queue(ada, now=now)
    assert rows == [first, second, held, live, new]
    assert rows[0].customer_since == now - MINUTE  # type: ignore[attr-defined]


def test_what_has_run_out_is_not_in_the_queue_but_told(ada: User, lease: Lease, now: datetime) -> None:
    old = ask(now - DAY).request
    assert queue(ada, now=now) == []
    assert run_out(ada, now=now) == [old]
    assert open_request_of_none(ada, now)


def open_request_of_none(user: User, now: datetime) -> bool:
    return counts(user, now=now)[Status.EXPIRED] == 1 and counts(user, now=now)[Status.NEW] == 0


def test_each_status_is_counted_as_the_user_sees_them(
    acme: Client, globex: Client, ada: User, gus: User, lease: Lease, now: datetime
) -> None:
    waiting(lease, now, client=acme)
    ask(now, client=globex)
    over = ask(now, client=globex).request
    close_request(request=over, reason=Reason.NOT_NEEDED, by=ada, now=now)
    assert counts(ada, now=now) == {"new": 1, "pending": 1, "in_progress": 0, "closed": 1, "expired": 0}
    assert counts(gus, now=now)[Status.PENDING] == 0
    assert list(ended_requests(gus, now=now)) == [over]
    assert list(ended_requests(gus, now=now, status=Status.CLOSED)) == [over]
    assert list(ended_requests(gus, now=now, status=Status.EXPIRED)) == []


def test_a_waiting_customer_hears_how_many_came_before(lease: Lease, now: datetime) -> None:
    team = Team.objects.create(name="First line")
    rows = [waiting(lease, now - minutes * MINUTE / 10, team=team) for minutes in (2, 1, 1)]
    waiting(lease, now - MINUTE / 5)  # for another team
    assert [customers_before(row, now=now) for row in rows] == [0, 1, 2]
    assert customers_before(ask(now, team=team).request, now=now) == 0


def test_a_forgotten_open_request_is_found_again(
    ticket: Ticket, anna: Contact, pc: Device, now: datetime
) -> None:
    ask(now - DAY, contact=anna)
    row = ask(now, ticket=ticket).request
    for thing in (ticket, anna, pc):
        assert open_request_of(thing, now=now) == row
        assert open_request_of(thing, now=now + DAY) is None


def test_people_with_two_windows_are_there_once(
    request_: ServiceRequest, guest: SupportKey, ada: User, bob: User, lease: Lease, now: datetime
) -> None:
    stays = [technician_comes(request_, user, lease, now) for user in (ada, bob, ada)]
    customer = customer_comes(guest, lease, now)
    assert people_there(request_, now=now) == [stays[0], stays[1], customer]
    disconnect(stay=stays[0], now=now)
    assert people_there(request_, now=now) == [stays[1], stays[2], customer]
    assert people_there(request_, now=now + DAY) == []


def test_a32_a_second_customer_is_never_out_of_sight(
    request_: ServiceRequest, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    """After a withdrawal a new code lets another one in, while the first may still be there."""
    first = customer_comes(guest, lease, now)
    withdraw_key(request=request_, by=ada, now=now)
    key = use_key(key=renew_key(request=request_, by=ada, now=now), now=now).key
    second = customer_comes(key, lease, now)
    assert people_there(request_, now=now) == [first, second]
