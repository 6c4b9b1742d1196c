"""What happens in a lower app and is heard in a higher one."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.files.base import ContentFile

from agents.models import Client
from helpdesk.core.events import Event, hub
from helpdesk.core.files import store
from helpdesk.core.models import Job, Notice, OutgoingMail, User
from helpdesk.core.services.jobs import run_job
from helpdesk.core.services.mail import queue_mail
from tickets.models import Ticket
from tickets.services.files import StoredFile
from tickets.services.mail_out import queue_automatic
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Iterator[list[Event]]:
    events: list[Event] = []
    end = hub.subscribe(events.append)
    yield events
    end()


@pytest.fixture
def ticket(carla: User, now: datetime) -> Ticket:
    acme = Client.objects.create(name="Acme")
    new = NewTicket(subject="Printer", client=acme, contact_email="anna@acme.example")
    return open_ticket(new=new, by=carla, now=now)


def send(now: datetime) -> None:
    for job in Job.objects.filter(kind="send_mail"):
        run_job(job.pk, now)


def test_open_pages_hear_that_a_reply_was_mailed(
    ticket: Ticket, carla: User, heard: list[Event], django_capture_on_commit_callbacks: object, now: datetime
) -> None:
    reply_to_customer(ticket=ticket, body="Try again.", by=carla, now=now)
    assert heard == []
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        send(now)
    assert [(e.name, e.ref, e.client_id) for e in heard] == [("ticket", str(ticket.number), ticket.client_id)]


def test_open_pages_hear_that_a_rules_words_were_mailed(
    ticket: Ticket, heard: list[Event], django_capture_on_commit_callbacks: object, now: datetime
) -> None:
    facts = {"body": "We are closed until Monday."}
    queue_automatic(ticket=ticket, template="message", to="anna@acme.example", now=now, facts=facts)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        send(now)
    assert [event.ref for event in heard] == [str(ticket.number)]


def test_open_pages_hear_that_a_reply_could_not_be_mailed(
    ticket: Ticket, carla: User, heard: list[Event], django_capture_on_commit_callbacks: object, now: datetime
) -> None:
    reply_to_customer(ticket=ticket, body="Try again.", by=carla, now=now)
    OutgoingMail.objects.update(is_in_doubt=True)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        send(now)
    assert OutgoingMail.objects.get().status == OutgoingMail.Status.FAILED
    assert [e.name for e in heard] == ["ticket", "notice"]
    assert Notice.objects.get().user == carla


def test_a_mail_of_another_kind_tells_nobody(
    heard: list[Event], django_capture_on_commit_callbacks: object, now: datetime
) -> None:
    queue_mail(to="anna@acme.example", subject="Hello", text="x", kind="other", ref="1", now=now)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        send(now)
    assert OutgoingMail.objects.get().status == OutgoingMail.Status.SENT
    assert heard == []


def test_the_mail_of_a_reply_carries_its_files(
    ticket: Ticket, carla: User, mailoutbox: list[object], now: datetime
) -> None:
    blob = store(ContentFile(b"%PDF-1.7"))
    stored = [StoredFile(blob, "How to.pdf", "application/pdf", blob.size)]
    reply_to_customer(ticket=ticket, body="Read this.", by=carla, now=now, stored=stored)
    send(now)
    (mail,) = mailoutbox
    assert mail.attachments == [("How to.pdf", b"%PDF-1.7", "application/pdf")]  # type: ignore[attr-defined]
