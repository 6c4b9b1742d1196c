"""The addresses behind the composer: drafts, files, colleagues, and who else is here."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from helpdesk.core import presence
from helpdesk.core.events import hub
from helpdesk.core.models import User
from helpdesk.core.presence import Company
from tests.tickets.pages import HTMX, PNG
from tickets.models import Draft, DraftFile, Ticket
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db
FORM = {"kind": "reply", "body": "Dear Anna", "version": "0", "seen": "1.1"}


@pytest.fixture(autouse=True)
def _nobody_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tickets.views.together.company", Company())


def save(browser: Browser, ticket: Ticket, **words: str) -> tuple[int, str]:
    answer = browser.post(f"/tickets/{ticket.pk}/draft/", FORM | words, headers=HTMX)
    return answer.status_code, answer.content.decode()


def test_the_text_comes_back_on_another_computer(client_ada: Browser, ticket: Ticket) -> None:
    status, fragment = save(client_ada, ticket, cc="bert@acme.example")
    assert (status, 'data-version="1"' in fragment, "Saved" in fragment) == (200, True, True)
    page = client_ada.get(f"/tickets/{ticket.pk}/").content.decode()
    assert ">Dear Anna</textarea>" in page
    assert 'name="version" value="1"' in page
    assert 'value="bert@acme.example"' in page
    assert 'name="seen" value="1.1"' in page


def test_nothing_typed_is_no_draft(client_ada: Browser, ticket: Ticket) -> None:
    save(client_ada, ticket)
    status, fragment = save(client_ada, ticket, body=" ", version="1")
    assert (status, 'data-version="0"' in fragment) == (200, True)
    assert not Draft.objects.exists()


def test_another_window_is_asked(client_ada: Browser, ticket: Ticket) -> None:
    save(client_ada, ticket, body="Of the first window")
    status, fragment = save(client_ada, ticket, body="Of the second")
    assert status == 409
    assert "<template>Of the first window</template>" in fragment
    plain = client_ada.post(f"/tickets/{ticket.pk}/draft/", FORM | {"body": "Of the second"})
    page = plain.content.decode()
    assert (plain.status_code, "Of the first window" in page) == (409, True)
    assert ">Of the second</textarea>" in page
    assert 'name="version" value="1"' in page


def test_without_script_a_button_keeps_it(client_ada: Browser, ticket: Ticket) -> None:
    answer = client_ada.post(f"/tickets/{ticket.pk}/draft/", FORM | {"kind": "note"}, follow=True)
    assert "Your text is kept as a draft." in answer.content.decode()
    assert Draft.objects.get().kind == "note"


def test_a_file_waits_and_goes(client_ada: Browser, ticket: Ticket) -> None:
    address = f"/tickets/{ticket.pk}/draft/files/"
    answer = client_ada.post(address, {"file": SimpleUploadedFile("a.png", PNG)}, headers=HTMX)
    file = DraftFile.objects.get()
    assert f'value="{file.public_id}"' in answer.content.decode()
    refused = client_ada.post(address, {"file": SimpleUploadedFile("a.exe", b"MZ")}, headers=HTMX)
    assert (refused.status_code, "programs are not accepted" in refused.content.decode()) == (422, True)
    form = {"kind": "reply", "body": "See the picture", "kept": str(file.public_id)}
    client_ada.post(f"/tickets/{ticket.pk}/reply/", form, headers=HTMX)
    assert [each.filename for each in ticket.attachments.all()] == ["a.png"]
    assert not DraftFile.objects.exists()


def test_a_file_is_taken_away(client_ada: Browser, ticket: Ticket) -> None:
    address = f"/tickets/{ticket.pk}/draft/files/"
    client_ada.post(address, {"file": SimpleUploadedFile("a.png", PNG)})
    for public_id in (DraftFile.objects.get().public_id, uuid4()):
        assert client_ada.post(f"/drafts/files/{public_id}/remove/").status_code == 204
    assert not DraftFile.objects.exists()


def test_colleagues_are_those_who_may_work_on_it(
    client_ada: Browser, ticket: Ticket, bob: User, gus: User
) -> None:
    names = client_ada.get(f"/tickets/{ticket.pk}/colleagues/", headers=HTMX).content.decode()
    assert "Bob Kahn" in names
    assert "Ada" not in names
    assert "Gus" not in names


def here(browser: Browser, ticket: Ticket, doing: str = "", **words: str) -> str:
    form = {"tab": "t1", "doing": doing, **words}
    return browser.post(f"/tickets/{ticket.pk}/here/", form, headers=HTMX).content.decode()


def test_two_see_each_other_and_who_writes(client_ada: Browser, client_bob: Browser, ticket: Ticket) -> None:
    assert "looking too" not in here(client_ada, ticket)
    assert "Ada Lovelace is looking too" in here(client_bob, ticket)
    here(client_ada, ticket, "reply")
    assert "Ada Lovelace is writing an answer." in here(client_bob, ticket)
    here(client_ada, ticket, "note")
    assert "Ada Lovelace is writing a note." in here(client_bob, ticket)
    assert "Ada Lovelace is looking too" in client_bob.get(f"/tickets/{ticket.pk}/").content.decode()
    here(client_ada, ticket, "gone")
    assert "Ada" not in here(client_bob, ticket)


def test_who_writes_hears_that_somebody_answered(
    client_ada: Browser, ticket: Ticket, bob: User, now: datetime
) -> None:
    reply = reply_to_customer(ticket=ticket, body="Done", by=bob, now=now)
    shown = here(client_ada, ticket, "reply", seen="0.0")
    assert "Bob Kahn answered while you were writing." in shown
    assert f'href="#message-{reply.pk}"' in shown
    assert "Bob Kahn" not in here(client_ada, ticket, "reply", seen=f"{reply.pk}.9999")


def test_only_news_are_told_to_the_others(
    client_ada: Browser, ticket: Ticket, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        before = hub.last_id
        here(client_ada, ticket)
        here(client_ada, ticket)
    assert [(e.name, e.ref, e.client_id) for e in hub.since(before) or ()] == [
        ("company", str(ticket.pk), ticket.client_id)
    ]


def test_a15_of_a_ticket_that_is_not_seen_nobody_hears(
    client_ada: Browser, gus: User, ticket: Ticket
) -> None:
    here(client_ada, ticket)
    browser = Browser()
    browser.force_login(gus)
    for path in ("here", "draft", "draft/files"):
        assert browser.post(f"/tickets/{ticket.pk}/{path}/", {"tab": "x"}).status_code == 404
    assert browser.get(f"/tickets/{ticket.pk}/colleagues/").status_code == 404


def test_who_falls_silent_is_gone() -> None:
    company, ada = Company(), presence.Guest(1, "Ada")
    assert company.stay("ticket:1", ada, tab="a", now=0)
    assert not company.stay("ticket:1", ada, tab="b", now=40)
    assert company.others("ticket:1", besides=2, now=80) == [ada]
    assert company.others("ticket:1", besides=1, now=80) == []
    assert not company.leave("ticket:1", 1, tab="a", now=80)
    assert company.leave("ticket:1", 1, tab="b", now=80)
    assert not company.leave("ticket:1", 1, tab="b", now=80)
    assert company.others("ticket:1", besides=2, now=80) == []


def test_a_place_holds_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "MOST_TABS", 1)
    company = Company()
    company.stay("ticket:1", presence.Guest(1, "Ada"), tab="a", now=0)
    assert not company.stay("ticket:1", presence.Guest(2, "Bob"), tab="a", now=0)
    assert company.stay("ticket:1", presence.Guest(1, "Ada", "reply"), tab="a", now=0)


def test_three_are_counted(client_ada: Browser, client_bob: Browser, ticket: Ticket, carla: User) -> None:
    browser = Browser()
    browser.force_login(carla)
    for each in (client_ada, client_bob):
        here(each, ticket)
    assert "Ada Lovelace and 1 more are looking too" in here(browser, ticket)
