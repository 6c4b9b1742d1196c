"""Requests of Acme, a process that holds connections, and short words for coming and going."""

from datetime import datetime
from uuid import uuid4

import pytest

from agents.models import Client, Contact, Device, RoleScope
from helpdesk.core.models import Role, User
from sessions.domain.status import Side, Status, status_of
from sessions.models import Lease, RequestActivity, ServiceRequest, Stay, SupportKey
from sessions.selectors.truth import with_truth
from sessions.services.create import Created, NewRequest, create_request
from sessions.services.keys import use_key
from sessions.services.lease import begin_lease
from sessions.services.presence import connect_customer, connect_technician
from tests.conftest import make_user
from tests.tickets.conftest import make_tickets
from tickets.models import Ticket


@pytest.fixture
def anna(acme: Client) -> Contact:
    return Contact.objects.create(
        client=acme, full_name="Anna Berg", email="anna@acme.example", language="de"
    )


@pytest.fixture
def pc(acme: Client, now: datetime) -> Device:
    return Device.objects.create(client=acme, machine_id="m-1", name="ACME-PC-1", created_at=now)


@pytest.fixture
def gus(globex: Client, role_technician: Role) -> User:
    """A technician whose role covers Globex and nothing else."""
    role = Role.objects.create(name="For Globex", permissions=role_technician.permissions)
    RoleScope.objects.create(role=role, client=globex)
    return make_user("gus@deskbell.example", "Gus Gorman", role)


@pytest.fixture
def ticket(acme: Client, anna: Contact, pc: Device, now: datetime) -> Ticket:
    return make_tickets(1, now, client=acme, contact=anna, device=pc)[0]


@pytest.fixture
def lease(db: None, now: datetime) -> Lease:
    return begin_lease(owner="desk:8000", now=now)


@pytest.fixture
def created(acme: Client, ada: User, now: datetime) -> Created:
    return create_request(new=NewRequest(client=acme, customer_name="Claire Fontaine"), by=ada, now=now)


@pytest.fixture
def request_(created: Created) -> ServiceRequest:
    return created.request


@pytest.fixture
def guest(created: Created, now: datetime) -> SupportKey:
    """The key of the customer who has joined."""
    return use_key(key=created.key, now=now).key


def technician_comes(request: ServiceRequest, user: User, lease: Lease, now: datetime) -> Stay:
    return connect_technician(request=request, by=user, connection=uuid4(), lease=lease, now=now)


def customer_comes(key: SupportKey, lease: Lease, now: datetime) -> Stay:
    return connect_customer(key=key, connection=uuid4(), lease=lease, now=now)


def the_request(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=request.pk)


def truth(request: ServiceRequest, now: datetime) -> Status:
    """As a page reads it."""
    return Status(with_truth(ServiceRequest.objects.filter(pk=request.pk), now=now).get().truth)


def lines(request: ServiceRequest, verb: str = "") -> list[tuple[str, str, str]]:
    """(verb, before, after) of its activity."""
    rows = RequestActivity.objects.filter(request=request).order_by("id")
    return [(row.verb, row.before, row.after) for row in rows if verb in ("", row.verb)]


def agrees(request: ServiceRequest, now: datetime) -> None:
    """What was written, what is read, who is there and what the activity tells are one story."""
    row = the_request(request)
    sides = [stay.side for stay in Stay.objects.filter(request=row, left_at=None).select_related("lease")]
    derived = status_of(
        Status(row.status) if row.is_over else None,
        technicians=sides.count(Side.TECHNICIAN),
        customers=sides.count(Side.CUSTOMER),
        expires_at=row.expires_at,
        now=now,
    )
    assert row.status == derived == truth(row, now)
    assert not (row.is_over and sides)
    told = [Status.NEW.value]
    for _verb, before, after in lines(row, "status"):
        assert before == told[-1]
        told.append(after)
    assert told[-1] == row.status
    given = [(before, after) for verb, before, after in lines(row) if verb in ("taken", "assigned")]
    assert (given[-1][1] if given else "") == str(row.assignee or "")
    held_before = [after for _before, after in given[:-1]]
    assert [before for before, _after in given[1:]] == held_before
