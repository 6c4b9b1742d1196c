"""Rows and cards are drawn once for each key: nothing that they show may be missing in it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from agents.models import Client, Contact
from helpdesk.core.models import Blob, OutgoingMail, Team, User
from tests.tickets.conftest import make_tickets
from tests.tickets.pages import plain
from tickets.domain.kinds import MessageKind, Source
from tickets.models import Activity, Attachment, ListLook, Mention, Message, Snooze, Tag, Ticket

pytestmark = pytest.mark.django_db
EVERYTHING = "priority,number,customer,client,description,tags,status,assignee,due,opened,updated"


def test_a_row_follows_everything_it_shows(
    client_ada: Browser, ada: User, bob: User, acme: Client, now: datetime, both: list[tuple[str, str]]
) -> None:
    ListLook.objects.create(user=ada, columns=EVERYTHING)
    (ticket,) = make_tickets(1, now, client=acme, contact_name="Anna")
    team = Team.objects.create(name="Second line")
    rows = Ticket.objects.filter(pk=ticket.pk)

    def look(query: str = "status=any") -> None:
        assert client_ada.get(f"/tickets/?{query}").status_code == 200

    look()
    for change in (
        {"subject": "Another"}, {"priority": "urgent"}, {"status": "waiting"}, {"contact_name": "Berta"},
        {"contact_name": "", "contact_email": "c@acme.example"}, {"description": "More words"},
        {"assignee": bob}, {"assignee": None, "team": team}, {"team": None}, {"client": None},
        {"created_at": now - timedelta(hours=3)}, {"updated_at": now - timedelta(hours=2)},
    ):  # fmt: skip
        rows.update(**change)
        look()
    ticket.tags.add(Tag.objects.create(name="vpn", colour="teal"))
    look()
    Tag.objects.update(colour="red")
    look()
    Snooze.objects.create(ticket=ticket, at=now, by=ada)
    look()
    Snooze.objects.update(until=now + timedelta(days=40))
    look()
    look("status=any&q=another")
    look("status=any&q=words")
    look()
    assert len(both) >= 18
    for kept, drawn in both:
        assert kept == drawn
    assert len({kept for kept, _drawn in both}) >= 18


def test_a_card_follows_everything_it_shows(
    client_ada: Browser, ticket: Ticket, ada: User, anna: Contact, now: datetime, both: list[tuple[str, str]]
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(source=Source.MAIL)
    message = Message.objects.create(
        ticket=ticket, kind=MessageKind.CUSTOMER, author_name="Anna", body="One", created_at=now
    )
    rows = Message.objects.filter(pk=message.pk)
    for change in (
        {}, {"body": "Two"}, {"author_name": "Berta"}, {"folded": "> One"}, {"html": "<p>Two</p>"},
        {"html": '<img data-src="https://x.example/1.png">'}, {"kind": MessageKind.NOTE, "author": ada},
        {"is_held": True, "kind": MessageKind.CUSTOMER}, {"created_at": now - timedelta(days=2)},
    ):  # fmt: skip
        rows.update(**change)
        assert client_ada.get(f"/tickets/{ticket.pk}/").status_code == 200
    assert len(both) >= 18
    for kept, drawn in both:
        assert plain(kept) == plain(drawn)


def test_the_time_line_follows_mails_files_changes_and_names(
    client_ada: Browser, client_carla: Browser, ticket: Ticket, ada: User, bob: User, now: datetime,
    both: list[tuple[str, str]],
) -> None:  # fmt: skip
    mail = OutgoingMail.objects.create(
        kind="reply", to="anna@acme.example", subject="Re", text="One", created_at=now, next_try_at=now,
        hold_until=now + timedelta(seconds=10),
    )  # fmt: skip
    said: dict[str, Any] = {"ticket": ticket, "author": ada, "author_name": "Ada", "created_at": now}
    Message.objects.create(kind=MessageKind.REPLY, body="One", mail=mail, **said)
    note = Message.objects.create(kind=MessageKind.NOTE, body="@Bob look", **said)
    letters = OutgoingMail.objects.filter(pk=mail.pk)
    pages: list[str] = []

    def look(*browsers: Browser) -> None:
        both.clear()
        for browser in browsers or (client_ada,):
            page = browser.get(f"/tickets/{ticket.pk}/").content.decode()
            pages.append(plain(page[page.index('id="activity"') : page.index('id="composer"')]))
        assert both
        for kept, drawn in both:
            assert plain(kept) == plain(drawn)

    look()
    changes: tuple[dict[str, Any], ...] = (
        {"tries": 1}, {"status": "failed"}, {"last_error": "No such user"}, {"doubts": 1},
        {"is_secret": True}, {"status": "bounced"}, {"to": "berta@acme.example"},
        {"status": "sent", "sent_at": now},
    )  # fmt: skip
    for change in changes:
        letters.update(**change)
        look()
    Mention.objects.create(message=note, user=bob)
    look()
    blob = Blob.objects.create(sha256="a" * 64, size=1, created_at=now)
    file = Attachment.objects.create(
        ticket=ticket, message=note, blob=blob, filename="a.txt", media_type="text/plain", size=1
    )
    look()
    Attachment.objects.filter(pk=file.pk).update(filename="b.txt", size=7000)
    look()
    line = Activity.objects.create(
        ticket=ticket, at=now, actor_label="Ada", verb="changed", field="priority", before="low", after="high"
    )
    look()
    Activity.objects.filter(pk=line.pk).update(after="urgent")
    look()
    OutgoingMail.objects.create(
        kind="reply", to="copy@acme.example", subject="Re", text="One", created_at=now, next_try_at=now,
        copy_of=mail, message_id="<copy@acme.example>",
    )  # fmt: skip
    look()
    OutgoingMail.objects.filter(copy_of=mail).update(status="failed")
    look()
    assert len(set(pages)) == len(pages)
    look(client_carla, client_ada)


def test_head_and_bars_follow_everything_they_show(
    client_ada: Browser, ada: User, now: datetime, both: list[tuple[str, str]]
) -> None:
    def look() -> None:
        for query in ("", "status=closed", "priority=high&sort=number", "q=printer", "tag=vpn", "page=last"):
            for headers in ({}, {"HX-Request": "true"}):
                assert client_ada.get(f"/tickets/?{query}", headers=headers).status_code == 200

    look()
    make_tickets(1, now, priority="high")
    look()
    ListLook.objects.create(user=ada, columns=EVERYTHING, has_preview=False)
    look()
    for kept, drawn in both:
        assert plain(kept) == plain(drawn)
