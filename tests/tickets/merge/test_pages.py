"""The pages: choose, look, confirm, undo, split off; without script."""

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from agents.models import Client
from helpdesk.core.models import User
from tests.conftest import browser_of
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.mail.conftest import MALLORY, Desk
from tests.tickets.merge.conftest import merge
from tests.tickets.merge.test_merge import attach_file
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import Message, Participant, Tag, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note

pytestmark = pytest.mark.django_db


def page(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def send(browser: Browser, path: str, status: int = 200, **data: object) -> str:
    answer = browser.post(path, data, follow=True)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_the_likeliest_tickets_are_offered_first(client_ada: Browser, source: Ticket, now: datetime) -> None:
    facts = {"client": source.client, "contact_email": "x@acme.example"}
    alike = make_tickets(1, now, subject="Re: [T#5] printer on FIRE", **facts)[0]
    other = make_tickets(1, now, subject="Mouse", **facts)[0]
    hers = make_tickets(1, now, subject="Toner", contact=source.contact, client=source.client)[0]
    gone = make_tickets(1, now, subject=source.subject, status="closed", **facts)[0]
    found = page(client_ada, f"/tickets/{source.pk}/merge/")
    assert found.index(f"?into={hers.pk}") < found.index(f"?into={alike.pk}")
    for absent in (other, gone, source):
        assert f'href="?into={absent.pk}"' not in found


def test_a_ticket_without_a_contact_is_compared_by_subject(client_ada: Browser, now: datetime) -> None:
    one, other = make_tickets(2, now, subject="Fax is dead")
    assert f"?into={other.pk}" in page(client_ada, f"/tickets/{one.pk}/merge/")


def test_others_are_found_by_words(client_ada: Browser, source: Ticket, now: datetime) -> None:
    other = make_tickets(1, now, subject="Mouse squeaks")[0]
    assert f"?into={other.pk}" in page(client_ada, f"/tickets/{source.pk}/merge/?q=mouse")
    assert "No open ticket of yours" in page(client_ada, f"/tickets/{source.pk}/merge/?q=elephant")


def test_a_number_leads_straight_to_what_the_target_will_hold(
    client_ada: Browser, source: Ticket, target: Ticket, now: datetime
) -> None:
    Ticket.objects.filter(pk=source.pk).update(priority=Priority.URGENT, description="It burns.")
    Ticket.objects.filter(pk=target.pk).update(status=Status.WAITING)
    add_customer_message(ticket=source, body="Still.", now=now)
    attach_file(source)
    source.tags.add(Tag.objects.create(name="fire"))
    Participant.objects.create(ticket=source, email="eve@acme.example", added_at=now)
    Participant.objects.create(ticket=source, email="no@acme.example", is_blocked=True, added_at=now)
    found = page(client_ada, f"/tickets/{source.pk}/merge/?q=%23{target.pk}")
    for words in (
        f"What #{target.pk} will hold", "2 messages", "1 file", "anna@acme.example, eve@acme.example",
        '<span class="tag">fire</span>', "Raise it to", "It burns.", "Still.", "stays “Waiting”",
    ):  # fmt: skip
        assert words in found
    assert "no@acme.example" not in found


def test_a_long_story_is_cut(client_ada: Browser, source: Ticket, target: Ticket, now: datetime) -> None:
    rows = [
        Message(ticket=source, kind="customer", author_name="A", body=f"w{i}", created_at=now)
        for i in range(40)
    ]
    Message.objects.bulk_create(rows)
    assert "12 earlier messages" in page(client_ada, f"/tickets/{source.pk}/merge/?into={target.pk}")


def test_merging_leads_to_the_target_and_back(client_ada: Browser, source: Ticket, target: Ticket) -> None:
    add_note(
        ticket=source, body="Odd.", by=User.objects.get(email="ada@deskbell.example"), now=source.created_at
    )
    found = send(client_ada, f"/tickets/{source.pk}/merge/", into=target.pk)
    assert f"#{source.pk} is merged into this ticket." in found
    assert f"from #{source.pk}" in found
    assert "Odd." in found
    banner = page(client_ada, f"/tickets/{source.pk}/")
    for words in (
        f"Merged into <strong>#{target.pk}</strong> by Ada Lovelace",
        "Undo merge",
        f"Open #{target.pk}",
    ):
        assert words in banner
    assert 'id="composer"' not in banner
    assert client_ada.get(f"/tickets/{source.pk}/merge/")["Location"] == f"/tickets/{source.pk}/"
    assert "goes its own way again" in send(client_ada, f"/tickets/{source.pk}/merge/undo/")
    assert the_ticket(source).status == Status.OPEN
    assert "not merged any more" in send(client_ada, f"/tickets/{source.pk}/merge/undo/")


def test_several_are_merged_at_once(
    client_ada: Browser, source: Ticket, target: Ticket, now: datetime
) -> None:
    third = make_tickets(1, now, client=source.client)[0]
    found = send(client_ada, f"/tickets/{source.pk}/merge/", into=target.pk, also=[third.pk, "x", ""])
    assert f"#{source.pk}, #{third.pk} are merged into this ticket." in found


def test_a_second_click_leads_to_the_target_as_the_first(
    client_ada: Browser, source: Ticket, target: Ticket
) -> None:
    for _ in range(2):
        found = send(client_ada, f"/tickets/{source.pk}/merge/", into=target.pk)
        assert f"#{source.pk} is merged into this ticket." in found
    assert source.merges.count() == 1


def test_what_cannot_be_merged_is_told(
    client_ada: Browser, source: Ticket, target: Ticket, now: datetime
) -> None:
    third = make_tickets(1, now, client=source.client)[0]
    assert "into itself" in page(client_ada, f"/tickets/{source.pk}/merge/?into={source.pk}")
    assert "Choose a ticket." in send(client_ada, f"/tickets/{source.pk}/merge/", 422)
    merge(source, target, User.objects.get(email="ada@deskbell.example"), source.created_at)
    assert "already merged" in send(client_ada, f"/tickets/{source.pk}/merge/", 409, into=third.pk)
    also = {"into": target.pk, "also": source.pk}
    assert "already merged" in send(client_ada, f"/tickets/{third.pk}/merge/", 409, **also)


def test_a12_two_clients_want_a_tick(
    client_ada: Browser, source: Ticket, globex: Client, now: datetime
) -> None:
    theirs = make_tickets(1, now, client=globex)[0]
    assert "may read each other" in page(client_ada, f"/tickets/{source.pk}/merge/?into={theirs.pk}")
    assert "of Globex" in send(client_ada, f"/tickets/{source.pk}/merge/", 409, into=theirs.pk)
    send(client_ada, f"/tickets/{source.pk}/merge/", into=theirs.pk, across_clients="on")
    assert the_ticket(source).merged_into == theirs


def test_a11_tickets_of_others_are_neither_offered_nor_merged(
    gus: User, source: Ticket, globex: Client, now: datetime
) -> None:
    mine = make_tickets(1, now, client=globex, subject=source.subject, contact_email=source.contact_email)[0]
    browser = browser_of(gus)
    for query in ("", "?q=printer", f"?q={source.pk}", f"?into={source.pk}"):
        assert f'href="?into={source.pk}"' not in page(browser, f"/tickets/{mine.pk}/merge/{query}")
    send(browser, f"/tickets/{mine.pk}/merge/", 404, into=source.pk, across_clients="on")
    other = make_tickets(1, now, client=globex)[0]
    send(browser, f"/tickets/{mine.pk}/merge/", 404, into=other.pk, also=source.pk, across_clients="on")


def test_a11_who_sees_one_side_only_cannot_undo(
    gus: User, ada: User, source: Ticket, globex: Client, now: datetime
) -> None:
    theirs = make_tickets(1, now, client=globex)[0]
    merge(theirs, source, ada, now, across_clients=True)
    browser = browser_of(gus)
    banner = page(browser, f"/tickets/{theirs.pk}/")
    assert "Merged into" in banner
    assert ("Undo merge" in banner, f"Open #{source.pk}" in banner) == (False, False)
    send(browser, f"/tickets/{theirs.pk}/merge/undo/", 404)


def test_lists_and_search_say_so(
    client_ada: Browser, ada: User, source: Ticket, target: Ticket, now: datetime
) -> None:
    merge(source, target, ada, now)
    assert source.client
    assert source.subject not in page(client_ada, "/tickets/")
    for path in (
        "/tickets/?q=printer&status=any",
        f"/tickets/{source.pk}/peek/",
        f"/clients/{source.client.public_id}/tickets/?status=any",
    ):
        assert f"Merged into #{target.pk}" in page(client_ada, path), path
    assert f"→ #{target.pk}" in page(client_ada, f"/find/?q={source.pk}")


def test_a1_a_subject_that_is_told_elsewhere_stays_text(
    client_ada: Browser, ada: User, source: Ticket, target: Ticket, now: datetime
) -> None:
    Ticket.objects.filter(pk=source.pk).update(subject="<script>x</script>")
    merge(source, target, ada, now)
    found = page(client_ada, f"/tickets/{target.pk}/")
    assert f'<a href="/tickets/{source.pk}/">#{source.pk}</a> &lt;script&gt;x' in found


def test_a_ticket_is_given_back_by_one_that_is_closed_by_now(
    client_ada: Browser, ada: User, source: Ticket, target: Ticket, now: datetime
) -> None:
    merge(source, target, ada, now)
    Ticket.objects.filter(pk=target.pk).update(status=Status.CLOSED, closed_at=now)
    assert "goes its own way again" in send(client_ada, f"/tickets/{source.pk}/merge/undo/")


# Splitting


@pytest.fixture
def message(source: Ticket, now: datetime) -> Message:
    return add_customer_message(ticket=source, body="The fax is dead, too.", now=now + timedelta(hours=1))


def test_a_message_is_split_off_and_merged_back(
    client_ada: Browser, source: Ticket, message: Message
) -> None:
    path = f"/messages/{message.pk}/split-off/"
    assert path in page(client_ada, f"/tickets/{source.pk}/")
    asked = page(client_ada, path)
    assert "The fax is dead, too." in asked
    assert 'value="anna@acme.example"' in asked
    found = send(client_ada, path, subject="Fax", email="anna@acme.example")
    new = Ticket.objects.latest("id")
    assert f"The message is ticket #{new.pk} now." in found
    assert f'split this off from ticket <b><a href="/tickets/{source.pk}/">#{source.pk}</a></b>' in found
    send(client_ada, f"/tickets/{new.pk}/merge/", into=source.pk, across_clients="on")
    assert Message.objects.get(pk=message.pk).ticket == source


def test_what_is_wrong_stands_beside_it(client_ada: Browser, message: Message, globex: Client) -> None:
    path = f"/messages/{message.pk}/split-off/"
    assert "Say in one line" in send(client_ada, path, 422, subject="")
    assert "1 to 200" in send(client_ada, path, 422, subject="\u202e")
    globex.contacts.create(full_name="Gina", email="gina@globex.example")
    assert "another client" in send(client_ada, path, 409, subject="Fax", email="gina@globex.example")
    send(client_ada, path, subject="Fax", email="gina@globex.example", across_clients="on")
    assert Ticket.objects.latest("id").client == globex


def test_what_cannot_be_split_off_is_told(
    client_ada: Browser, ada: User, source: Ticket, now: datetime
) -> None:
    note = add_note(ticket=source, body="Odd.", by=ada, now=now)
    assert "can be split off" in send(client_ada, f"/messages/{note.pk}/split-off/", subject="x")


def test_a_held_mail_is_split_off_without_questions(client_ada: Browser, desk: Desk) -> None:
    mail = desk.receive(desk.letter(MALLORY, in_reply_to=desk.marked()))
    assert mail.entry
    assert "The mail is ticket" in send(client_ada, f"/messages/{mail.entry.pk}/split-off/")
    assert Ticket.objects.latest("id").contact_email == MALLORY
