"""What a mail brings along: people, files, HTML, a thread of its own; and what technicians do by mail."""

from email.message import EmailMessage

import pytest

from agents.models import Client, Contact
from helpdesk.core.models import Notice, Organisation, OutgoingMail, Team
from helpdesk.core.selectors.notices import sentence_of
from tests.tickets.conftest import last_activity, make_tickets, the_ticket
from tests.tickets.mail.conftest import ANNA, MALLORY, SUPPORT, Desk, steps
from tests.tickets.mail.reports import complaint, dsn
from tickets.domain.mail import MailFile, ParsedMail, letter
from tickets.domain.mail.letter import CUT, MAX_TEXT, compose
from tickets.domain.mail.threading import read_commands
from tickets.domain.status import Status
from tickets.domain.work import LinkRole
from tickets.models import Attachment, Mailbox, MailIn, Message, Participant, RuleTrace, Ticket
from tickets.selectors.mail import own_addresses, stopped_addresses
from tickets.services.mail import journal, reading
from tickets.services.mail.journal import RawMail, store_many
from tickets.services.mail.take import take_due_mails
from tickets.services.work.links import link_tickets
from tickets.views.mail_journal import sentence

pytestmark = pytest.mark.django_db


def ticket_of(mail: MailIn) -> Ticket:
    assert mail.ticket
    return mail.ticket


@pytest.mark.parametrize("seal", ["application/pkcs7-signature", "application/pgp-signature"])
def test_a_signed_mail_is_kept_whole_beside_its_parts(desk: Desk, seal: str) -> None:
    raw = (
        b"From: anna@acme.example\r\nTo: " + SUPPORT.encode() + b"\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/signed; protocol="' + seal.encode() + b'"; boundary=b\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nPlease send ten.\r\n"
        b"--b\r\nContent-Type: " + seal.encode() + b"\r\n\r\nsignature\r\n--b--\r\n"
    )
    ticket = ticket_of(desk.receive(raw))
    original = Attachment.objects.get(ticket=ticket, filename="mail.eml")
    assert (original.size, original.blob.size) == (len(raw), len(raw))
    assert "Please send ten." in ticket.description


# People


def test_a_known_contact_is_found_by_any_address_and_keeps_the_name_we_know(desk: Desk) -> None:
    desk.anna.addresses.create(email="anna@home.example")
    ticket = ticket_of(desk.receive(desk.letter("Annie <anna@home.example>")))
    assert (ticket.contact, ticket.contact_name, ticket.client) == (desk.anna, "Anna Berg", desk.anna.client)
    assert ticket.contact_email == "anna@home.example"


def test_a_new_sender_becomes_a_contact_of_the_client_with_the_domain(desk: Desk) -> None:
    ticket = ticket_of(desk.receive(desk.letter("Max Kern <max@acme.example>")))
    contact = Contact.objects.get(email="max@acme.example")
    assert (contact.full_name, contact.client, ticket.contact) == ("Max Kern", desk.anna.client, contact)


def test_a_new_sender_of_no_client_stays_in_the_unassigned_inbox(desk: Desk) -> None:
    Client.objects.create(name="Twin", mail_domains=["acme.example"])
    for sender in ("x@nowhere.example", "x@acme.example"):
        ticket = ticket_of(desk.receive(desk.letter(sender)))
        assert (ticket.client, ticket.contact_name) == (None, "x")


def test_a_mailbox_can_leave_contacts_alone(desk: Desk) -> None:
    Mailbox.objects.update(creates_contacts=False)
    ticket = ticket_of(desk.receive(desk.letter("max@acme.example"), mailbox=Mailbox.objects.get()))
    assert (ticket.contact, ticket.client) == (None, desk.anna.client)


def test_two_first_mails_of_one_sender_make_one_contact(desk: Desk) -> None:
    mails = [desk.letter("new@acme.example", subject=str(i)) for i in range(2)]
    store_many(mails=[RawMail(raw=raw, source="smtp", mailbox=desk.box) for raw in mails], now=desk.now)
    take_due_mails(now=desk.now)
    assert Contact.objects.filter(email="new@acme.example").count() == 1


