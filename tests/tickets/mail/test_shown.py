"""Mail in the console: the time line, the mail as it was sent, and what technicians do about it there."""

from email.message import EmailMessage

import pytest
from django.test import Client as Browser

from helpdesk.core.models import OutgoingMail, User
from tests.conftest import browser_of
from tests.tickets.mail.conftest import ANNA, MALLORY, Desk
from tests.tickets.pages import PNG
from tickets.models import BlockedSender, Message, Ticket
from tickets.selectors.recipients import recipients_of
from tickets.services.mail.strangers import block_pattern
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db
PICTURES = '<p>Look</p><img src="cid:shot@1"><img src="https://mallory.example/seen.gif">'


@pytest.fixture
def client_ada(desk: Desk) -> Browser:
    return browser_of(desk.ada)


def html_mail(desk: Desk, html: str, *, from_: str = f"Anna Berg <{ANNA}>", is_reply: bool = True) -> Message:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = from_, "support@desk.example", "Printer"
    mail["Message-ID"] = f"<h{len(html)}@mail.example>"
    if is_reply:
        mail["In-Reply-To"] = desk.marked()
    mail.set_content("Look\n\nOn 3 Mar 2026, Bob wrote:\n> Switch it off and on.\n> Please.\n")
    mail.add_alternative(html, subtype="html")
    part = mail.get_payload()[1]  # type: ignore[index]
    part.add_related(PNG, "image", "png", cid="<shot@1>", filename="shot.png", disposition="inline")  # type: ignore[union-attr]
    desk.receive(mail.as_bytes())
    return Message.objects.latest("pk")


def page(browser: Browser, ticket: Ticket) -> str:
    return browser.get(f"/tickets/{ticket.pk}/").content.decode()


def test_the_quoted_mail_is_folded(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, PICTURES)
    text = page(client_ada, desk.own)
    assert message.body == "Look"
    quoted = text[text.index(f'id="quoted-{message.pk}"') :]
    assert "Switch it off and on." in quoted[: quoted.index("</details>")]


def test_the_mail_is_shown_as_sent_in_a_frame_without_scripts(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, PICTURES)
    text = page(client_ada, desk.own)
    frame = text[text.index("<iframe") : text.index("</iframe>")]
    assert f'src="/messages/{message.pk}/body/"' in frame
    assert 'sandbox="allow-same-origin allow-popups' in frame
    assert "allow-scripts" not in frame


def test_the_first_mail_of_a_ticket_is_shown_as_sent_too(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, PICTURES, is_reply=False)
    assert message.is_opening
    assert f"/messages/{message.pk}/body/" in page(client_ada, message.ticket)
    shown = client_ada.get(f"/messages/{message.pk}/body/").content.decode()
    assert f'src="/files/{message.ticket.attachments.get().public_id}/"' in shown


def test_a1_the_page_of_a_mail_can_run_nothing_and_load_nothing(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, "<p onclick=alert(1)>Hi</p><script>alert(1)</script>" + PICTURES)
    response = client_ada.get(f"/messages/{message.pk}/body/")
    policy, text = response["Content-Security-Policy"], response.content.decode()
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; ")
    assert policy.endswith("sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox")
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-DNS-Prefetch-Control"] == "off"
    assert "alert" not in text
    assert ' src="https:' not in text


def test_a1_what_was_stored_before_is_cleaned_when_it_is_shown(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, PICTURES)
    Message.objects.filter(pk=message.pk).update(html="<b>x</b><script>alert(1)</script>")
    assert b"alert" not in client_ada.get(f"/messages/{message.pk}/body/").content


def test_remote_pictures_load_on_request(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, PICTURES)
    assert f'href="/messages/{message.pk}/body/?pictures=1"' in page(client_ada, desk.own)
    response = client_ada.get(f"/messages/{message.pk}/body/?pictures=1")
    assert 'src="https://mallory.example/seen.gif"' in response.content.decode()
    assert "img-src 'self' data: https: http:;" in response["Content-Security-Policy"]


