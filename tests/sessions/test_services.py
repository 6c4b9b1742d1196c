"""A request from its creation to its end."""

from datetime import datetime, timedelta

import pytest

from agents.models import Client, Contact, Device
from helpdesk.core.errors import DeskbellError
from helpdesk.core.events import Event, hub
from helpdesk.core.models import Organisation, Team, User
from sessions.domain.kinds import Origin, Outcome, Reason
from sessions.domain.status import Status
from sessions.errors import (
    AlreadyAssigned,
    CodeUnknown,
    LineLost,
    NotYours,
    RequestInvalid,
    RequestOver,
)
from sessions.models import Lease, RequestActivity, ServiceRequest, Stay, SupportKey
from sessions.services.assign import assign_request, assign_team, take_request
from sessions.services.change import move
from sessions.services.close import (
    cancel_request,
    close_request,
    set_outcome,
)
from sessions.services.create import Created, NewRequest, create_request
from sessions.services.keys import renew_key, use_key, withdraw_key
from sessions.services.presence import disconnect
from tests.sessions.conftest import agrees, customer_comes, lines, technician_comes, the_request
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
DAY = 24 * HOUR


def close(request: ServiceRequest, by: User, now: datetime, **more: object) -> None:
    close_request(request=request, reason=Reason.DONE, by=by, now=now, **more)  # type: ignore[arg-type]


def test_a_new_request_lives_a_day_and_its_key_four_hours(created: Created, ada: User, now: datetime) -> None:
    row = created.request
    assert (row.status, row.expires_at, row.created_by) == (Status.NEW, now + DAY, ada)
    assert (created.key.expires_at, created.key.code) == (now + 4 * HOUR, row.code)
    assert str(row) == f"{row.code[:3]} {row.code[3:6]} {row.code[6:]}"
    agrees(row, now)


def test_the_organisation_sets_both_times(acme: Client, ada: User, now: datetime) -> None:
    Organisation.objects.filter(pk=1).update(request_hours=2, support_key_hours=3)
    created = create_request(new=NewRequest(client=acme), by=ada, now=now)
    assert created.request.expires_at == created.key.expires_at == now + 2 * HOUR


def test_a_ticket_fills_in_what_was_not_said(ticket: Ticket, anna: Contact, ada: User, now: datetime) -> None:
    row = create_request(new=NewRequest(origin=Origin.TICKET, ticket=ticket), by=ada, now=now).request
    assert (row.description, row.customer_name, row.customer_email) == (
        ticket.subject,
        "Anna Berg",
        "anna@acme.example",
    )
    assert (row.client_id, row.contact, row.device, row.language) == (
        ticket.client_id,
        anna,
        ticket.device,
        "de",
    )


def test_so_do_a_person_and_a_device(anna: Contact, pc: Device, now: datetime) -> None:
    one = create_request(new=NewRequest(contact=anna, origin=Origin.PAGE), by=None, now=now).request
    other = create_request(new=NewRequest(device=pc, origin=Origin.SOS), by=None, now=now).request
    assert (one.customer_email, one.client_id) == ("anna@acme.example", anna.client_id)
    assert (other.client_id, other.customer_name, other.created_by) == (pc.client_id, "", None)


def test_an_open_request_of_a_ticket_is_found_again(ticket: Ticket, ada: User, now: datetime) -> None:
    new = NewRequest(origin=Origin.TICKET, ticket=ticket)
    first = create_request(new=new, by=ada, now=now)
    again = create_request(new=new, by=ada, now=now + HOUR)
    assert (again.request, again.key, again.is_new) == (first.request, first.key, False)
    late = create_request(new=new, by=ada, now=now + DAY)
    assert late.is_new
    assert the_request(first.request).status == Status.EXPIRED
    close(late.request, ada, now + DAY)
    assert create_request(new=new, by=ada, now=now + DAY).is_new


def test_what_is_too_long_or_no_address_is_named(ada: User, now: datetime) -> None:
    new = NewRequest(customer_name="x" * 101, customer_email="not one", custom_data="y" * 4001)
    with pytest.raises(RequestInvalid) as refused:
        create_request(new=new, by=ada, now=now)
    assert set(refused.value.fields or ()) == {"customer_name", "customer_email", "custom_data"}
    long = NewRequest(customer_email="a@" + "b" * 260 + ".example")
    with pytest.raises(RequestInvalid):
        create_request(new=long, by=ada, now=now)


def test_it_can_be_given_to_somebody_from_the_start(
    acme: Client, ada: User, bob: User, gus: User, now: datetime
) -> None:
    row = create_request(new=NewRequest(client=acme, assignee=bob), by=ada, now=now).request
    assert (row.assignee, row.assigned_at) == (bob, now)
    agrees(row, now)
    with pytest.raises(RequestInvalid):
        create_request(new=NewRequest(client=acme, assignee=gus), by=ada, now=now)


def test_the_first_to_take_it_has_it_and_the_second_hears_who(
    request_: ServiceRequest, ada: User, bob: User, now: datetime
) -> None:
    take_request(request=request_, by=ada, now=now)
    take_request(request=request_, by=ada, now=now)
    with pytest.raises(AlreadyAssigned, match="Ada Lovelace took this service request first"):
        take_request(request=request_, by=bob, now=now)
    agrees(request_, now)