def test_a_forged_sender_opens_no_clients_door(desk: Desk) -> None:
    Mailbox.objects.update(trusted_authserv_id="mx.desk.example")
    raw = desk.letter(authentication_results="mx.desk.example; dmarc=fail")
    ticket = ticket_of(desk.receive(raw, mailbox=Mailbox.objects.get()))
    assert (ticket.client, ticket.contact) == (None, None)
    assert ticket.activities.filter(field="dmarc-failed").exists()


def test_cc_people_take_part_and_hear_of_the_answer(desk: Desk) -> None:
    desk.receive(desk.letter(cc="Max <max@acme.example>, eve@acme.example", in_reply_to=desk.marked()))
    assert set(desk.own.participants.values_list("email", "name")) == {
        ("max@acme.example", "Max"),
        ("eve@acme.example", ""),
    }


def test_a_mail_to_a_mailbox_of_a_team_goes_to_that_team(desk: Desk) -> None:
    team = Team.objects.create(name="Field")
    Mailbox.objects.update(team=team)
    ticket = ticket_of(desk.receive(desk.letter(), mailbox=Mailbox.objects.get()))
    assert (ticket.team, ticket.mailbox) == (team, desk.box)


def test_a_new_ticket_is_confirmed_and_traced(desk: Desk) -> None:
    ticket = ticket_of(desk.receive(desk.letter()))
    sent = OutgoingMail.objects.get()
    assert (sent.to, sent.kind, sent.ref) == (ANNA, "ticket-confirmation", str(ticket.number))
    assert RuleTrace.objects.get().ticket == ticket


def test_the_support_address_is_ours_too(desk: Desk) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"support_email": "Help@desk.example"})
    assert own_addresses() == {SUPPORT, "help@desk.example"}


# Threads


def test_an_answer_in_the_same_batch_finds_the_mail_that_it_answers(desk: Desk) -> None:
    first = desk.letter(message_id="<first@acme.example>")
    second = desk.letter(in_reply_to="<first@acme.example>")
    third = desk.letter(references="<first@acme.example> <second@acme.example>", message_id="")
    store_many(
        mails=[RawMail(raw=raw, source="smtp", mailbox=desk.box) for raw in (first, second, third)],
        now=desk.now,
    )
    assert take_due_mails(now=desk.now) == 3
    assert list(MailIn.objects.order_by("id").values_list("outcome", flat=True)) == [
        "ticket",
        "joined",
        "joined",
    ]
    assert MailIn.objects.values("ticket").distinct().count() == 1


def test_a_long_batch_of_big_mails_is_taken_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_BATCH_BYTES", 1)
    mails = [RawMail(raw=desk.letter(), source="smtp", mailbox=desk.box) for _mail in range(2)]
    store_many(mails=mails, now=desk.now)
    assert len(journal.claim_due(now=desk.now, limit=5)) == 1


def test_a_follow_up_keeps_its_people_and_its_mailbox(desk: Desk) -> None:
    desk.join("cc@acme.example")
    Ticket.objects.filter(pk=desk.own.pk).update(status=Status.CLOSED, closed_at=desk.now)
    ticket = ticket_of(desk.receive(desk.letter(in_reply_to=desk.marked())))
    assert (ticket.follows, ticket.mailbox) == (desk.own, desk.box)
    assert ticket.participants.get().email == "cc@acme.example"


# What it says


def test_an_answer_shows_what_is_new_and_keeps_what_it_quotes(desk: Desk) -> None:
    body = "Thank you!\n\nOn Mon, 3 Mar 2026 at 10:00, Ada wrote:\n> Is it plugged in?\n"
    desk.receive(desk.letter(body=body, in_reply_to=desk.marked()))
    message = Message.objects.get(ticket=desk.own)
    assert message.body == "Thank you!"
    assert "> Is it plugged in?" in message.folded
    assert (message.author_name, message.author_email) == ("Anna Berg", ANNA)


