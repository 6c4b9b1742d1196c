"""Settings > Mailboxes."""

from datetime import datetime

import pytest
from django.http import HttpResponseBase
from django.test import Client as Browser
from pytest_django import Settings

from helpdesk.core.models import OutgoingMail, User
from tests.tickets.mailboxes.fake_imap import FakeImap
from tickets.models import Mailbox, MailIn
from tickets.selectors.mailboxes import mailboxes_visible_to
from tickets.services.mailboxes.states import note_state

PAGE = "/settings/mailboxes/"


def text(answer: HttpResponseBase) -> str:
    return " ".join(getattr(answer, "content", b"").decode().split())


def do(browser: Browser, box: Mailbox, deed: str) -> str:
    return text(browser.post(f"{PAGE}{box.pk}/do/", {"do": deed}, follow=True))


def test_a_desk_without_a_mailbox_is_told_what_to_do(client_carla: Browser) -> None:
    assert "No mailbox yet" in text(client_carla.get(PAGE))


def test_a_healthy_mailbox_offers_a_test(client_carla: Browser, box: Mailbox, now: datetime) -> None:
    note_state(mailbox_id=box.pk, state="live", now=now)
    page = text(client_carla.get(PAGE))
    assert "IMAP, told at once" in page
    assert 'value="test"' in page


@pytest.mark.parametrize(
    ("state", "fix"), [("refused", "Sign in again"), ("unreachable", "Try again"), ("full", "Try again")]
)
def test_a_mailbox_in_trouble_offers_what_helps(
    client_carla: Browser, box: Mailbox, now: datetime, state: str, fix: str
) -> None:
    note_state(mailbox_id=box.pk, state=state, words="The server said so.", now=now)
    page = text(client_carla.get(PAGE))
    assert fix in page
    assert "The server said so." in page


def test_a_desk_that_does_not_listen_says_so(client_carla: Browser, now: datetime) -> None:
    deaf = Mailbox.objects.create(address="support@desk.example", created_at=now)
    note_state(mailbox_id=deaf.pk, state="unreachable", words="SMTP_LISTEN is empty", now=now)
    assert "The desk does not listen for mail." in text(client_carla.get(PAGE))


def test_a17_a_password_is_never_shown_again(client_carla: Browser, box: Mailbox) -> None:
    page = text(client_carla.get(f"{PAGE}{box.pk}/"))
    assert "sesame" not in page
    assert box.secret_sealed not in page


def test_saving_says_what_is_wrong_beside_the_field(client_carla: Browser, box: Mailbox) -> None:
    data = {"address": box.address, "kind": "imap", "host": "imap.mallory.example", "security": "tls"}
    answer = client_carla.post(f"{PAGE}{box.pk}/", {**data, "user": "support", "auth": "password"})
    assert answer.status_code == 422
    assert "Enter the password" in text(answer)


def test_a_mailbox_is_added(client_carla: Browser) -> None:
    data = {"address": "help@desk.example", "kind": "smtp", "security": "tls", "auth": "password"}
    page = text(client_carla.post(f"{PAGE}new/", data, follow=True))
    assert "Mail to help@desk.example becomes tickets now." in page


def test_two_mailboxes_with_one_address_are_refused(client_carla: Browser, box: Mailbox) -> None:
    data = {"address": box.address, "kind": "smtp", "security": "tls", "auth": "password"}
    assert "with this address already" in text(client_carla.post(f"{PAGE}new/", data))


def test_the_sender_name_is_saved(client_carla: Browser, box: Mailbox) -> None:
    data = {
        "address": box.address,
        "kind": "smtp",
        "name": "Brightwell IT",
        "security": "tls",
        "auth": "password",
    }
    assert "(Brightwell IT)" in text(client_carla.post(f"{PAGE}{box.pk}/", data, follow=True))


def test_a_test_says_what_the_server_said(client_carla: Browser, box: Mailbox, imap: FakeImap) -> None:
    assert "holds 12 mails" in do(client_carla, box, "test")
    imap.password = "pepper"
    assert "Wrong password" in do(client_carla, box, "test")


def test_the_buttons_do_what_they_say(client_carla: Browser, box: Mailbox, carla: User) -> None:
    assert carla.email in do(client_carla, box, "trial")
    assert "Trying again" in do(client_carla, box, "again")
    assert "Turn on" in do(client_carla, box, "off")
    assert "Turn off" in do(client_carla, box, "on")
    assert "Nothing was changed" in do(client_carla, box, "explode")