def test_a_mail_without_remote_pictures_offers_none(desk: Desk, client_ada: Browser) -> None:
    html_mail(desk, "<p>Look</p>")
    assert "pictures=1" not in page(client_ada, desk.own)


def test_a_mail_that_is_a_picture_only_is_open_as_sent(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, '<img src="cid:shot@1">')
    Message.objects.filter(pk=message.pk).update(body="")
    text = page(client_ada, desk.own)
    assert "No text" in text
    assert f'id="as-sent-{message.pk}" hx-preserve open>' in text


def test_pictures_of_the_mail_are_shown_and_a_logo_is_no_file(desk: Desk, client_ada: Browser) -> None:
    message = html_mail(desk, PICTURES)
    picture = message.attachments.get()
    shown = client_ada.get(f"/messages/{message.pk}/body/").content.decode()
    assert f'<img src="/files/{picture.public_id}/">' in shown
    assert f"/files/{picture.public_id}/" not in page(client_ada, desk.own)
    message.attachments.update(size=50_000)
    assert f"/files/{picture.public_id}/" in page(client_ada, desk.own)


def test_a11_a_mail_of_another_client_does_not_exist(desk: Desk, gus: User) -> None:
    message = html_mail(desk, PICTURES)
    browser = browser_of(gus)
    assert browser.get(f"/messages/{message.pk}/body/").status_code == 404
    for deed in ("admit", "split-off", "block"):
        assert browser.post(f"/messages/{message.pk}/{deed}/").status_code == 404


def test_somebody_else_than_the_contact_is_named_with_the_address(desk: Desk, client_ada: Browser) -> None:
    desk.join("bert@acme.example")
    html_mail(desk, "<p>x</p>", from_="Anna Berg <bert@acme.example>")
    assert "bert@acme.example, by e-mail" in page(client_ada, desk.own)


class TestHeld:
    @pytest.fixture
    def held(self, desk: Desk) -> Message:
        return html_mail(desk, "<p>Let me in</p>", from_=f"Anna Berg <{MALLORY}>")

    def test_a3_a_held_mail_is_marked_with_its_true_address(
        self, desk: Desk, held: Message, client_ada: Browser
    ) -> None:
        text = page(client_ada, desk.own)
        assert "msg--held" in text
        assert f"{MALLORY} takes no part in this ticket." in text

    def test_the_sender_is_admitted(self, desk: Desk, held: Message, client_ada: Browser) -> None:
        response = client_ada.post(f"/messages/{held.pk}/admit/", follow=True)
        assert f"{MALLORY} takes part in this ticket now." in response.content.decode()
        assert "msg--held" not in page(client_ada, desk.own)

    def test_the_mail_gets_its_own_ticket(self, desk: Desk, held: Message, client_ada: Browser) -> None:
        response = client_ada.post(f"/messages/{held.pk}/split-off/", follow=True)
        new = Ticket.objects.latest("pk")
        assert f"The mail is ticket #{new.number} now." in response.content.decode()
        assert f"/messages/{held.pk}/body/" in page(client_ada, new)

    def test_the_sender_is_blocked(self, held: Message, client_ada: Browser) -> None:
        client_ada.post(f"/messages/{held.pk}/block/")
        assert BlockedSender.objects.get().pattern == MALLORY

    def test_the_second_decision_is_told_that_it_is_late(self, held: Message, client_ada: Browser) -> None:
        client_ada.post(f"/messages/{held.pk}/admit/")
        response = client_ada.post(f"/messages/{held.pk}/split-off/", follow=True)
        assert "Somebody has already decided about this mail" in response.content.decode()
        assert Ticket.objects.count() == 1

    def test_who_may_not_edit_sees_the_warning_without_buttons(
        self, desk: Desk, held: Message, ada: User
    ) -> None:
        ada.roles.update(permissions=["tickets.view"])
        text = page(browser_of(User.objects.get(pk=ada.pk)), desk.own)
        assert "takes no part" in text
        assert "/admit/" not in text

    def test_a4_a_mail_that_may_be_forged_says_so_and_blocks_nobody(
        self, desk: Desk, client_ada: Browser
    ) -> None:
        """Anna takes part: whoever blocked "the sender" would shut her out."""
        forged = html_mail(desk, "<p>Let me in</p>", from_=f"{ANNA}, {MALLORY}")
        text = page(client_ada, desk.own)
        assert f"perhaps {ANNA} has not written it" in text
        assert "takes no part" not in text
        assert f"/messages/{forged.pk}/admit/" in text
        assert f"/messages/{forged.pk}/block/" not in text

    def test_who_was_let_in_by_mistake_is_taken_out_again(
        self, desk: Desk, held: Message, client_ada: Browser
    ) -> None:
        client_ada.post(f"/messages/{held.pk}/admit/")
        assert f"Take {MALLORY} out of this ticket" in page(client_ada, desk.own)
        for _twice in range(2):
            path = f"/tickets/{desk.own.number}/remove/"
            response = client_ada.post(path, {"email": MALLORY.upper()}, follow=True)
        assert "gets no answers of this ticket any more" in response.content.decode()
        assert [one.email for one in recipients_of(desk.own)] == [ANNA]
        assert desk.own.activities.filter(field="removed").count() == 1
        again = desk.receive(desk.letter(MALLORY, in_reply_to=desk.marked()))
        assert again.outcome == "held"

    @pytest.mark.parametrize("pattern", [MALLORY, "evil.example"])
    def test_a3_who_is_blocked_for_the_desk_gets_no_answers(
        self, desk: Desk, held: Message, client_ada: Browser, pattern: str
    ) -> None:
        client_ada.post(f"/messages/{held.pk}/admit/")
        assert len(recipients_of(desk.own)) == 2
        block_pattern(pattern=pattern, by=desk.ada, now=desk.now)
        assert [one.email for one in recipients_of(desk.own)] == [ANNA]


