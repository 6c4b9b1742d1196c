"""Canned replies in the composer, with and without script, and whoever plays with them."""

import json
from datetime import datetime
from html import escape
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from agents.models import Client, Contact
from helpdesk.core.models import Organisation, User
from tests.conftest import browser_of
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.macros.desk import canned, team_of
from tests.tickets.pages import HTMX
from tickets.models import Macro, MacroRun, Message, Ticket

pytestmark = pytest.mark.django_db
HIGH, VPN_TAG = '{"do": "set_priority", "value": "high"}', '{"do": "add_tags", "value": ["vpn"]}'
RESOLVED = '{"do": "set_status", "value": "resolved"}'


def url(ticket: Ticket, end: str = "") -> str:
    return f"/tickets/{ticket.pk}/{end}"


def offers(browser: Browser, ticket: Ticket, query: str = "") -> str:
    return browser.get(url(ticket, "macros/"), {"q": query}, headers=HTMX).content.decode()


def post(browser: Browser, address: str, *, htmx: bool = False, **data: object) -> tuple[int, str]:
    answer = browser.post(address, data, headers=HTMX if htmx else {}, follow=not htmx)
    return answer.status_code, answer.content.decode()


def test_the_list_is_filled_and_found_by_words(client_ada: Browser, ticket: Ticket, now: datetime) -> None:
    canned(now, actions=[json.loads(VPN_TAG), json.loads(RESOLVED)])
    canned(now, name="Toner", text="Paper")
    page = offers(client_ada, ticket, "vpn")
    assert "Hello Anna, your profile for Printer 0 is on fire is new." in page
    assert escape(VPN_TAG) in page
    assert 'data-then="Resolved"' in page
    assert "Toner" not in page
    assert "No canned reply has these words" in offers(client_ada, ticket, "nothing")
    Macro.objects.all().delete()
    assert "Write the first one" in offers(client_ada, ticket)


def test_without_script_a_reply_is_inserted_and_the_text_kept(
    client_ada: Browser, ticket: Ticket, now: datetime
) -> None:
    macro = canned(now, actions=[json.loads(RESOLVED)])
    typed: dict[str, Any] = {"body": "Good morning.\n", "kind": "reply", "also": HIGH, "macro": "7"}
    status, page = post(client_ada, url(ticket, "macros/"), **typed)
    assert (status, "Good morning." in page, escape(HIGH) in page) == (200, True, True)
    status, page = post(client_ada, url(ticket, "macros/"), **typed, insert=macro.pk)
    assert "Good morning.\n\nHello Anna, your profile" in page
    assert "Send, then Resolved" in page
    assert f'name="macro" value="{macro.pk}"' in page
    status, page = post(client_ada, url(ticket, "macros/"), **typed, insert="0")
    assert "Good morning." in page
    assert "Hello Anna" not in page


def test_the_words_for_states_are_in_the_language_of_the_customer(
    client_ada: Browser, ticket: Ticket, now: datetime
) -> None:
    assert ticket.contact is not None
    Contact.objects.filter(pk=ticket.contact.pk).update(language="de")
    macro = canned(now, text="{{ status }}, {{ priority }}")
    shown = client_ada.post(f"/tickets/{ticket.pk}/macros/", {"insert": macro.pk, "body": ""})
    assert "Offen, Mittel" in shown.content.decode()
    assert "Offen, Mittel" in client_ada.get(f"/tickets/{ticket.pk}/macros/", headers=HTMX).content.decode()


def test_a_reply_for_notes_makes_a_note(client_ada: Browser, ticket: Ticket, now: datetime) -> None:
    macro = canned(now, written_as="note")
    _status, page = post(client_ada, url(ticket, "macros/"), kind="reply", insert=macro.pk)
    assert 'value="note" data-compose="note"' in page
    note = page[page.index('value="note"') :]
    assert " checked" in note[: note.index(">")]


def test_chips_go_with_the_answer_and_come_back_when_it_is_undone(
    client_ada: Browser, ticket: Ticket, now: datetime
) -> None:
    macro = canned(now)
    data = {"body": "Done.", "also": [HIGH, RESOLVED], "macro": macro.pk}
    status, page = post(client_ada, url(ticket, "reply/"), htmx=True, **data)
    assert (status, "The answer goes out in" in page) == (200, True)
    found = the_ticket(ticket)
    assert (found.status, found.priority) == ("resolved", "high")
    macro.refresh_from_db()
    assert macro.uses == 1
    mail = Message.objects.get().mail_id
    status, page = post(client_ada, f"/mails/{mail}/undo/", htmx=True)
    assert (escape(HIGH) in page, escape(RESOLVED) in page, "Done." in page) == (True, True, True)
    found = the_ticket(ticket)
    assert (found.status, found.priority) == ("open", "medium")


