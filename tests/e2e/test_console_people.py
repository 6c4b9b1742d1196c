"""People come by invitation, choose their password, forget it, and leave their tickets to others."""

import email
import email.policy
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import Complaints, DemoDesk, leave
from tests.hosts.process import wait_for

pytestmark = pytest.mark.e2e
IN = re.compile(r"/(tickets|dashboard)/")


def link_to(address: str, folder: Path, *, other_than: str = "") -> str:
    """The link of a mail to somebody, once it has left the desk."""

    def found() -> str | None:
        for file in (folder / "mails").glob("*.eml"):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = mail.get_body(("plain",))
            link = re.search(r"https?://[^/]+(/sign-in/link/\S+)", body.get_content() if body else "")
            if address in str(mail["To"]) and link and link[1] != other_than:
                return link[1]
        return None

    return wait_for(found, f"a link to {address}")


def choose(page: Page, link: str, password: str) -> None:
    page.goto(link)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()


def come_in(page: Page, address: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(IN)


def test_somebody_is_invited_comes_in_forgets_the_password_and_leaves(
    page: Page, desk: DemoDesk, browser: Browser
) -> None:
    dora = "dora@brightwell.example"
    page.goto("/settings/people/")
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("Full name").fill("Dora Marr")
    page.get_by_label("E-mail address").fill(dora)
    page.get_by_label("Technician", exact=True).check()
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text(f"An invitation is on its way to {dora}.")).to_be_visible()
    expect(page.get_by_role("row", name="Dora Marr")).to_contain_text("invited")

    context = browser.new_context(base_url=desk.url)
    other = context.new_page()
    complaints = Complaints(other)
    first = link_to(dora, desk.folder)
    choose(other, first, "seven blue herons")
    come_in(other, dora, "seven blue herons")
    expect(other.get_by_text("Dora Marr").first).to_be_visible()

    leave(other)
    other.goto("/sign-in/")
    other.get_by_role("link", name="Forgot the password?").click()
    other.get_by_label("E-mail address").fill(dora)
    other.get_by_role("button", name="Send the link").click()
    expect(other.get_by_role("heading", name="Look into your mail")).to_be_visible()
    again = link_to(dora, desk.folder, other_than=first)
    choose(other, again, "eight green herons")
    other.goto(again)
    expect(other.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    other.goto("/sign-in/")
    come_in(other, dora, "eight green herons")

    page.goto("/settings/people/")
    page.get_by_role("link", name="Dora Marr").click()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("Deactivated: this person cannot sign in.")).to_be_visible()
    other.goto("/clients/")
    other.wait_for_url("**/sign-in/**")
    assert complaints.found == []
    context.close()


def test_open_tickets_go_to_a_colleague(page: Page) -> None:
    page.goto("/settings/people/")
    page.get_by_role("link", name="Jonas Weber").click()
    expect(page.get_by_text("open tickets are theirs")).to_be_visible()
    page.get_by_label("Their open tickets go to").select_option(label="Mara Lindholm")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text(re.compile(r"Saved\. \d+ open tickets go over\."))).to_be_visible()
    expect(page.get_by_role("button", name="Let them in again")).to_be_visible()


def test_a_mail_says_it_in_our_own_words(page: Page) -> None:
    page.goto("/settings/mail-texts/")
    page.get_by_role("link", name="Invitation, Deutsch").click()
    page.get_by_label("Text", exact=True).fill("Willkommen, {{ name }}!")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Without {{ url }} this mail is no use.")
    page.get_by_label("Text", exact=True).fill("Willkommen, {{ name }}!\n\n{{ url }}")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".mail-preview")).to_contain_text("Willkommen, Anna Berg!")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. It goes out with the next mail.")).to_be_visible()
    page.get_by_role("button", name="Back to the standard text").click()
    expect(page.get_by_text("The standard text goes out again.")).to_be_visible()


def test_the_audit_log_tells_who_did_what(page: Page) -> None:
    page.goto("/settings/people/2/")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("Deactivated: this person cannot sign in.")).to_be_visible()
    page.goto("/settings/audit/")
    page.get_by_label("On what").select_option(label="user")
    page.get_by_label("Words").fill("let in or shut out")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("cell", name="let in or shut out")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    assert "let in or shut out" in Path(download.value.path()).read_text(encoding="utf-8-sig")
