"""What people do with tickets."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from agents.models import Client, Contact, Device, Profile
from helpdesk.core import events
from helpdesk.core.models import Organisation, OutgoingMail, Team, User
from tests.tickets.conftest import last_activity, make_tickets, the_ticket
from tickets.domain.kinds import MessageKind, Source, Verb
from tickets.domain.mail.ids import base_address
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import (
    TicketChanged,
    TicketClosed,
    TicketHasNoAddress,
    TicketInvalid,
)
from tickets.models import Message, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.change_subject import change_subject
from tickets.services.open_from_agent import AgentTicket, open_from_agent
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer

WINDOWS_TEXT = "C:\\Users\\anna\\x\n\ttab 😀"


# --- opening


def test_a_technician_opens_a_ticket_with_the_facts_of_the_contact(
    anna: Contact, pc: Device, ada: User, now: datetime
) -> None:
    new = NewTicket(
        subject=" Mouse\nbroken ",
        description=WINDOWS_TEXT,
        priority=Priority.HIGH,
        contact=anna,
        contact_name="ignored",
        device=pc,
        assignee=ada,
        tags=["Hardware", "mouse"],
    )
    ticket = the_ticket(open_ticket(new=new, by=ada, now=now))
    assert (ticket.subject, ticket.description, ticket.priority) == ("Mouse broken", WINDOWS_TEXT, "high")
    assert (ticket.client, ticket.contact_name, ticket.contact_email) == (
        anna.client,
        "Anna Berg",
        anna.email,
    )
    assert (ticket.contact_phone, ticket.assignee, ticket.source) == (anna.phone, ada, Source.CONSOLE)
    assert [tag.name for tag in ticket.tags.all()] == ["Hardware", "mouse"]
    assert (last_activity(ticket).verb, last_activity(ticket).actor_label) == (Verb.OPENED, "Ada Lovelace")


def test_facts_stay_when_the_contact_changes_later(anna: Contact, ada: User, now: datetime) -> None:
    ticket = open_ticket(new=NewTicket(subject="x", contact=anna), by=ada, now=now)
    Contact.objects.update(full_name="Anna Blum")
    assert the_ticket(ticket).contact_name == "Anna Berg"


def test_a_device_tells_the_client(pc: Device, acme: Client, ada: User, now: datetime) -> None:
    assert open_ticket(new=NewTicket(subject="x", device=pc), by=ada, now=now).client == acme


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"subject": " \n"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"description": "x" * 20_001}, "description"),
        ({"contact_email": "no address"}, "contact_email"),
        ({"contact_email": "a@b.example\nBcc: m@evil.example"}, "contact_email"),
        ({"contact_name": "x" * 201}, "contact_name"),
        ({"contact_phone": "1" * 41}, "contact_phone"),
    ],
)
def test_a9_bad_input_names_its_field_and_opens_nothing(
    facts: dict[str, Any], field: str, ada: User, now: datetime
) -> None:
    with pytest.raises(TicketInvalid) as refused:
        open_ticket(new=NewTicket(**{"subject": "x", **facts}), by=ada, now=now)
    assert list(refused.value.fields or {}) == [field]
    assert not Ticket.objects.exists()


def test_a14_parts_of_another_client_cannot_be_mixed(
    anna: Contact, pc: Device, globex: Client, ada: User, gus: User, now: datetime
) -> None:
    new = NewTicket(
        subject="x", client=globex, contact=anna, device=pc, assignee=ada, team=Team.objects.create(name="T")
    )
    with pytest.raises(TicketInvalid) as refused:
        open_ticket(new=new, by=ada, now=now)
    assert set(refused.value.fields or {}) == {"contact", "device", "assignee"}


def test_a14_a_technician_of_globex_opens_nothing_for_acme(
    acme: Client, globex: Client, gus: User, ada: User, now: datetime
) -> None:
    with pytest.raises(TicketInvalid) as refused:
        open_ticket(new=NewTicket(subject="x", client=acme), by=gus, now=now)
    assert list(refused.value.fields or {}) == ["client"]
    with pytest.raises(TicketInvalid) as refused:
        open_ticket(new=NewTicket(subject="x", client=acme, assignee=gus), by=ada, now=now)
    assert list(refused.value.fields or {}) == ["assignee"]
    assert open_ticket(new=NewTicket(subject="x", client=globex), by=gus, now=now).client == globex


def test_an_agents_ticket_has_the_same_limits(profile: Profile, now: datetime) -> None:
    new = AgentTicket(subject="", description="x" * 20_001, details={"x": "y" * 9000})
    with pytest.raises(TicketInvalid) as refused:
        open_from_agent(profile=profile, new=new, key=uuid4(), now=now)
    assert set(refused.value.fields or {}) == {"subject", "description", "details"}


def test_opening_tells_open_pages_after_commit(
    acme: Client,
    ada: User,
    now: datetime,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    before = events.hub.last_id
    with django_capture_on_commit_callbacks(execute=True):
        ticket = open_ticket(new=NewTicket(subject="x", client=acme), by=ada, now=now)
    told = events.hub.since(before)
    assert told
    assert [(e.name, e.ref, e.client_id) for e in told] == [("ticket", str(ticket.number), acme.pk)]


# --- replying


def test_a_reply_is_a_message_and_a_mail_in_one(ticket: Ticket, ada: User, now: datetime) -> None:
    Organisation.objects.update_or_create(
        pk=1, defaults={"name": "Desk & Co", "support_email": "help@desk.example"}
    )
    message = reply_to_customer(ticket=ticket, body=WINDOWS_TEXT, by=ada, now=now)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("anna@acme.example", f"[T#{ticket.number}] Printer 0 is on fire")
    assert base_address(mail.reply_to) == "help@desk.example"
    assert mail.text.startswith(WINDOWS_TEXT)
    assert "Ada Lovelace" in mail.text
    assert "Desk & Co" in mail.text
    assert (message.mail, message.kind, message.body) == (mail, MessageKind.REPLY, WINDOWS_TEXT)
    assert last_activity(ticket).verb == Verb.REPLIED


def test_send_then_waiting_is_one_call(ticket: Ticket, ada: User, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    reply_to_customer(ticket=ticket, body="Which colour?", by=ada, now=later, then=Status.WAITING)
    assert (the_ticket(ticket).status, the_ticket(ticket).updated_at) == (Status.WAITING, later)
    assert last_activity(ticket).after == Status.WAITING


def test_a_reply_whose_move_fails_leaves_no_mail(ticket: Ticket, ada: User, now: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status=Status.RESOLVED, resolved_at=now)
    with pytest.raises(TicketChanged):
        reply_to_customer(ticket=ticket, body="x", by=ada, now=now, then=Status.WAITING)
    assert not OutgoingMail.objects.exists()
    assert not Message.objects.exists()


def test_a_closed_ticket_takes_no_reply(closed: Ticket, ada: User, now: datetime) -> None:
    with pytest.raises(TicketClosed):
        reply_to_customer(ticket=closed, body="x", by=ada, now=now)


@pytest.mark.parametrize("body", ["", " \r\n ", "x" * 20_001])
def test_a_body_is_needed_and_has_a_limit(ticket: Ticket, body: str, ada: User, now: datetime) -> None:
    with pytest.raises(TicketInvalid) as refused:
        reply_to_customer(ticket=ticket, body=body, by=ada, now=now)
    assert list(refused.value.fields or {}) == ["body"]


def test_without_an_address_there_is_no_reply(acme: Client, ada: User, now: datetime) -> None:
    ticket = make_tickets(1, now, client=acme)[0]
    with pytest.raises(TicketHasNoAddress):
        reply_to_customer(ticket=ticket, body="x", by=ada, now=now)


def test_a_ticket_without_a_contact_is_answered_in_the_organisations_language(
    ada: User, now: datetime
) -> None:
    ticket = make_tickets(1, now, contact_email="x@y.example")[0]
    reply_to_customer(ticket=ticket, body="x", by=ada, now=now)
    assert OutgoingMail.objects.get().language == "en"


def test_a9_line_breaks_in_a_stored_subject_reach_no_header(ticket: Ticket, ada: User, now: datetime) -> None:
    change_subject(ticket=ticket, to="Hi\r\nBcc: mallory@evil.example", by=ada, now=now)
    reply_to_customer(ticket=ticket, body="x", by=ada, now=now)
    assert "\n" not in OutgoingMail.objects.get().subject


# --- notes and customers


def test_a_note_goes_to_nobody_and_fits_closed_tickets_too(closed: Ticket, ada: User, now: datetime) -> None:
    note = add_note(ticket=closed, body=WINDOWS_TEXT, by=ada, now=now)
    assert (note.kind, note.body, note.mail) == (MessageKind.NOTE, WINDOWS_TEXT, None)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.WAITING])
def test_a_customers_reply_reopens(ticket: Ticket, status: Status, now: datetime) -> None:
    Ticket.objects.update(status=status, resolved_at=now)
    add_customer_message(ticket=ticket, body=WINDOWS_TEXT, now=now)
    fresh = the_ticket(ticket)
    assert (fresh.status, fresh.resolved_at) == (Status.OPEN, None)
    activity = last_activity(ticket)
    assert (activity.verb, activity.actor_label, activity.before) == (Verb.REOPENED, "Anna Berg", status)
    assert Message.objects.get().body == WINDOWS_TEXT


def test_a_customers_reply_on_work_in_progress_moves_nothing(ticket: Ticket, now: datetime) -> None:
    Ticket.objects.update(status=Status.PROCESSING)
    add_customer_message(ticket=ticket, body="more", now=now, author_name="Anna at home")
    assert the_ticket(ticket).status == Status.PROCESSING
    assert Message.objects.get().author_name == "Anna at home"


def test_a_customers_reply_on_a_closed_ticket_makes_a_linked_one(closed: Ticket, now: datetime) -> None:
    message = add_customer_message(ticket=closed, body="It is back", now=now)
    follower = message.ticket
    assert follower.follows == closed
    assert (follower.status, follower.contact_email, follower.client) == (
        Status.OPEN,
        closed.contact_email,
        closed.client,
    )
    assert the_ticket(closed).status == Status.CLOSED
    assert last_activity(closed).after == f"#{follower.number}"


def test_a_second_word_on_a_closed_ticket_joins_the_follow_up(closed: Ticket, now: datetime) -> None:
    first = add_customer_message(ticket=closed, body="It is back", now=now)
    second = add_customer_message(ticket=closed, body="Still", now=now)
    assert first.ticket == second.ticket
    assert Ticket.objects.count() == 2
