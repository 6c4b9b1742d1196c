"""Who gets an answer, and which colleagues a note calls."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import Notice, OutgoingMail, User
from tests.tickets.pages import HTMX
from tickets.domain.mentions import mentioned, pattern_of
from tickets.models import Mention, Participant, Ticket
from tickets.services.add_note import add_note
from tickets.services.mail.participants import add_participant
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db
NAMES = {1: "Ada Lovelace", 2: "Bob Kahn", 3: "Bob Marley", 4: "Bob Kahn Junior", 5: "", 6: "Zoé Ñ"}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Ada, look", [1]),
        ("@ada lovelace and @BOB  MARLEY", [1, 3]),
        ("@Bob, one of you", []),
        ("(@Bob Kahn Junior)", [4]),
        ("@Bob Kahn.", [2]),
        ("@Ada @Ada Lovelace", [1]),
        ("anna@ada.example, ada@Bob Kahn", []),
        ("@Adam", []),
        ("@Zoé", [6]),
        ("nobody", []),
    ],
)
def test_names_are_found_as_people_write_them(text: str, called: list[int]) -> None:
    assert mentioned(text, NAMES) == called


def test_two_of_one_name_are_called_by_nothing() -> None:
    assert mentioned("@Bob Kahn", {1: "Bob Kahn", 2: "bob kahn"}) == []
    assert mentioned("@Bob", {}) == []
    assert pattern_of([]) is None


def test_a_note_tells_whom_it_calls(ticket: Ticket, ada: User, bob: User, gus: User, now: datetime) -> None:
    """Who may not work on the ticket is not called, nor told of it (A12)."""
    note = add_note(ticket=ticket, body="@Bob @Gus @Ada what now?", by=ada, now=now)
    assert {mention.user for mention in Mention.objects.filter(message=note)} == {ada, bob}
    notice = Notice.objects.get(news="mentioned")
    assert (notice.user, notice.about, notice.who) == (bob, f"ticket:{ticket.pk}", "Ada Lovelace")


def test_a_called_name_stands_out_and_nothing_else_is_html(
    client_ada: Browser, ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    """A1"""
    User.objects.filter(pk=bob.pk).update(full_name="Bob <i>O'Kahn")
    add_note(ticket=ticket, body="@Bob <i>O'Kahn <b>look</b>, @Bob", by=ada, now=now)
    page = client_ada.get(f"/tickets/{ticket.pk}/").content.decode()
    assert '<b class="called">@Bob &lt;i&gt;O&#x27;Kahn</b> &lt;b&gt;look&lt;/b&gt;, ' in page
    assert '<b class="called">@Bob</b>' in page


def test_an_answer_leaves_out_whom_its_author_unticked(ticket: Ticket, ada: User, now: datetime) -> None:
    add_participant(ticket=ticket, email="bert@acme.example", by=ada, now=now)
    reply_to_customer(ticket=ticket, body="To Bert", by=ada, now=now, without=["Anna@acme.example"])
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["bert@acme.example"]
    with pytest.raises(DeskbellError) as refused:
        reply_to_customer(
            ticket=ticket, body="To?", by=ada, now=now, without=["anna@acme.example", "bert@acme.example"]
        )
    assert "Choose somebody" in (refused.value.fields or {})["to"]


def test_who_is_on_top_takes_part_from_now_on(client_ada: Browser, ticket: Ticket) -> None:
    form = {
        "body": "Dear both",
        "kind": "reply",
        "offered": "anna@acme.example",
        "to": "anna@acme.example",
        "cc": "Bert <bert@acme.example>; carl@acme.example",
    }
    assert client_ada.post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX).status_code == 200
    sent = {"anna@acme.example", "bert@acme.example", "carl@acme.example"}
    assert {mail.to for mail in OutgoingMail.objects.all()} == sent
    assert Participant.objects.filter(ticket=ticket).count() == 2


def test_an_address_that_is_none_sends_nothing_and_stays_as_typed(
    client_ada: Browser, ticket: Ticket
) -> None:
    form = {"body": "Dear both", "kind": "reply", "cc": "bert at acme"}
    answer = client_ada.post(f"/tickets/{ticket.pk}/reply/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write the address of a person" in page
    assert 'value="bert at acme"' in page
    assert not OutgoingMail.objects.exists()
    assert not Participant.objects.exists()


@pytest.mark.parametrize(
    ("then", "status"),
    [
        ({}, "waiting"),
        ({"then": ""}, "open"),
        ({"then": "resolved"}, "resolved"),
        ({"then": "closed"}, "waiting"),
    ],
)
def test_sending_leads_to_the_status_that_the_button_says(
    client_ada: Browser, ticket: Ticket, then: dict[str, str], status: str
) -> None:
    client_ada.post(f"/tickets/{ticket.pk}/reply/", {"body": "Dear Anna", "kind": "reply", **then})
    assert Ticket.objects.get().status == status