def test_an_answer_that_fails_changes_nothing_and_keeps_its_chips(
    client_ada: Browser, ticket: Ticket, now: datetime
) -> None:
    status, page = post(client_ada, url(ticket, "reply/"), body=" ", also=HIGH)
    assert (status, escape(HIGH) in page) == (422, True)
    gone = '{"do": "assign_user", "value": "999999"}'
    status, page = post(client_ada, url(ticket, "reply/"), body="Hello", also=gone)
    assert (status, "Choose somebody who may work on this ticket" in page) == (422, True)
    assert "Hello" in page
    assert not Message.objects.exists()
    assert the_ticket(ticket).priority == "medium"


def test_a_note_tells_of_its_changes_and_the_way_back(client_ada: Browser, ticket: Ticket) -> None:
    _status, page = post(client_ada, url(ticket, "note/"), body="Hm.", also=HIGH, htmx=True)
    assert "Priority <strong>High</strong>" in page
    run = MacroRun.objects.get()
    status, page = post(client_ada, url(ticket, f"macros/{run.pk}/undo/"), htmx=True)
    assert (status, "Taken back." in page, the_ticket(ticket).priority) == (200, True, "medium")
    status, page = post(client_ada, url(ticket, f"macros/{run.pk}/undo/"), htmx=True)
    assert (status, "already" in page) == (409, True)
    assert Message.objects.count() == 1


def test_a_plain_note_has_no_toast(client_ada: Browser, ticket: Ticket) -> None:
    assert "data-toast" not in post(client_ada, url(ticket, "note/"), body="Hm.", htmx=True)[1]
    post(client_ada, url(ticket, "note/"), body="Hm.", also='{"do": "unassign"}')
    assert "Done:" not in post(client_ada, url(ticket, "note/"), body="Hm.")[1]


def test_a_desk_that_sends_at_once_offers_no_way_back(client_ada: Browser, ticket: Ticket) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    status, page = post(client_ada, url(ticket, "reply/"), htmx=True, body="Hello", also=HIGH)
    assert (status, "data-toast" in page, the_ticket(ticket).priority) == (200, False, "high")
    run = MacroRun.objects.get()
    assert post(client_ada, url(ticket, f"macros/{run.pk}/undo/"), htmx=True)[0] == 409
    assert the_ticket(ticket).priority == "high"