def test_an_html_mail_keeps_its_html_clean_and_its_words_searchable(desk: Desk) -> None:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"], mail["To"] = ANNA, "<h@a>", SUPPORT
    mail.set_content("<p>Hello <b>desk</b></p><script>alert(1)</script>", subtype="html")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="p.png", cid="<logo>")
    ticket = ticket_of(desk.receive(mail.as_bytes()))
    assert ticket.description == "Hello desk"
    assert ticket.subject == "(no subject)"
    opening = ticket.messages.get()
    assert (opening.is_opening, opening.body, "script" in opening.html) == (True, "", False)
    assert Attachment.objects.get().content_id == "logo"


def test_a_very_long_text_is_cut_and_stays_whole_in_the_original() -> None:
    letter = compose(ParsedMail(text="x" * (MAX_TEXT + 10)))
    assert letter.visible == "x" * MAX_TEXT + CUT


def test_html_alone_is_folded_by_its_structure() -> None:
    html = '<div>Yes</div><div class="gmail_quote">On Monday Ada wrote:<blockquote>old</blockquote></div>'
    letter = compose(ParsedMail(html=html, in_reply_to=("a@b",)))
    assert (letter.visible, "old" in letter.folded) == ("Yes", True)


def test_the_language_of_the_mail_stays_with_the_ticket(desk: Desk) -> None:
    body = "Guten Tag, der Drucker druckt seit heute Morgen nicht mehr. Bitte helfen Sie uns, vielen Dank."
    ticket = ticket_of(desk.receive(desk.letter("neu@acme.example", body=body)))
    assert ticket.details.get("language", "") in {"", "de"}


def test_what_cannot_be_read_is_a_ticket_with_the_original(desk: Desk) -> None:
    raw = b"From: anna@acme.example\r\nSubject: deep\r\n" + b"X: y\r\n" * 60_000 + b"\r\nHello"
    mail = desk.receive(raw)
    assert (mail.outcome, ticket_of(mail).subject) == ("unparsed", "deep")
    assert Attachment.objects.get().size == len(raw)
    assert not OutgoingMail.objects.exists()


def test_a_mail_of_too_many_files_keeps_the_first_ones(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILES", 2)
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = ANNA, "<files@a>"
    mail.set_content("files")
    for name, content in (("a", "x"), ("b", ""), ("c", "x")):
        mail.add_attachment(content, filename=f"{name}.txt")
    taken = desk.receive(mail.as_bytes())
    assert Attachment.objects.count() <= 2
    assert "files-left-out" in steps(taken)


# Technicians


def ask(desk: Desk, body: str, **headers: str) -> MailIn:
    return desk.receive(
        desk.letter(desk.ada.email, body=body, in_reply_to=desk.marked(to=desk.ada.email), **headers)
    )


def test_a_technicians_answer_goes_out_in_his_name(desk: Desk) -> None:
    mail = ask(desk, "Try again, please.")
    message = Message.objects.get(ticket=desk.own)
    assert (message.kind, message.author, message.body) == ("reply", desk.ada, "Try again, please.")
    assert (message.mail_in, mail.entry) == (mail, message)
    assert OutgoingMail.objects.get().to == ANNA


def test_a_technician_answers_and_resolves_in_one_mail(desk: Desk) -> None:
    ask(desk, "#status resolved\nDone.")
    assert the_ticket(desk.own).status == Status.RESOLVED
    assert desk.words() == [("reply", "Done.", False)]


@pytest.mark.parametrize(
    ("command", "step"), [("#status gone", "unknown-status"), ("#status x y", "unknown-status")]
)
def test_a_status_that_does_not_exist_is_told_in_the_journal(desk: Desk, command: str, step: str) -> None:
    assert step in steps(ask(desk, f"{command}\nHello"))
    assert desk.words() == [("reply", "Hello", False)]


def test_a_closed_ticket_stays_closed_whatever_a_mail_says(desk: Desk) -> None:
    Ticket.objects.filter(pk=desk.own.pk).update(status=Status.CLOSED, closed_at=desk.now)
    assert "not-moved" in steps(ask(desk, "#status open"))
    assert the_ticket(desk.own).status == Status.CLOSED


def test_a_status_by_mail_asks_as_the_console_does_and_rings_the_bell(desk: Desk) -> None:
    [below] = make_tickets(1, desk.now, client=desk.own.client)
    link_tickets(ticket=desk.own, other=below, role=LinkRole.CHILD, by=desk.ada, now=desk.now)
    mail = ask(desk, "#status resolved\nDone.")
    assert {"step": "not-moved", "words": "children-open"} in mail.reasons
    assert "Tickets below this one are still open." in sentence(mail.reasons[-1])
    assert the_ticket(desk.own).status == Status.OPEN
    assert desk.words() == [("reply", "Done.", False)]
    [told] = Notice.objects.filter(user=desk.ada, news="mail-failed")
    assert (told.about, sentence_of(told)) == (
        f"ticket:{desk.own.pk}",
        "Not everything in your mail could be done",
    )


def test_a_note_by_mail_that_resolves_asks_too(desk: Desk) -> None:
    assert "moved" in steps(ask(desk, "#note\n#status resolved\nFor us"))
    assert the_ticket(desk.own).status == Status.RESOLVED


def test_a_file_alone_is_an_answer(desk: Desk) -> None:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"], mail["In-Reply-To"] = (
        desk.ada.email,
        "<f@d>",
        desk.marked(to=desk.ada.email),
    )
    mail.set_content("")
    mail.add_attachment("x", filename="log.txt")
    assert desk.receive(mail.as_bytes()).outcome == "answer"
    assert OutgoingMail.objects.get().files.count() == 1


