"""The second step of a sign-in: an app with six digits, codes on paper, and a passkey of Chromium's own."""

import re

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from helpdesk.demo import content
from tests.e2e.demo import Complaints, DemoDesk, leave

pytestmark = pytest.mark.e2e
EMAIL = content.ADMINISTRATOR[0]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def password_step(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(content.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_app(page: Page) -> tuple[str, list[str]]:
    """(the app's secret, recovery codes), as somebody does it who scans the picture."""
    page.goto("/profile/security/")
    page.get_by_role("link", name="Add an app").click()
    expect(page.get_by_role("img", name="Picture for the app")).to_be_visible()
    secret = page.locator("code.mono").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Add the app").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    codes = page.locator("#codes li").all_inner_texts()
    assert len(codes) == 10
    return secret, codes


def test_an_app_is_asked_for_and_a_paper_code_helps(page: Page, desk: DemoDesk, browser: Browser) -> None:
    _secret, codes = add_app(page)
    context = browser.new_context(base_url=desk.url)
    other = context.new_page()
    complaints = Complaints(other)
    password_step(other)
    expect(other.get_by_role("heading", name="Second step")).to_be_visible()
    other.get_by_label("Code", exact=True).fill("000000")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert").filter(has_text="wrong or was used")).to_be_visible()
    other.get_by_label("Code", exact=True).fill(codes[0])
    other.keyboard.press("Enter")
    other.wait_for_url(re.compile(r"/(tickets|dashboard)/"))
    other.goto("/profile/security/")
    expect(other.get_by_text("9 codes are left")).to_be_visible()
    assert complaints.found == []
    context.close()
    page.goto("/profile/security/")
    page.get_by_role("button", name="Remove the app").click()
    expect(page.get_by_text("The app is removed.")).to_be_visible()


def with_key(context: BrowserContext) -> Page:
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return page


def test_a_passkey_signs_in_without_a_password_and_is_the_second_step(
    desk: DemoDesk, browser: Browser
) -> None:
    context = browser.new_context(base_url=desk.url.replace("127.0.0.1", "localhost"))
    page = with_key(context)
    complaints = Complaints(page)
    password_step(page)
    page.wait_for_url(re.compile(r"/(tickets|dashboard)/"))
    page.goto("/profile/security/")
    page.get_by_label("Name of the new passkey").fill("Laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove Laptop")).to_be_visible()
    expect(page.locator("#codes li")).to_have_count(10)

    leave(page)
    page.goto("/sign-in/?next=/clients/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/clients/")

    leave(page)
    password_step(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(r"/(tickets|dashboard)/"))
    assert complaints.found == []
    context.close()


def test_a_role_that_needs_a_second_factor_lets_nobody_pass_without(page: Page) -> None:
    page.goto("/settings/roles/")
    page.get_by_role("link", name="Administrator", exact=True).click()
    page.get_by_label("Needs a second factor").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your role needs a second factor.")).to_be_visible()
    page.goto("/tickets/")
    expect(page.get_by_text("Your role needs a second factor.")).to_be_visible()
    add_app(page)
    page.goto("/clients/")
    expect(page.get_by_role("heading", name="Clients", level=1)).to_be_visible()


def test_another_browser_is_signed_out_from_here(page: Page, desk: DemoDesk, browser: Browser) -> None:
    context = browser.new_context(base_url=desk.url)
    other = context.new_page()
    password_step(other)
    other.wait_for_url(re.compile(r"/(tickets|dashboard)/"))
    page.goto("/profile/security/")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("is signed out.")).to_be_visible()
    other.goto("/clients/")
    other.wait_for_url("**/sign-in/**")
    context.close()
