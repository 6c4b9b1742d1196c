"""Whoever finishes a ticket by an answer, a macro, a mail or many at once is asked as by its status."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from agents.domain.fields import FieldOf, FieldType
from agents.models import CustomField
from helpdesk.core.models import OutgoingMail, User
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.pages import HTMX
from tickets.domain.bulk import Deed, Task, Why
from tickets.domain.kinds import MessageKind
from tickets.domain.rules import Action, Do
from tickets.domain.status import Status
from tickets.domain.work import LinkRole
from tickets.errors import ChildrenOpen, TicketInvalid
from tickets.models import Message, Ticket
from tickets.selectors.bulk import facts_of_chosen
from tickets.services.bulk import do_to_many
from tickets.services.macros.carry_out import answer_with
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.work.links import link_tickets

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(ticket: Ticket, ada: User, now: datetime) -> Ticket:
    [below] = make_tickets(1, now, client=ticket.client)
    link_tickets(ticket=ticket, other=below, role=LinkRole.CHILD, by=ada, now=now)
    return below


@pytest.fixture
def cause() -> CustomField:
    return CustomField.objects.create(
        belongs_to=FieldOf.TICKET, key="cause", name="Cause", type=FieldType.TEXT, is_required=True
    )


def test_an_answer_that_resolves_asks_first_and_says_nothing_meanwhile(
    child: Ticket, ticket: Ticket, ada: User, now: datetime
) -> None:
    said = {"ticket": ticket, "body": "Done", "by": ada, "now": now}
    with pytest.raises(ChildrenOpen):
        reply_to_customer(**said, then=Status.RESOLVED)  # type: ignore[arg-type]
    assert not Message.objects.filter(kind=MessageKind.REPLY).exists()
    assert not OutgoingMail.objects.exists()
    reply_to_customer(**said, then=Status.WAITING)  # type: ignore[arg-type]
    reply_to_customer(**said, then=Status.RESOLVED, anyway=True)  # type: ignore[arg-type]
    assert the_ticket(ticket).status == Status.RESOLVED


def test_no_answer_resolves_past_a_needed_field(
    cause: CustomField, ticket: Ticket, ada: User, now: datetime
) -> None:
    with pytest.raises(TicketInvalid):
        reply_to_customer(ticket=ticket, body="Done", by=ada, now=now, then=Status.RESOLVED, anyway=True)


def test_a_note_with_a_status_beside_it_asks_too(
    child: Ticket, ticket: Ticket, ada: User, now: datetime
) -> None:
    resolve = [Action(Do.SET_STATUS, Status.RESOLVED.value)]
    said = {
        "ticket": ticket,
        "kind": MessageKind.NOTE,
        "body": "x",
        "actions": resolve,
        "by": ada,
        "now": now,
    }
    with pytest.raises(ChildrenOpen):
        answer_with(**said)  # type: ignore[arg-type]
    answer_with(**said, anyway=True)  # type: ignore[arg-type]
    assert the_ticket(ticket).status == Status.RESOLVED


def test_the_composer_asks_and_then_sends(client_ada: Browser, child: Ticket, ticket: Ticket) -> None:
    address, form = f"/tickets/{ticket.pk}/reply/", {"body": "Done", "kind": "reply", "then": "resolved"}
    asked = client_ada.post(address, form, headers=HTMX)
    page = asked.content.decode()
    assert (asked.status_code, asked["HX-Retarget"]) == (409, "#composer-error")
    assert "1 ticket below this one is still open." in page
    assert f'formaction="{address}" name="finish" value="resolved">Resolve it anyway' in page
    plain = client_ada.post(address, form)
    assert "Resolve it anyway" in plain.content.decode()
    assert ">Done</textarea>" in plain.content.decode()
    sent = client_ada.post(address, {"body": "Done", "kind": "reply", "finish": "resolved"}, headers=HTMX)
    assert sent.status_code == 200
    assert the_ticket(ticket).status == Status.RESOLVED


def test_a_needed_field_is_a_sentence_beside_the_composer(
    client_ada: Browser, cause: CustomField, ticket: Ticket
) -> None:
    form = {"body": "Done", "kind": "reply", "then": "resolved"}
    refused = client_ada.post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX)
    assert (refused.status_code, "Fill in first: Cause." in refused.content.decode()) == (422, True)


def test_what_macros_do_at_once_asks_at_its_own_address(
    client_ada: Browser, child: Ticket, ticket: Ticket
) -> None:
    address = f"/tickets/{ticket.pk}/macros/run/"
    form = {"body": "", "kind": "reply", "also": '{"do": "set_status", "value": "closed"}'}
    page = client_ada.post(address, form, headers=HTMX).content.decode()
    assert f'formaction="{address}" name="finish" value="closed">Close it anyway' in page
    client_ada.post(address, {**form, "finish": "closed"}, headers=HTMX)
    assert the_ticket(ticket).status == Status.CLOSED


def test_the_status_that_was_meant_outlives_the_question_of_news(
    client_ada: Browser, ticket: Ticket, bob: User, now: datetime
) -> None:
    reply_to_customer(ticket=ticket, body="Done already", by=bob, now=now)
    form = {"body": "Dear Anna", "kind": "reply", "seen": "0.0"}
    address = f"/tickets/{ticket.pk}/reply/"
    asked = client_ada.post(address, {**form, "then": "resolved"}, headers=HTMX)
    assert '<input type="hidden" name="meant" value="resolved">' in asked.content.decode()
    newest = Message.objects.get().pk
    client_ada.post(address, {**form, "meant": "resolved", "anyway": f"{newest}.999999"}, headers=HTMX)
    assert the_ticket(ticket).status == Status.RESOLVED


def test_many_at_once_leave_those_with_open_children_but_for_those_that_go_along(
    child: Ticket, ticket: Ticket, ada: User, now: datetime
) -> None:
    close = Task(Deed.CLOSE)
    [one] = facts_of_chosen(ada, [ticket])
    assert close.why_not(one) is Why.CHILDREN
    assert Task(Deed.STATUS, "waiting").why_not(one) is None
    done = do_to_many(task=close, numbers=[ticket.pk, child.pk], by=ada, now=now)
    assert (done.outcome.done, done.outcome.left) == ([ticket.pk, child.pk], {})


def test_many_at_once_leave_a_parent_whose_chosen_child_stays_open(
    child: Ticket, ticket: Ticket, ada: User, now: datetime
) -> None:
    [below] = make_tickets(1, now, client=ticket.client)
    link_tickets(ticket=child, other=below, role=LinkRole.CHILD, by=ada, now=now)
    chosen = {"task": Task(Deed.CLOSE), "by": ada, "now": now}
    done = do_to_many(**chosen, numbers=[ticket.pk, child.pk])  # type: ignore[arg-type]
    assert (done.outcome.done, done.outcome.left) == ([], {Why.CHILDREN: [ticket.pk, child.pk]})
    done = do_to_many(**chosen, numbers=[ticket.pk, child.pk, below.pk])  # type: ignore[arg-type]
    assert done.outcome.left == {}


def test_many_at_once_leave_those_with_an_empty_field(
    cause: CustomField, ticket: Ticket, ada: User, now: datetime
) -> None:
    done = do_to_many(task=Task(Deed.STATUS, "resolved"), numbers=[ticket.pk], by=ada, now=now)
    assert done.outcome.left == {Why.FIELDS: [ticket.pk]}
