"""Messages, files, tags, canned replies and views for programs."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Http

from agents.models import Client, Contact
from helpdesk.core.models import OutgoingMail, User
from tests.api.conftest import told
from tickets.models import Macro, Message, SavedView, Tag, Ticket
from tickets.services.open_ticket import NewTicket, open_ticket

V1 = "/api/v1/"


@pytest.fixture
def ticket(acme: Client, ada: User, now: datetime) -> Ticket:
    anna = Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")
    return open_ticket(new=NewTicket(subject="Disk", contact=anna), by=ada, now=now)


def file_of(text: bytes, name: str = "log.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text, content_type="text/plain")


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_a_message_goes_with_its_files(script: Http, ticket: Ticket, kind: str) -> None:
    url = f"{V1}tickets/{ticket.number}/messages/"
    sent = {"kind": kind, "body": "See the log", "files": [file_of(b"one"), file_of(b"two", "b.txt")]}
    made = script.post(url, sent)
    assert made.status_code == 201
    listed = told(script.get(url))["results"]
    assert [file["filename"] for file in listed[-1]["attachments"]] == ["log.txt", "b.txt"]
    bytes_ = script.get(f"{V1}attachments/{listed[-1]['attachments'][0]['id']}/")
    assert b"".join(bytes_) == b"one"
    assert "attachment" in bytes_["Content-Disposition"]


def test_a_reply_goes_to_whom_one_says_and_can_be_taken_back(script: Http, ticket: Ticket) -> None:
    url = f"{V1}tickets/{ticket.number}/messages/"
    sent = {"kind": "reply", "body": "Hi", "cc": ["paul@acme.example", "eva@acme.example"]}
    made = told(script.post(url, {**sent, "without": ["anna@acme.example"], "may_be_undone": True}))
    mails = OutgoingMail.objects.filter(ref=str(ticket.pk))
    assert sorted(mails.values_list("to", flat=True)) == ["eva@acme.example", "paul@acme.example"]
    assert told(script.post(f"{V1}messages/{made['id']}/undo/")) == {"body": "Hi"}
    assert not mails.filter(status=OutgoingMail.Status.QUEUED).exists()
    wrong = script.post(url, {"kind": "reply", "body": "Hi", "cc": "nobody"})
    assert wrong.status_code == 422


def test_the_same_form_twice_is_written_once(script: Http, ticket: Ticket) -> None:
    url = f"{V1}tickets/{ticket.number}/messages/"
    key = {"Idempotency-Key": "m-1"}
    for text, code in ((b"one", 201), (b"one", 201), (b"two", 422)):
        sent = {"kind": "note", "body": "See", "files": [file_of(text)]}
        assert script.post(url, sent, headers=key).status_code == code
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_a25_a_file_that_may_not_come_in_is_told(script: Http, ticket: Ticket) -> None:
    sent = {"kind": "note", "body": "See", "files": [file_of(b"MZ", "a.exe")]}
    answer = script.post(f"{V1}tickets/{ticket.number}/messages/", sent)
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, "files")


def test_what_is_at_hand(script: Http, ada: User, bob: User, now: datetime) -> None:
    tag = Tag.objects.create(name="vip", colour="danger")
    kept = {"created_at": now, "updated_at": now}
    Macro.objects.create(name="VPN", text="Restart it", **kept)
    Macro.objects.create(name="Bob's", owner=bob, **kept)
    SavedView.objects.create(name="Mine", query="assignee=me", owner=ada, **kept)
    SavedView.objects.create(name="Bob's", owner=bob, **kept)
    SavedView.objects.create(name="Gone", deleted_at=now, **kept)
    assert told(script.get(f"{V1}tags/"))["results"] == [{"id": tag.pk, "name": "vip", "colour": "danger"}]
    assert [row["name"] for row in told(script.get(f"{V1}macros/"))["results"]] == ["VPN"]
    assert [row["is_own"] for row in told(script.get(f"{V1}views/"))["results"]] == [True]
