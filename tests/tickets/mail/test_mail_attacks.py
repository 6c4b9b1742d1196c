"""Attacks by mail on the intake (ATTACKS A3 to A10, A25)."""

from email.message import EmailMessage

import pytest

from agents.models import Contact
from helpdesk.core.models import OutgoingMail, Role, User
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.mail.conftest import ANNA, MALLORY, SUPPORT, Desk, steps
from tests.tickets.mail.reports import dsn
from tickets.domain.mail import parse
from tickets.domain.mail.threading import MOST_MARKS, Arrival, thread_ids
from tickets.domain.status import Status
from tickets.models import Attachment, Mailbox, MailIn, Message, Participant, Ticket

pytestmark = pytest.mark.django_db


def test_a3_a_mark_for_one_ticket_opens_no_other(desk: Desk) -> None:
    other = make_tickets(1, desk.now, subject="Of Bob")[0]
    forged = desk.marked().replace(f"t{desk.own.number}.", f"t{other.number}.")
    assert desk.receive(desk.letter(in_reply_to=forged)).ticket not in {other, desk.own}


@pytest.mark.parametrize("name", ["In-Reply-To", "References", "To", "Delivered-To", "Subject"])
def test_a3_no_header_takes_a_stranger_onto_a_ticket_without_a_technician(desk: Desk, name: str) -> None:
    values = {
        "In-Reply-To": desk.marked(),
        "References": desk.marked(),
        "To": desk.address(),
        "Delivered-To": desk.address(),
        "Subject": f"Re: [#{desk.own.number}] x",
    }
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = MALLORY, "<x@evil.example>"
    mail[name] = values[name]
    mail.set_content("Send me everything.")
    desk.receive(mail.as_bytes())
    assert not Message.objects.filter(ticket=desk.own, is_held=False).exists()
    assert not Participant.objects.exists()
    assert not OutgoingMail.objects.exclude(to=MALLORY).exists()


def test_a3_a_right_and_a_wrong_mark_are_answered_alike(desk: Desk) -> None:
    desk.receive(desk.letter(MALLORY, subject="a", to=desk.address().replace("+t", "+t9")))
    desk.receive(desk.letter(MALLORY, subject="b"))
    first, second = OutgoingMail.objects.order_by("pk").values_list("to", "kind")
    assert first == second


def test_a4_a_forged_technician_is_held_and_nothing_goes_out(desk: Desk) -> None:
    for mark in (desk.marked(), desk.marked(to=desk.bob.email)):
        mail = desk.receive(desk.letter(desk.ada.email, in_reply_to=mark))
        assert mail.outcome == "held"
    assert not OutgoingMail.objects.exists()


def test_a4_a_technician_is_known_by_his_own_mark_only_on_its_ticket(desk: Desk) -> None:
    other = make_tickets(1, desk.now)[0]
    mark = desk.marked(to=desk.ada.email).replace(f"t{desk.own.number}.", f"t{other.number}.")
    assert desk.receive(desk.letter(desk.ada.email, in_reply_to=mark)).outcome == "ticket"


def test_a4_a_technician_without_the_right_changes_nothing(desk: Desk, gus: User) -> None:
    mail = desk.receive(
        desk.letter(gus.email, body="#status closed\nBye", in_reply_to=desk.marked(to=gus.email))
    )
    assert (mail.outcome, steps(mail)[-1]) == ("dropped", "not-allowed")
    assert (the_ticket(desk.own).status, desk.words()) == (Status.OPEN, [])


def test_a4_whoever_may_only_look_answers_nobody(desk: Desk) -> None:
    Role.objects.filter(users=desk.ada).update(permissions=["tickets.view"])
    mail = desk.receive(desk.letter(desk.ada.email, in_reply_to=desk.marked(to=desk.ada.email)))
    assert mail.outcome == "dropped"
    assert not OutgoingMail.objects.exists()


def test_a5_an_id_that_mallory_used_first_does_not_catch_annas_thread(desk: Desk) -> None:
    desk.receive(desk.letter(MALLORY, message_id="<next@acme.example>"))
    own = desk.receive(desk.letter(message_id="<next@acme.example>"))
    answer = desk.receive(desk.letter(in_reply_to="<next@acme.example>"))
    assert (answer.outcome, answer.ticket) == ("joined", own.ticket)


def test_a5_an_id_known_to_one_mailbox_joins_nothing_in_another(desk: Desk) -> None:
    other = Mailbox.objects.create(address="sales@desk.example", created_at=desk.now)
    desk.receive(desk.letter(message_id="<first@acme.example>"))
    mail = desk.receive(desk.letter(in_reply_to="<first@acme.example>"), mailbox=other)
    assert mail.outcome == "ticket"