def test_traffic_and_sending_are_shown(
    client_carla: Browser, box: Mailbox, now: datetime, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "helpdesk.core.mailbox.SmtpBackend"
    assert "not yet" in text(client_carla.get(PAGE))
    mail = OutgoingMail.objects.create(
        kind="x", to="anna@acme.example", from_address=box.address, subject="x", text="x", message_id="<1@x>",
        status="failed", last_error="550 no", next_try_at=now, created_at=now,
    )  # fmt: skip
    assert "550 no" in text(client_carla.get(PAGE))
    OutgoingMail.objects.filter(pk=mail.pk).update(status="queued", tries=1, last_error="451 later")
    page = text(client_carla.get(PAGE))
    assert 'title="451 later"' in page
    assert "waiting" in page
    OutgoingMail.objects.filter(pk=mail.pk).update(status="sent", sent_at=now)
    MailIn.objects.create(
        key="1", sha256="1", size=1, raw=b"x", source="imap", mailbox=box, received_at=now, next_try_at=now
    )
    page = text(client_carla.get(PAGE))
    assert "550 no" not in page
    assert "<time" in page


def test_oauth_and_polling_are_said_in_words(client_carla: Browser, box: Mailbox, now: datetime) -> None:
    Mailbox.objects.update(auth="oauth-client", state="polling")
    assert "IMAP every minute, signed in with OAuth" in text(client_carla.get(PAGE))


def test_a_full_disk_is_said_above_all(client_carla: Browser, settings: Settings) -> None:
    settings.MAIL_RESERVE_MB = 2**40
    assert "The disk of the desk is nearly full" in text(client_carla.get(PAGE))


def test_a_technician_sees_no_mailbox(ada: User, carla: User, box: Mailbox) -> None:
    assert not mailboxes_visible_to(ada).exists()
    assert mailboxes_visible_to(carla).exists()


OWN = {"kind": "smtp", "security": "tls", "auth": "password", "sends_itself": "own", "send_host": "127.0.0.1"}


def test_a_mailbox_gets_a_server_of_its_own_and_gives_it_back(
    client_carla: Browser, box: Mailbox, settings: Settings
) -> None:
    address = f"{PAGE}{box.pk}/"
    own = OWN | {"address": box.address, "send_security": "none", "send_user": "support"}
    answer = client_carla.post(address, own | {"send_host": "https://smtp", "send_port": "25"})
    assert "Enter the name of the server, like smtp.example.com." in text(answer)
    assert "Enter the password." in text(answer)
    settings.MAIL_ALLOWED_HOSTS = []
    assert "Choose TLS" in text(client_carla.post(address, own | {"send_secret": "open pepper"}))
    settings.MAIL_ALLOWED_HOSTS = ["127.0.0.1"]
    page = text(
        client_carla.post(address, own | {"send_secret": "open pepper", "send_port": "9"}, follow=True)
    )
    assert "Saved." in page
    box.refresh_from_db()
    assert (box.sends_itself, box.send_port) == (True, 9)
    assert "pepper" not in page + box.send_secret_sealed
    client_carla.post(address, own | {"send_port": "9"})
    assert Mailbox.objects.get().send_secret_sealed == box.send_secret_sealed, "typed anew only if it changes"
    assert "Enter the password." in text(client_carla.post(address, own | {"send_user": "mallory"}))
    client_carla.post(address, own | {"send_user": ""})
    assert Mailbox.objects.get().send_secret_sealed == "", "a server may ask for none"
    client_carla.post(address, OWN | {"address": box.address, "sends_itself": "house"})
    box.refresh_from_db()
    assert (box.sends_itself, box.send_host) == (False, "")


def test_a_server_that_cannot_send_is_said_with_what_waits(
    client_carla: Browser, box: Mailbox, now: datetime
) -> None:
    Mailbox.objects.update(
        sends_itself=True, send_host="127.0.0.1", send_port=9, send_security="none", send_state="unreachable",
        send_words="It slept.", send_state_at=now,
    )  # fmt: skip
    OutgoingMail.objects.create(
        kind="x", to="anna@acme.example", from_address=box.address, subject="x", text="x", message_id="<1@x>",
        next_try_at=now, created_at=now,
    )  # fmt: skip
    page = text(client_carla.get(PAGE))
    for words in (
        "cannot be used",
        "It slept.",
        "1 mail waits.",
        "other mailboxes go on sending",
        "Try again",
    ):
        assert words in page
    assert "does not answer" in do(client_carla, box, "trial")


def test_without_a_server_a_test_mail_says_that_it_is_a_file(
    client_carla: Browser, box: Mailbox, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "helpdesk.core.mailbox.FileBackend"
    assert "EMAIL_URL is not set" in do(client_carla, box, "trial")