def test_it_goes_to_a_colleague_and_back_to_nobody(
    request_: ServiceRequest, ada: User, bob: User, gus: User, now: datetime
) -> None:
    assign_request(request=request_, to=bob, by=ada, now=now)
    with pytest.raises(AlreadyAssigned, match="Bob Kahn"):
        assign_request(request=request_, to=ada, by=ada, now=now)  # shown before Bob had it
    assign_request(request=request_, to=bob, by=ada, now=now)
    assign_request(request=the_request(request_), to=None, by=ada, now=now)
    assert the_request(request_).assigned_at is None
    with pytest.raises(RequestInvalid):
        assign_request(request=request_, to=gus, by=ada, now=now)
    agrees(request_, now)


def test_who_gave_it_back_meanwhile_has_no_name(
    request_: ServiceRequest, ada: User, bob: User, now: datetime
) -> None:
    assign_request(request=request_, to=bob, by=ada, now=now)
    seen = the_request(request_)
    assign_request(request=seen, to=None, by=bob, now=now)
    with pytest.raises(AlreadyAssigned, match="Somebody else"):
        assign_request(request=seen, to=ada, by=ada, now=now)


def test_it_moves_to_the_queue_of_a_team(request_: ServiceRequest, ada: User, now: datetime) -> None:
    team = Team.objects.create(name="First line")
    for to in (team, team, None):
        assign_team(request=request_, to=to, by=ada, now=now)
    assert lines(request_, "team") == [("team", "", "First line"), ("team", "First line", "")]


def test_a_technician_closes_and_everybody_is_out(
    request_: ServiceRequest, guest: SupportKey, ada: User, bob: User, lease: Lease, now: datetime
) -> None:
    customer = customer_comes(guest, lease, now)
    technician_comes(request_, ada, lease, now)
    close(request_, bob, now + SECOND, note_text=" Done. ", outcome=Outcome.RESOLVED)
    row = the_request(request_)
    assert (row.status, row.reason, row.closing_note, row.outcome) == ("closed", "done", "Done.", "resolved")
    assert (row.ended_by, row.ended_at) == (bob, now + SECOND)
    disconnect(stay=customer, now=now + HOUR)
    assert {stay.left_at for stay in Stay.objects.all()} == {now + SECOND}
    agrees(row, now + HOUR)


def test_a14_its_creator_closes_it_and_a_stranger_does_not(
    request_: ServiceRequest, ada: User, gus: User, now: datetime
) -> None:
    with pytest.raises(NotYours):
        close(request_, gus, now)
    ServiceRequest.objects.filter(pk=request_.pk).update(created_by=gus)
    close(the_request(request_), gus, now)
    assert the_request(request_).status == Status.CLOSED


def test_a_closing_note_has_an_end(request_: ServiceRequest, ada: User, now: datetime) -> None:
    with pytest.raises(RequestInvalid):
        close(request_, ada, now, note_text="x" * 1001)


def test_what_is_over_stays_over(
    created: Created, guest: SupportKey, ada: User, lease: Lease, now: datetime
) -> None:
    row = created.request
    close(row, ada, now)
    for deed in (
        lambda: close(row, ada, now),
        lambda: cancel_request(key=guest, now=now),
        lambda: take_request(request=row, by=ada, now=now),
        lambda: assign_request(request=row, to=ada, by=ada, now=now),
        lambda: assign_team(request=row, to=None, by=ada, now=now),
        lambda: technician_comes(row, ada, lease, now),
        lambda: customer_comes(guest, lease, now),
        lambda: renew_key(request=row, by=ada, now=now),
        lambda: withdraw_key(request=row, by=ada, now=now),
        lambda: use_key(key=created.key, now=now),
    ):
        with pytest.raises(RequestOver):
            deed()
    agrees(row, now)


def test_of_two_ends_the_row_count_decides(request_: ServiceRequest, ada: User, now: datetime) -> None:
    close(request_, ada, now)
    with pytest.raises(RequestOver):
        move(request_, Status.EXPIRED, now=now, ended_at=now)


def test_the_customer_cancels(request_: ServiceRequest, guest: SupportKey, now: datetime) -> None:
    cancel_request(key=guest, now=now)
    row = the_request(request_)
    assert (row.status, row.reason, row.ended_by) == ("closed", "cancelled", None)
    told = RequestActivity.objects.get(verb="cancelled")
    assert (told.actor_label, told.side) == ("Claire Fontaine", "customer")


def test_what_came_of_it_can_be_said_later(
    request_: ServiceRequest, ada: User, gus: User, now: datetime
) -> None:
    close(request_, ada, now)
    for _twice in range(2):
        set_outcome(request=request_, outcome=Outcome.UNRESOLVED, by=ada, now=now)
    assert lines(request_, "outcome") == [("outcome", "unknown", "unresolved")]
    with pytest.raises(NotYours):
        set_outcome(request=request_, outcome=Outcome.RESOLVED, by=gus, now=now)


def test_a12_open_pages_hear_of_it_after_the_commit_by_its_id_alone(
    acme: Client, ada: User, now: datetime, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[Event] = []
    end = hub.subscribe(heard.append)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        row = create_request(new=NewRequest(client=acme), by=ada, now=now).request
        assert heard == []
    end()
    assert [(each.name, each.ref, each.client_id) for each in heard] == [
        ("request", str(row.public_id), acme.pk)
    ]


def test_errors_speak_to_people(db: None) -> None:
    for error in (AlreadyAssigned, CodeUnknown, LineLost, NotYours, RequestOver):
        assert str(error().detail).endswith(".")
        assert issubclass(error, DeskbellError)