def test_many_replies_cost_as_much_as_one(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    def queries() -> list[int]:
        counts = []
        for address in (url(ticket, "macros/"), "/settings/macros/"):
            with CaptureQueriesContext(connection) as asked:
                client_ada.get(address, headers=HTMX)
            counts.append(len(asked))
        return counts

    action = {"do": "assign_user", "value": str(ada.pk)}
    canned(now, actions=[action])
    queries()  # the first one also reads what is kept for all
    one = queries()
    for number in range(5):
        canned(now, name=f"More {number}", actions=[action], team=team_of(ada, name=f"Team {number}"))
    assert queries() == one


@pytest.mark.parametrize("htmx", [True, False])
def test_chips_are_done_at_once_and_the_text_stays(client_ada: Browser, ticket: Ticket, htmx: bool) -> None:
    status, page = post(client_ada, url(ticket, "macros/run/"), htmx=htmx, also=VPN_TAG, body="Half a")
    assert (status, "Tag <strong>vpn</strong>" in page) == (200, True)
    assert "Half a" in page
    assert [tag.name for tag in ticket.tags.all()] == ["vpn"]
    status, page = post(client_ada, url(ticket, "macros/run/"), htmx=htmx, also=VPN_TAG)
    assert "Everything was so already." in page
    first = MacroRun.objects.earliest("id")
    post(client_ada, url(ticket, f"macros/{first.pk}/undo/"), htmx=htmx)
    assert not ticket.tags.exists()


def test_nothing_chosen_or_nonsense_is_said(client_ada: Browser, ticket: Ticket) -> None:
    status, page = post(client_ada, url(ticket, "macros/run/"), htmx=True)
    assert (status, "Nothing is chosen" in page) == (422, True)
    for nonsense in ("{", '{"do": "webhook", "value": "https://evil.example"}', "x" * 9_999):
        status, page = post(client_ada, url(ticket, "reply/"), body="Hello", also=nonsense)
        assert (status, "cannot be understood" in page) == (422, True)
    assert not Message.objects.exists()


@pytest.mark.parametrize("insert", ["x", "-1", "999999", "9" * 30, "²"])
def test_odd_numbers_are_not_there(client_ada: Browser, ticket: Ticket, insert: str) -> None:
    assert post(client_ada, url(ticket, "macros/"), insert=insert)[0] == 404


# --- attacks


def test_a1_html_in_a_reply_is_text(client_ada: Browser, ticket: Ticket, now: datetime) -> None:
    evil = "<img src=x onerror=alert(1)>\"'</textarea><script>alert(1)</script>"
    Ticket.objects.filter(pk=ticket.pk).update(subject=evil, contact_name="{{ technician }} " + evil)
    macro = canned(now, name=evil, text="{{ name }} {{ subject }} " + evil, actions=[
        {"do": "add_tags", "value": [evil[:40]]}])  # fmt: skip
    pages = [
        offers(client_ada, ticket),
        post(client_ada, url(ticket, "macros/"))[1],
        post(client_ada, url(ticket, "macros/"), insert=macro.pk)[1],
        client_ada.get("/settings/macros/").content.decode(),
        client_ada.get(f"/settings/macros/{macro.pk}/").content.decode(),
    ]
    for page in pages:
        assert "<img" not in page
        assert "<script>alert" not in page
        assert "</textarea><" not in page.replace("</textarea><script type", "")
    assert "{{ technician }}" in pages[0]
    assert "Ada Lovelace" not in pages[0]


def test_a11_a_reply_of_another_team_is_not_there(
    client_bob: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    theirs = canned(now, name="Secret", team=team_of(ada))
    own = canned(now, name="Private", owner=ada)
    page = offers(client_bob, ticket) + client_bob.get("/settings/macros/").content.decode()
    assert "Secret" not in page
    assert "Private" not in page
    for macro in (theirs, own):
        assert post(client_bob, url(ticket, "macros/"), insert=macro.pk)[0] == 404
        assert client_bob.get(f"/settings/macros/{macro.pk}/").status_code == 404
        for deed in ("copy", "delete", "restore"):
            assert post(client_bob, f"/settings/macros/{macro.pk}/{deed}/")[0] == 404


def test_a11_placeholders_tell_nothing_of_foreign_clients(
    gus: User, acme: Client, anna: Contact, ticket: Ticket, globex: Client, now: datetime
) -> None:
    macro = canned(now, text="{{ client }} {{ name }} {{ subject }} {{ device }}")
    browser = browser_of(gus)
    (own,) = make_tickets(1, now, client=globex, subject="Ours")
    assert "Globex" in offers(browser, own)
    for end in ("macros/", "macros/run/"):
        assert post(browser, url(ticket, end), insert=macro.pk, also=HIGH)[0] == 404
    for page in (
        browser.get(f"/settings/macros/{macro.pk}/").content.decode(),
        post(browser, "/settings/macros/new/", command="preview", text="{{ client }}", ticket=ticket.pk)[1],
    ):
        assert "Acme" not in page
        assert "Anna Berg" not in page


def test_a11_nobody_takes_back_what_others_did(
    client_ada: Browser, client_bob: Browser, ticket: Ticket
) -> None:
    post(client_ada, url(ticket, "macros/run/"), also=HIGH)
    run = MacroRun.objects.get()
    assert post(client_bob, url(ticket, f"macros/{run.pk}/undo/"), htmx=True)[0] == 409
    (other,) = make_tickets(1, run.at)
    assert post(client_ada, url(other, f"macros/{run.pk}/undo/"), htmx=True)[0] == 409
    assert the_ticket(ticket).priority == "high"


def test_the_composer_costs_the_ticket_page_no_query_for_replies(
    client_ada: Browser, ticket: Ticket, now: datetime
) -> None:
    canned(now)
    assert "VPN" not in client_ada.get(url(ticket)).content.decode()


def test_the_type_is_chosen_in_the_facts(client_ada: Browser, ticket: Ticket) -> None:
    status, page = post(client_ada, url(ticket, "type/"), htmx=True, type="incident")
    assert (status, "Incident" in page, the_ticket(ticket).type) == (200, True, "incident")
    assert "set the type <b>Incident</b>" in client_ada.get(url(ticket)).content.decode()
    assert post(client_ada, url(ticket, "type/"), htmx=True, type="nonsense")[0] == 422
    post(client_ada, url(ticket, "type/"), type="")
    page = client_ada.get(url(ticket)).content.decode()
    assert "took the type <b>Incident</b> away" in page
