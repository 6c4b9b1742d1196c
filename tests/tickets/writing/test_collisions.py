"""A save against a ticket that others changed meanwhile asks instead of overwriting."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from helpdesk.core.models import OutgoingMail, Team, User
from tests.tickets.conftest import the_ticket
from tests.tickets.pages import HTMX
from tickets.domain.priority import Priority
from tickets.domain.seen import Seen
from tickets.domain.status import Status
from tickets.models import Message, Ticket
from tickets.selectors.meanwhile import meanwhile
from tickets.services.add_note import add_note
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["", "1", "a.b", "1.2.3", "1.-2", "²." + "9" * 20, "9" * 19 + ".1"])
def test_what_no_page_wrote_says_nothing(text: str) -> None:
    assert Seen.read(text) is None


def test_what_was_seen_survives_the_way_through_a_page() -> None:
    assert Seen.read(str(Seen(17, 4))) == Seen(17, 4)


def test_news_are_words_and_changes_of_others(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    add_note(ticket=ticket, body="Only a note", by=bob, now=now)
    reply_to_customer(ticket=ticket, body="Of Ada", by=ada, now=now)
    change_priority(ticket=ticket, to=Priority.HIGH, by=ada, now=now)
    assert not meanwhile(ticket, Seen(), besides=ada)
    reply = reply_to_customer(ticket=ticket, body="Of Bob", by=bob, now=now)
    change_status(ticket=ticket, to=Status.WAITING, by=bob, now=now)
    held = {"ticket": ticket, "kind": "customer", "author_name": "Eve", "created_at": now}
    Message.objects.create(**held, body="Held", is_held=True)
    Message.objects.create(**held, body="Out of office", is_automatic=True)
    news = meanwhile(ticket, Seen(), besides=ada)
    assert [message.body for message in news.messages] == ["Of Bob"]
    assert [change.after for change in news.changes] == ["waiting"]
    assert news.now.message == reply.pk
    assert not meanwhile(ticket, news.now, besides=ada)


def test_a_reply_beside_a_newer_one_asks_first(
    client_ada: Browser, ticket: Ticket, bob: User, now: datetime
) -> None:
    reply_to_customer(ticket=ticket, body="Done already", by=bob, now=now)
    form = {"body": "Dear Anna", "kind": "reply", "seen": "0.0"}
    asked = client_ada.post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX)
    assert (asked.status_code, asked["HX-Retarget"]) == (409, "#composer-error")
    assert "Bob Kahn" in asked.content.decode()
    assert "Done already" in asked.content.decode()
    page = client_ada.post(f"/tickets/{ticket.pk}/reply/", form)
    assert (page.status_code, "Dear Anna" in page.content.decode()) == (409, True)
    assert OutgoingMail.objects.count() == 1
    newest = Message.objects.get().pk
    sent = client_ada.post(
        f"/tickets/{ticket.pk}/reply/", {**form, "anyway": f"{newest}.999999"}, headers=HTMX
    )
    assert sent.status_code == 200
    assert OutgoingMail.objects.count() == 2


def test_a_note_asks_nobody(client_ada: Browser, ticket: Ticket, bob: User, now: datetime) -> None:
    reply_to_customer(ticket=ticket, body="Done already", by=bob, now=now)
    form = {"body": "For us", "kind": "note", "seen": "0.0"}
    assert client_ada.post(f"/tickets/{ticket.pk}/note/", form, headers=HTMX).status_code == 200


def test_a_field_that_somebody_else_set_is_not_overwritten_unasked(
    client_ada: Browser, ticket: Ticket, bob: User, now: datetime
) -> None:
    change_status(ticket=ticket, to=Status.WAITING, by=bob, now=now)
    address = f"/tickets/{ticket.pk}/status/"
    asked = client_ada.post(address, {"status": "resolved", "was": "open"}, headers=HTMX)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "Bob Kahn</b> changed the status" in page
    assert '<input type="hidden" name="was" value="waiting"><button' in page
    assert the_ticket(ticket).status == Status.WAITING
    plain = client_ada.post(address, {"status": "resolved", "was": "open"}, follow=True)
    assert "Bob Kahn changed the status from Open to Waiting." in plain.content.decode()
    done = client_ada.post(address, {"status": "resolved", "was": "waiting"}, headers=HTMX)
    assert (done.status_code, the_ticket(ticket).status) == (200, Status.RESOLVED)


def test_what_is_so_already_asks_nobody(
    client_ada: Browser, ticket: Ticket, bob: User, now: datetime
) -> None:
    change_priority(ticket=ticket, to=Priority.HIGH, by=bob, now=now)
    form = {"priority": "high", "was": "medium"}
    answer = client_ada.post(f"/tickets/{ticket.pk}/priority/", form, headers=HTMX)
    assert answer.status_code == 200
    assert "High" in answer.content.decode()


def test_an_assignee_is_seen_as_a_person_a_team_or_nobody(
    client_ada: Browser, ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    team = Team.objects.create(name="Second line")
    change_assignee(ticket=ticket, to=team, by=bob, now=now)
    address, me = f"/tickets/{ticket.pk}/assign/", str(ada.pk)
    for was, status in (("", 409), (str(bob.pk), 409), (f"team-{team.pk}", 200)):
        answer = client_ada.post(address, {"assignee": me, "was": was}, headers=HTMX)
        assert answer.status_code == status, was
    assert the_ticket(ticket).assignee == ada


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("status", {"status": "waiting", "was": "eaten"}),
        ("assign", {"assignee": "", "was": "team-x"}),
        ("subject", {"subject": "New", "was": "Printer 0 is on fire"}),
    ],
)
def test_what_no_page_showed_is_as_if_nobody_had_said_it(
    client_ada: Browser, ticket: Ticket, path: str, form: dict[str, str]
) -> None:
    assert client_ada.post(f"/tickets/{ticket.pk}/{path}/", form, headers=HTMX).status_code == 200
