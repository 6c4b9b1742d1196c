"""The data of the ticket page."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Client, Contact
from helpdesk.core.models import Blob, User
from tests.tickets.conftest import make_tickets
from tickets.domain.kinds import AttachmentKind, MessageKind
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import AttachmentNotFound, TicketNotFound
from tickets.models import Attachment, Message, Tag, Ticket
from tickets.selectors.attachments import attachment_for
from tickets.selectors.page import ticket_sheet
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.change_priority import change_priority
from tickets.services.files import StoredFile
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer


@pytest.fixture
def picture(now: datetime) -> StoredFile:
    blob = Blob.objects.create(sha256="a" * 64, size=3, created_at=now)
    return StoredFile(blob, "screen.png", "image/png", 3, AttachmentKind.SCREENSHOT)


def test_the_time_line_tells_everything_in_order(
    ticket: Ticket, ada: User, now: datetime, picture: StoredFile
) -> None:
    Attachment.objects.create(
        ticket=ticket, blob=picture.blob, filename="screen.png", media_type="image/png", size=3
    )

    def at(minutes: int) -> datetime:
        return now + timedelta(minutes=minutes)

    change_priority(ticket=ticket, to=Priority.HIGH, by=ada, now=at(1))
    reply_to_customer(
        ticket=ticket, body="Which one?", by=ada, now=at(2), then=Status.WAITING, stored=[picture]
    )
    add_customer_message(ticket=ticket, body="The left one", now=at(3))
    add_note(ticket=ticket, body="Again", by=ada, now=at(4))

    sheet = ticket_sheet(ada, ticket.number)
    told = [(e.kind, e.body or (e.activity and e.activity.field)) for e in sheet.entries]
    assert told == [
        ("description", None if not ticket.description else ticket.description),
        ("activity", "priority"),
        ("reply", "Which one?"),
        ("activity", "status"),
        ("customer", "The left one"),
        ("activity", "status"),
        ("note", "Again"),
    ]
    reply = sheet.entries[2]
    assert (reply.author_name, reply.mail_state) == ("Ada Lovelace", "queued")
    assert [file.filename for file in reply.attachments] == ["screen.png"]
    assert [file.filename for file in sheet.entries[0].attachments] == ["screen.png"]
    assert [e.mail_state for e in sheet.entries if e.kind == "note"] == [""]
    assert sheet.entries[0].author_name == "Anna Berg"


def test_who_opened_by_hand_stands_over_the_description(ada: User, anna: Contact, now: datetime) -> None:
    ticket = open_ticket(new=NewTicket(subject="x", contact=anna, tags=["t"]), by=ada, now=now)
    sheet = ticket_sheet(ada, ticket.number)
    assert sheet.entries[0].author_name == "Ada Lovelace"
    assert [tag.name for tag in sheet.tags] == ["t"]


def test_other_tickets_of_the_contact_are_those_that_the_reader_may_see(
    ticket: Ticket, anna: Contact, globex: Client, ada: User, gus: User, now: datetime
) -> None:
    make_tickets(7, now, client=globex, contact=anna)
    latest = make_tickets(1, now, client=globex, contact=anna)[0]
    numbers = [t.number for t in ticket_sheet(ada, latest.number).others]
    assert numbers == [latest.number - i for i in range(1, 6)]
    assert latest.number in [t.number for t in ticket_sheet(ada, ticket.number).others]
    Ticket.objects.filter(pk__gt=ticket.pk + 2, pk__lt=latest.pk).delete()
    assert ticket.number in [t.number for t in ticket_sheet(ada, latest.number).others]
    assert ticket.number not in [t.number for t in ticket_sheet(gus, latest.number).others]


@pytest.mark.parametrize("with_contact", [True, False])
def test_the_page_takes_seven_queries_at_2_and_at_200_entries(
    ticket: Ticket, ada: User, now: datetime, with_contact: bool
) -> None:
    if not with_contact:
        Ticket.objects.update(contact=None)

    def queries() -> int:
        user = User.objects.get(pk=ada.pk)
        with CaptureQueriesContext(connection) as seen:
            sheet = ticket_sheet(user, ticket.number)
            str((sheet.ticket.client, sheet.ticket.contact, sheet.ticket.device, sheet.ticket.follows))
            for entry in sheet.entries:
                str((entry.author_name, entry.attachments))
        return len(seen)

    def write(count: int) -> None:
        Message.objects.bulk_create(
            Message(
                ticket=ticket, kind=MessageKind.NOTE, author=ada, author_name="Ada", body="x", created_at=now
            )
            for _ in range(count)
        )

    write(2)
    at_two = queries()
    write(198)
    assert queries() == at_two <= 7


def test_a11_a_stranger_gets_neither_page_nor_file(
    ticket: Ticket, ada: User, gus: User, picture: StoredFile
) -> None:
    file = Attachment.objects.create(
        ticket=ticket, blob=picture.blob, filename="screen.png", media_type="image/png", size=3
    )
    assert attachment_for(ada, file.public_id) == file
    with pytest.raises(AttachmentNotFound):
        attachment_for(gus, file.public_id)
    with pytest.raises(AttachmentNotFound):
        attachment_for(ada, uuid4())
    with pytest.raises(TicketNotFound):
        ticket_sheet(gus, ticket.number)
    with pytest.raises(TicketNotFound):
        ticket_sheet(ada, 10**30)


def test_rows_have_names_for_people(ticket: Ticket, ada: User, picture: StoredFile, now: datetime) -> None:
    note = add_note(ticket=ticket, body="x", by=ada, now=now, stored=[picture])
    shown = [ticket, note, note.attachments.get(), ticket.activities.get(), Tag(name="vip")]
    assert [str(row) for row in shown] == [
        f"#{ticket.number} Printer 0 is on fire",
        f"note {note.pk} on #{ticket.number}",
        "screen.png",
        f"noted  on #{ticket.number}",
        "vip",
    ]
    assert ticket.is_unfinished
    assert not ticket.is_closed
