"""Mailboxes in trouble with real servers, as Chromium shows them and the doctor tells it."""

import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.hosts.console import Album
from tests.hosts.process import free_port, wait_for
from tests.servers.desk import ADA, ADAS_PASSWORD, MailDesk, mail
from tests.servers.dovecot import PASSWORD, USER, Dovecot

pytestmark = [pytest.mark.servers, pytest.mark.e2e]
LIST = "/settings/mailboxes/"
MAILBOXES = """
from django.utils import timezone
from tickets.models import Mailbox
from tickets.services.mailboxes.secret import sealed
def add(name, **facts):
    usual = {{"kind": "imap", "host": "127.0.0.1", "port": {port}, "security": "none", "user": "{user}"}}
    usual["secret_sealed"] = sealed(facts.pop("password", "{password}"))
    usual |= {{"address": name + "@brightwell.example", "created_at": timezone.now()}}
    Mailbox.objects.create(**(usual | facts))
Mailbox.objects.all().delete()
add("support", folder="Desk")
add("password", password="open pepper")
add("gone", port={nobody})
add("name", host="localhost", port={tls_port}, security="tls")
add("sales", sends_itself=True, send_host="127.0.0.1", send_port={nobody}, send_security="none")
"""
TROUBLE = {
    "password": ("Sign-in was refused.", "AUTHENTICATIONFAILED", "Enter the user and the password anew"),
    "gone": ("No mail can be fetched.", "does not answer at port", "Compare server, port and encryption"),
    "name": ("No mail can be fetched.", "made out to another name", "Compare server, port and encryption"),
    "sales": ("The server for sending cannot be used.", "does not answer", "other mailboxes go on sending"),
}


@pytest.fixture
def troubled(desk: MailDesk, dovecot: Dovecot) -> MailDesk:
    client = dovecot.client()
    client.create("Desk")
    dovecot.append(mail("First"), folder="Desk")
    nobody = free_port()
    facts = {
        "port": dovecot.port,
        "tls_port": dovecot.tls_port,
        "nobody": nobody,
        "user": USER,
        "password": PASSWORD,
    }
    made = desk.command("shell", "--no-imports", "-v0", "-c", MAILBOXES.format(**facts))
    assert made.returncode == 0, made.stderr
    desk.environment |= {
        "SSL_CERT_FILE": str(dovecot.folder / "cert.pem"),
        "MAIL_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "EMAIL_TIMEOUT_SECONDS": "5",
    }
    desk.start()
    desk.expect_subject("First")
    desk.kill()
    client.delete("Desk")
    time.sleep(1.1)  # Dovecot's UIDVALIDITY is a time in seconds
    client.create("Desk")
    dovecot.append(mail("First"), mail("Second"), folder="Desk")
    client.logout()
    desk.start()
    desk.expect_subject("Second")
    wait_for(
        lambda: states(desk)["password"] == "refused" and states(desk)["name"] == "unreachable", "the states"
    )
    wait_for(lambda: states(desk)["gone"] == "unreachable", "the states")
    return desk


@pytest.fixture
def page(browser: Browser, troubled: MailDesk) -> Iterator[Page]:
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{troubled.port}", viewport={"width": 1440, "height": 1000}, locale="en-GB"
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(ADA)
    page.get_by_label("Password", exact=True).fill(ADAS_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/tickets/**")
    yield page
    context.close()


def states(desk: MailDesk) -> dict[str, str]:
    rows = desk.rows("SELECT address, state FROM tickets_mailbox")
    return {address.partition("@")[0]: state for address, state in rows}


def address_of(desk: MailDesk, name: str) -> str:
    rows = desk.rows("SELECT id FROM tickets_mailbox WHERE address = ?", f"{name}@brightwell.example")
    return f"{LIST}{rows[0][0]}/"


def look(page: Page, album: Album, name: str) -> None:
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 1000})
        page.screenshot(path=album.next(f"{name}-{width}"), full_page=True)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}).response["violations"]
    assert found == [], name


def test_every_trouble_says_what_it_is_since_when_and_what_helps(
    troubled: MailDesk,
    page: Page,
    album: Album,
) -> None:
    page.goto(address_of(troubled, "sales"))
    page.get_by_role("button", name="Send a test mail").click()
    expect(page.get_by_text("The test mail was not sent. The server said:")).to_be_visible()
    look(page, album, "test-mail")
    page.goto(LIST)
    expect(page.get_by_text("The folder was made anew on the server")).to_be_visible()
    look(page, album, "list")
    for name, words in TROUBLE.items():
        page.goto(address_of(troubled, name))
        callout = page.locator(".mbx__trouble")
        for sentence in (*words, "Since"):
            expect(callout).to_contain_text(sentence)
        expect(callout.get_by_role("button", name="Try again")).to_be_visible()
        look(page, album, name)
    doctor = troubled.command("doctor", "--no-mail", "--no-dns")
    (album.folder / "doctor.txt").write_text(doctor.stdout)
    assert doctor.returncode == 1
    assert "made anew on the server" in doctor.stdout
    for name, words in TROUBLE.items():
        lines = [
            line for line in doctor.stdout.splitlines() if f"{name}@brightwell.example: {words[0]}" in line
        ]
        assert len(lines) == 1, doctor.stdout
        assert all(sentence in lines[0] for sentence in (*words, "Since")), lines
    page.goto(address_of(troubled, "password"))
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.get_by_label("Password or client secret").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    wait_for(lambda: states(troubled)["password"] == "live", "the mailbox with its right password")
    expect(page.locator("tr", has_text="password@brightwell.example")).to_contain_text("live")
    expect(page.get_by_text("Sign-in was refused.")).to_have_count(0)


def test_a_full_disk_is_said_on_the_page(
    troubled: MailDesk,
    dovecot: Dovecot,
    page: Page,
    album: Album,
) -> None:
    troubled.kill()
    troubled.environment["MAIL_RESERVE_MB"] = str(2**30)
    troubled.start()
    dovecot.append(mail("Third"), folder="Desk")
    wait_for(lambda: states(troubled)["support"] == "full", "the full disk")
    page.goto(address_of(troubled, "support"))
    expect(page.get_by_text("The disk of the desk is nearly full.")).to_be_visible()
    expect(page.locator(".mbx__trouble")).to_contain_text("Make room on the disk")
    look(page, album, "full")
