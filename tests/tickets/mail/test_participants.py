"""Technicians say who takes part in a ticket."""

import pytest
from django.test import Client as Browser

from helpdesk.core.models import OutgoingMail
from tests.tickets.conftest import last_activity, the_ticket
from tests.tickets.mail.conftest import ANNA, SUPPORT, Desk
from tests.web.conftest import text_of
from tickets.domain.status import Status
from tickets.errors import TicketClosed, TicketInvalid
from tickets.models import BlockedSender, Participant, Ticket
from tickets.selectors.mail import MAX_PEOPLE
from tickets.services.mail.participants import add_participant
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db
MAX = "max@acme.example"


def add(desk: Desk, email: str) -> None:
    add_participant(ticket=the_ticket(desk.own), email=email, by=desk.ada, now=desk.now)


def test_who_was_added_gets_the_next_answer_and_may_answer(desk: Desk) -> None:
    for _ in range(2):
        add(desk, f" {MAX.upper()} ")
    assert (last_activity(desk.own).field, last_activity(desk.own).after) == ("admitted", MAX)
    assert desk.own.activities.filter(field="admitted").count() == 1
    reply_to_customer(ticket=the_ticket(desk.own), body="Here you are", by=desk.ada, now=desk.now)
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {ANNA, MAX}
    assert desk.receive(desk.letter(MAX, in_reply_to=desk.marked(to=MAX))).outcome == "joined"


def test_a_contact_is_added_under_the_name_that_we_know(desk: Desk) -> None:
    desk.anna.addresses.create(email="anna@home.example")
    add(desk, "anna@home.example")
    person = Participant.objects.get()
    assert (person.contact, person.name) == (desk.anna, "Anna Berg")


def test_who_was_sent_away_is_back(desk: Desk) -> None:
    desk.join(MAX, is_blocked=True)
    add(desk, MAX)
    assert not Participant.objects.get().is_blocked


@pytest.mark.parametrize(
    "email",
    [
        *("", "max", "a@x.example, b@x.example", "x@y.example\nBcc: z@y.example", SUPPORT, f"{SUPPORT} "),
        *("support+x@desk.example", f"{'x' * 250}@y.example"),
    ],
)
def test_a9_only_one_address_of_somebody_else_can_be_added(desk: Desk, email: str) -> None:
    with pytest.raises(TicketInvalid):
        add(desk, email)
    assert not Participant.objects.exists()


def test_our_own_reply_address_is_no_person(desk: Desk) -> None:
    with pytest.raises(TicketInvalid):
        add(desk, desk.address())


@pytest.mark.parametrize("pattern", ["max@acme.example", "acme.example"])
def test_who_would_get_nothing_is_not_promised_answers(desk: Desk, pattern: str) -> None:
    BlockedSender.objects.create(pattern=pattern, created_at=desk.now)
    with pytest.raises(TicketInvalid) as caught:
        add(desk, MAX)
    assert f"{MAX} is blocked" in (caught.value.fields or {})["email"]


def test_the_contact_takes_part_already(desk: Desk) -> None:
    add(desk, ANNA)
    assert not Participant.objects.exists()


def test_nobody_is_added_to_a_closed_ticket(desk: Desk) -> None:
    Ticket.objects.update(status=Status.CLOSED, closed_at=desk.now)
    with pytest.raises(TicketClosed):
        add(desk, MAX)


def test_there_is_an_end_of_it(desk: Desk) -> None:
    for number in range(MAX_PEOPLE - 1):
        desk.join(f"p{number}@acme.example")
    with pytest.raises(TicketInvalid):
        add(desk, MAX)


def test_the_page_adds_and_says_what_is_wrong(desk: Desk, client_ada: Browser) -> None:
    address = f"/tickets/{desk.own.pk}/people/"
    page = text_of(client_ada.post(address, {"email": MAX}, follow=True))
    assert f"{MAX} gets the answers, too." in page
    assert f"Take {MAX} out of this ticket" in page
    assert "Write the address of a person" in text_of(client_ada.post(address, {"email": "x"}, follow=True))