class TestAnswers:
    @pytest.fixture
    def answer(self, desk: Desk) -> Message:
        return reply_to_customer(ticket=desk.own, body="Done", by=desk.ada, now=desk.now, may_be_undone=True)

    def mails(self, answer: Message, **facts: object) -> None:
        OutgoingMail.objects.filter(pk=answer.mail_id or 0).update(**facts)

    def test_an_answer_on_hold_can_be_taken_back(
        self, desk: Desk, answer: Message, client_ada: Browser
    ) -> None:
        assert "Undo send" in page(client_ada, desk.own)
        self.mails(answer, status="sent", sent_at=desk.now)
        text = page(client_ada, desk.own)
        assert "Undo send" not in text
        assert f"to {ANNA}" in text

    @pytest.mark.parametrize(("status", "words"), [("failed", "could not be sent"), ("bounced", "came back")])
    def test_a_mail_that_did_not_arrive_says_so_at_the_message(
        self, desk: Desk, answer: Message, client_ada: Browser, status: str, words: str
    ) -> None:
        self.mails(answer, status=status, last_error="550 no <such> user")
        text = page(client_ada, desk.own)
        assert f"The mail to {ANNA} {words}." in text
        assert "550 no &lt;such&gt; user" in text
        assert f"/mails/{answer.mail_id}/resend/" in text

    def test_copies_that_did_not_arrive_are_named_too(
        self, desk: Desk, ada: User, client_ada: Browser
    ) -> None:
        desk.join("bert@acme.example")
        reply_to_customer(ticket=desk.own, body="Done", by=ada, now=desk.now)
        OutgoingMail.objects.filter(to="bert@acme.example").update(status="bounced")
        text = page(client_ada, desk.own)
        assert "The mail to bert@acme.example came back." in text
        assert f"to {ANNA}, bert@acme.example" in text


def test_a4_the_interface_for_programs_says_what_is_held(desk: Desk, client_ada: Browser) -> None:
    html_mail(desk, "<p>Pay here</p>", from_=f"Anna Berg <{MALLORY}>")
    html_mail(desk, "<p>Thank you!</p>")
    entries = client_ada.get(f"/api/v1/tickets/{desk.own.number}/").json()["entries"]
    told = [(e["author_email"], e["is_held"]) for e in entries if e["kind"] == "customer"]
    assert told == [(MALLORY, True), (ANNA, False)]