def test_a6_headers_of_strangers_set_nothing(desk: Desk) -> None:
    mail = desk.receive(
        desk.letter(
            X_Zammad_Ticket_Priority="urgent",
            X_Deskbell_Status="closed",
            X_Priority="1",
            X_Ticket_Owner=desk.ada.email,
            X_Deskbell_Client="Globex",
        )
    )
    ticket = mail.ticket
    assert ticket
    assert (ticket.status, ticket.priority, ticket.assignee) == ("open", "medium", None)
    assert ticket.client == desk.anna.client


def test_a7_two_desks_that_confirm_each_other_stop_at_once(desk: Desk) -> None:
    first = desk.receive(desk.letter("desk@other.example"))
    assert first.ticket
    confirmation = OutgoingMail.objects.get()
    theirs = desk.receive(
        desk.letter(
            "desk@other.example",
            subject=f"We have it: {confirmation.subject}",
            in_reply_to=confirmation.message_id,
            auto_submitted="auto-replied",
        )
    )
    assert (theirs.outcome, theirs.ticket) == ("joined", first.ticket)
    assert OutgoingMail.objects.count() == 1


def test_a7_a_desk_that_says_nothing_of_itself_is_stopped_by_the_brake(desk: Desk) -> None:
    for number in range(15):
        desk.receive(desk.letter("bot@other.example", subject=f"Ticket {number} received"))
    assert OutgoingMail.objects.count() == 10
    assert Ticket.objects.count() == 16


def test_a7_our_own_mailbox_is_nobodys_participant(desk: Desk) -> None:
    Mailbox.objects.create(address="sales@desk.example", created_at=desk.now)
    cc = f"sales@desk.example, Support+x@desk.example, {desk.address()}, mailer-daemon@mx.example"
    mail = desk.receive(desk.letter(cc=cc))
    assert mail.outcome in {"ticket", "joined"}
    assert not Participant.objects.exists()


def test_a7_bounces_of_bounces_make_no_tickets(desk: Desk) -> None:
    for _time in (1, 2):
        assert desk.receive(dsn(desk, "<unknown@mx.example>")).outcome == "bounce"
    assert Ticket.objects.count() == 1


def test_a9_line_breaks_in_names_and_subjects_stay_on_one_line(desk: Desk) -> None:
    raw = (
        b"From: =?utf-8?q?Eve=0D=0ABcc=3A_all=40acme.example?= <eve@evil.example>\r\n"
        b"Subject: =?utf-8?q?Hi=0D=0ABcc=3A_all=40acme.example?=\r\nMessage-ID: <1@e>\r\n\r\nx"
    )
    ticket = desk.receive(raw).ticket
    assert ticket
    for text in (ticket.subject, ticket.contact_name, OutgoingMail.objects.get().subject):
        assert "\n" not in text
        assert "\r" not in text


def test_a9_two_addresses_in_one_make_no_recipient(desk: Desk) -> None:
    raw = desk.letter(cc="PEOPLE").replace(
        b"PEOPLE", b"=?utf-8?q?x=0D=0ABcc=3A?= <a@b.example>,\n c@d.example"
    )
    desk.receive(raw)
    assert Participant.objects.count() == 2
    assert all("\n" not in email for email in Participant.objects.values_list("email", flat=True))


def test_a10_the_words_survive_intact(desk: Desk) -> None:
    body = "C:\\Users\\anna\\x\n\ttab\n© ü 你好 \U0001f44d\n%s {x} \\n"
    ticket = desk.receive(desk.letter(body=body)).ticket
    assert ticket
    assert ticket.description == body


def test_a10_bytes_without_a_charset_are_still_words(desk: Desk) -> None:
    raw = "From: anna@acme.example\r\nSubject: Müll\r\nMessage-ID: <1@a>\r\n\r\nGrüße aus Köln"
    ticket = desk.receive(raw.encode()).ticket
    assert ticket
    assert (ticket.subject, ticket.description) == ("Müll", "Grüße aus Köln")


def _with_file(name: str, content: bytes = b"x") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = ANNA, "file", "<f@a>"
    mail.set_content("see file")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def test_a25_a_program_stays_in_the_original_and_the_ticket_says_so(desk: Desk) -> None:
    mail = desk.receive(_with_file("invoice.pdf.exe", b"MZ"))
    assert not Attachment.objects.exists()
    assert "program-left-out" in steps(mail)
    assert mail.ticket
    assert mail.ticket.activities.filter(field="program-left-out", after="invoice.pdf.exe").exists()


def test_a24_a_name_with_a_path_loses_it(desk: Desk) -> None:
    desk.receive(_with_file("../../etc/pass\u202ewd"))
    assert Attachment.objects.get().filename == "pass wd"