def test_an_empty_mail_of_a_technician_does_nothing(desk: Desk) -> None:
    assert ask(desk, "").outcome == "note"
    assert desk.words() == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello", ("Hello", False, "", "")),
        ("#note inside\nmore", ("inside\nmore", True, "", "")),
        ("\n#Status Waiting\n#NOTE\nx", ("x", True, "waiting", "")),
        ("#1 is done", ("#1 is done", False, "", "")),
        ("# Heading", ("# Heading", False, "", "")),
        ("#status\nx", ("#status\nx", True, "", "#status")),
        ("", ("", False, "", "")),
    ],
)
def test_commands_stand_in_the_first_lines(text: str, found: tuple[str, bool, str, str]) -> None:
    assert tuple(read_commands(text)) == found


# Reports


def test_a_bounce_is_shown_at_the_mail_that_failed(desk: Desk) -> None:
    sent = desk.sent()
    desk.receive(dsn(desk, sent.message_id))
    sent.refresh_from_db()
    assert sent.status == "bounced"
    assert sent.last_error == f"{ANNA} 550 5.1.1 no such user"
    assert last_activity(desk.own).field == "bounce"


def test_a_second_bounce_of_the_same_mail_is_only_noted(desk: Desk) -> None:
    sent = desk.sent()
    desk.receive(dsn(desk, sent.message_id))
    desk.count += 1
    assert "bounced-before" in steps(desk.receive(dsn(desk, sent.message_id)))


def test_a_delay_marks_nothing(desk: Desk) -> None:
    sent = desk.sent()
    desk.receive(dsn(desk, sent.message_id, "delayed", "4.4.1"))
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_whoever_complains_gets_no_automatic_mail(desk: Desk) -> None:
    desk.sent()
    desk.receive(complaint(desk))
    assert stopped_addresses([ANNA, MALLORY]) == {ANNA}


def test_a_complaint_about_nothing_of_ours_is_only_kept(desk: Desk) -> None:
    assert desk.receive(complaint(desk)).outcome == "complaint"
    assert not stopped_addresses([ANNA])
    assert not Participant.objects.exists()


def test_html_beyond_reading_costs_nobody_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_html: str) -> str:
        raise RecursionError

    monkeypatch.setattr(letter, "clean_html", fail)
    assert compose(ParsedMail(text="Hello", html="<p>Hello")).visible == "Hello"


def test_an_empty_file_is_left_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = ParsedMail(text="x", files=(MailFile("a.txt", "text/plain", b""),))
    monkeypatch.setattr(reading, "read_many", lambda raws: [(mail, compose(mail)) for _raw in raws])
    desk.receive(desk.letter())
    assert not Attachment.objects.exists()
