"""An answer taken back is as if nobody had written it; one that did not arrive is sent again."""

from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client as Browser

from agents.models import Client
from helpdesk.core import events
from helpdesk.core.files import store
from helpdesk.core.models import OutgoingMail, User
from helpdesk.core.services.mail import send_due_mail
from helpdesk.core.services.mail_fate import MailIsOut, MailNotToResend
from tests.tickets.conftest import the_ticket
from tests.tickets.pages import HTMX
from tickets.domain.status import Status
from tickets.domain.targets import Event, Run
from tickets.models import Attachment, Calendar, Message, Participant, ServiceTarget, Ticket, TicketClock
from tickets.selectors.letters import letters_of
from tickets.services.change_status import change_status
from tickets.services.files import StoredFile
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.targets.clocks import clocks_for_new, keep_clocks
from tickets.services.undo_reply import resend_reply, undo_reply

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def answer(
    ticket: Ticket, by: User, now: datetime, then: Status | None = Status.WAITING, **more: object
) -> Message:
    return reply_to_customer(
        ticket=ticket,
        body="Try again.",
        by=by,
        now=now,
        then=then,
        may_be_undone=True,
        **more,  # type: ignore[arg-type]
    )


def mail_of(message: Message) -> OutgoingMail:
    assert message.mail is not None
    return OutgoingMail.objects.get(pk=message.mail.pk)


def give_up(mail: OutgoingMail) -> OutgoingMail:
    OutgoingMail.objects.filter(pk=mail.pk).update(status=OutgoingMail.Status.FAILED)
    return OutgoingMail.objects.get(pk=mail.pk)


def test_an_answer_taken_back_leaves_no_trace_and_no_mail(ticket: Ticket, ada: User, now: datetime) -> None:
    blob = store(ContentFile(b"x"), max_bytes=9)
    message = answer(ticket, ada, now, stored=[StoredFile(blob, "a.txt", "text/plain", 1)])
    mail, lines = mail_of(message), ticket.activities.count()
    assert lines == 2
    assert undo_reply(message=message, now=now + SECOND) == "Try again."
    assert the_ticket(ticket).status == Status.OPEN
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()
    assert not ticket.activities.exists()
    assert not send_due_mail(mail_id=mail.pk, now=now + 60 * SECOND)