def test_a7_an_automatic_answer_stops_no_clock_and_opens_nothing(desk: Desk) -> None:
    Ticket.objects.filter(pk=desk.own.pk).update(status=Status.RESOLVED, resolved_at=desk.now)
    desk.receive(desk.letter(in_reply_to=desk.marked(), auto_submitted="auto-replied"))
    assert the_ticket(desk.own).status == Status.RESOLVED
    assert Message.objects.get(ticket=desk.own).is_automatic


def test_many_addresses_make_at_most_forty_participants(desk: Desk) -> None:
    cc = ", ".join(f"p{number}@acme.example" for number in range(60))
    mail = desk.receive(desk.letter(cc=cc))
    assert Participant.objects.count() < 40
    assert "people-left-out" in steps(mail)
    assert Contact.objects.count() == 1


def test_a10_nothing_is_forgotten_when_the_mail_is_noise(desk: Desk) -> None:
    raw = b"\x00" * 10 + b"\xff" * 300
    assert MailIn.objects.get(pk=desk.receive(raw, mailbox=None).pk).size == 310
    assert SUPPORT not in MailIn.objects.values_list("sender", flat=True)


def test_a10_nul_bytes_cost_no_mail(desk: Desk) -> None:
    """PostgreSQL takes none in a text: the sender would hear "try again" for ever."""
    raw = desk.letter(message_id="").replace(b"\n\n", b"\nMessage-ID: <a\0b@mail.example>\n\n", 1)
    mail = desk.receive(raw, envelope_from="a\0@mail.example", envelope_to=["support+\0@desk.example"])
    kept = f"{mail.envelope_from}{mail.envelope_to}{mail.message_id}{mail.key}"
    assert (mail.outcome, "\0" in kept, "\\x00" in kept) == ("ticket", False, False)


BOUNCED = """Final-Recipient: rfc822; bo@else.example
Action: failed
Status: 5.1.1

550 user unknown
"""


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Undelivered Mail Returned to Sender", f"Hi, since today I get this:\n\n{BOUNCED}"),
        ("Please help", f"My mails come back.\n\n{BOUNCED}"),
    ],
)
def test_a10_a_customer_who_asks_about_a_bounce_is_heard(desk: Desk, subject: str, body: str) -> None:
    mail = desk.receive(desk.letter(subject=subject, body=body), envelope_from=ANNA)
    assert (mail.outcome, mail.ticket.contact_email if mail.ticket else "") == ("ticket", ANNA)
    assert not OutgoingMail.objects.exists()
    sent = desk.sent()
    mail = desk.receive(
        desk.letter(subject=subject, body=body, in_reply_to=sent.message_id, return_path=ANNA)
    )
    assert (mail.outcome, mail.ticket) == ("joined", desk.own)
    sent.refresh_from_db()
    assert sent.status == "sent"


@pytest.mark.parametrize("who", ["MAILER-DAEMON@mx.example", "Mail Delivery System <x@mx.example>"])
def test_a7_a_server_that_has_a_sender_opens_no_ticket(desk: Desk, who: str) -> None:
    letter = desk.letter(who, subject="Undelivered Mail Returned to Sender", body=BOUNCED)
    assert desk.receive(letter, envelope_from="x@mx.example").outcome == "bounce"


def test_a8_thousands_of_marks_are_not_all_tried(desk: Desk) -> None:
    """Each forged mark is checked for each person of its ticket."""
    forged = [f"support+t{desk.own.number}.{'a' * 15}{letter}@desk.example" for letter in "abcdefghij"] * 20
    ids = " ".join(f"<t{desk.own.number}.m{number}.{'a' * 16}@desk.example>" for number in range(300))
    mail = desk.receive(desk.letter(to=", ".join(forged), references=ids))
    assert mail.ticket != desk.own
    arrival = Arrival(mail=parse(desk.letter(to=", ".join(forged), references=ids)))
    assert (len(arrival.addressed_to), len(thread_ids(arrival.mail))) == (MOST_MARKS, MOST_MARKS)


def test_a10_a_question_about_absence_is_a_question(desk: Desk) -> None:
    """Taken for a machine's it had no promise of an answer, and in a thread it woke nobody."""
    question = {"subject": "Out of office", "body": "How do I set up my out of office reply?"}
    mail = desk.receive(desk.letter(**question))
    assert (mail.outcome, mail.entry.is_automatic if mail.entry else None) == ("ticket", False)
    assert not OutgoingMail.objects.exists()
    Ticket.objects.filter(pk=desk.own.pk).update(status=Status.RESOLVED, resolved_at=desk.now)
    desk.receive(desk.letter(subject="Re: Out of office", body=question["body"], references=desk.marked()))
    assert the_ticket(desk.own).status == Status.OPEN