def test_who_changed_the_status_since_keeps_it(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    message = answer(ticket, ada, now)
    change_status(ticket=the_ticket(ticket), to=Status.RESOLVED, by=bob, now=now + SECOND)
    undo_reply(message=message, now=now + 2 * SECOND)
    assert the_ticket(ticket).status == Status.RESOLVED


def test_a_ticket_is_resolved_again_since_when_it_was(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now)
    message = answer(ticket, ada, now + SECOND)
    assert the_ticket(ticket).resolved_at is None
    undo_reply(message=message, now=now + 2 * SECOND)
    assert (the_ticket(ticket).status, the_ticket(ticket).resolved_at) == (Status.RESOLVED, now)


def test_an_answer_without_a_move_moves_nothing_back(ticket: Ticket, ada: User, now: datetime) -> None:
    undo_reply(message=answer(ticket, ada, now, then=None), now=now)
    assert the_ticket(ticket).status == Status.OPEN


def test_what_is_out_stays_out(ticket: Ticket, ada: User, now: datetime) -> None:
    message = answer(ticket, ada, now)
    assert send_due_mail(mail_id=mail_of(message).pk, now=now + 10 * SECOND)
    with pytest.raises(MailIsOut):
        undo_reply(message=message, now=now)
    assert the_ticket(ticket).status == Status.WAITING
    message.mail = None
    with pytest.raises(MailIsOut):
        undo_reply(message=message, now=now)


def test_a_letter_that_failed_goes_out_again_and_is_the_one_shown(
    ticket: Ticket, ada: User, now: datetime, django_capture_on_commit_callbacks: object
) -> None:
    Participant.objects.create(ticket=ticket, email="bert@acme.example", added_at=now)
    message = answer(ticket, ada, now)
    old, before = give_up(mail_of(message)), events.hub.last_id
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        new = resend_reply(message=message, mail=old, now=now)
    message.refresh_from_db()
    assert message.mail == new
    assert [letter.to for letter in letters_of([message])[message.pk]] == [
        "anna@acme.example",
        "bert@acme.example",
    ]
    assert [event.ref for event in events.hub.since(before) or ()] == [str(ticket.number)]
    with pytest.raises(MailNotToResend):
        resend_reply(message=message, mail=old, now=now)


def test_a_copy_that_failed_is_sent_again_alone(ticket: Ticket, ada: User, now: datetime) -> None:
    Participant.objects.create(ticket=ticket, email="bert@acme.example", added_at=now)
    message = answer(ticket, ada, now)
    first = mail_of(message)
    again = resend_reply(message=message, mail=give_up(first.copies.get()), now=now)
    message.refresh_from_db()
    assert (message.mail, again.copy_of) == (first, first)
    assert [letter.pk for letter in letters_of([message])[message.pk]] == [first.pk, again.pk]
    assert letters_of([]) == {}


def promise(acme: Client) -> None:
    calendar = Calendar.objects.create(name="Always", zone="UTC", week=[[[0, 1440]]] * 7)
    promises = {"medium": {"first": [2, "h"], "next": [4, "h"], "resolve": [2, "days"]}}
    ServiceTarget.objects.create(name="Business", calendar=calendar, promises=promises)


def clocks_of(ticket: Ticket) -> list[tuple[str, Run, datetime | None]]:
    rows = TicketClock.objects.filter(ticket=ticket).order_by("pk")
    return [(clock.kind, clock.run, clock.due_at) for clock in rows]


def test_the_clocks_run_on_as_if_nobody_had_answered(
    acme: Client, ticket: Ticket, ada: User, now: datetime
) -> None:
    promise(acme)
    clocks_for_new([ticket], now=now)
    before = clocks_of(ticket)
    message = answer(ticket, ada, now + SECOND)
    assert clocks_of(ticket) != before
    undo_reply(message=message, now=now + 2 * SECOND)
    assert clocks_of(ticket) == before


def test_a_question_that_came_meanwhile_keeps_its_own_clock(
    acme: Client, ticket: Ticket, ada: User, now: datetime
) -> None:
    promise(acme)
    keep_clocks(ticket=ticket, event=Event.CUSTOMER_WROTE, now=now)
    message = answer(ticket, ada, now + SECOND, then=None)
    keep_clocks(ticket=ticket, event=Event.CUSTOMER_WROTE, now=now + 2 * SECOND)
    undo_reply(message=message, now=now + 3 * SECOND)
    assert [run.met_at for _kind, run, _due in clocks_of(ticket)] == [now + SECOND, None]


# --- the page


def send(browser: Browser, ticket: Ticket, **headers: str) -> str:
    sent = browser.post(
        f"/tickets/{ticket.pk}/reply/", {"kind": "reply", "body": "Try again."}, headers=headers
    )
    return sent.content.decode()


def undo_path() -> str:
    return f"/mails/{OutgoingMail.objects.get().pk}/undo/"


def test_the_composer_writes_out_who_gets_the_answer(
    client_ada: Browser, ticket: Ticket, now: datetime
) -> None:
    Participant.objects.create(ticket=ticket, email="bert@acme.example", added_at=now)
    page = client_ada.get(f"/tickets/{ticket.pk}/").content.decode()
    assert "<b>Anna Berg</b> &lt;anna@acme.example&gt;, <b>bert@acme.example</b>" in page


def test_a_sent_answer_offers_the_way_back(client_ada: Browser, ticket: Ticket) -> None:
    fragment = send(client_ada, ticket, **HTMX)
    assert "The answer goes out in 10 seconds." in fragment
    assert undo_path() in fragment
    assert 'hx-swap-oob="beforeend:#toasts"' in fragment


def test_without_script_the_ticket_page_offers_it(client_ada: Browser, ticket: Ticket) -> None:
    send(client_ada, ticket)
    page = client_ada.get(f"/tickets/{ticket.pk}/").content.decode()
    assert f'action="{undo_path()}"' in page
    assert 'data-seconds="10"' in page


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_an_undo_brings_the_text_back(client_ada: Browser, ticket: Ticket, headers: dict[str, str]) -> None:
    send(client_ada, ticket, **HTMX)
    answered = client_ada.post(undo_path(), headers=headers)
    assert answered.status_code == 200
    assert ">Try again.</textarea>" in answered.content.decode()
    assert "Nothing was sent. Your text is back." in answered.content.decode()
    assert OutgoingMail.objects.get().status == OutgoingMail.Status.CANCELLED


def test_an_undo_brings_the_files_back(client_ada: Browser, ticket: Ticket, ada: User, now: datetime) -> None:
    blob = store(ContentFile(b"x"), max_bytes=9)
    answer(ticket, ada, now, stored=[StoredFile(blob, "a.txt", "text/plain", 1)])
    page = client_ada.post(undo_path(), headers=HTMX).content.decode()
    assert 'name="kept"' in page
    assert "a.txt" in page


@pytest.mark.parametrize(("headers", "status"), [(HTMX, 409), ({}, 302)])
@pytest.mark.parametrize("action", ["undo", "resend"])
def test_too_late_is_said(
    client_ada: Browser, ticket: Ticket, headers: dict[str, str], status: int, action: str
) -> None:
    send(client_ada, ticket, **HTMX)
    OutgoingMail.objects.update(status=OutgoingMail.Status.SENDING)
    answered = client_ada.post(undo_path().replace("undo", action), headers=headers)
    assert answered.status_code == status
    if headers:
        assert answered["HX-Reswap"] == "none"
        assert 'data-toast="error"' in answered.content.decode()


def test_a_failed_mail_is_sent_again_from_the_page(client_ada: Browser, ticket: Ticket) -> None:
    send(client_ada, ticket, **HTMX)
    give_up(OutgoingMail.objects.get())
    answered = client_ada.post(undo_path().replace("undo", "resend"), headers=HTMX)
    assert "The mail to anna@acme.example is on its way again." in answered.content.decode()
    assert OutgoingMail.objects.filter(status=OutgoingMail.Status.QUEUED).count() == 1


def test_a11_a_mail_of_another_client_and_one_of_no_answer_do_not_exist(
    client_ada: Browser, gus: User, ticket: Ticket, acme: Client
) -> None:
    send(client_ada, ticket, **HTMX)
    stranger = Browser()
    stranger.force_login(gus)
    assert stranger.post(undo_path()).status_code == 404
    path = undo_path()
    Message.objects.all().delete()
    assert client_ada.post(path).status_code == 404
    assert client_ada.post("/mails/999999/undo/").status_code == 404
