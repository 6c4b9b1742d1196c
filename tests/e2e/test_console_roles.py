"""A role with chosen clients: who has it sees those, and neither others nor what they may not do."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import DemoDesk

pytestmark = pytest.mark.e2e


def test_a_role_with_one_client_shows_that_client_alone(page: Page, desk: DemoDesk, browser: Browser) -> None:
    page.goto("/settings/roles/")
    page.get_by_role("link", name="New role").click()
    page.get_by_label("Name").fill("Duval only")
    for may in ("See tickets", "Work on tickets", "See clients and devices"):
        page.get_by_label(may, exact=True).check()
    page.get_by_label("Maison Duval").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Duval only")).to_be_visible()
    expect(page.get_by_role("row", name="For these clients")).to_contain_text("Maison Duval")

    page.goto("/settings/people/new/")
    page.get_by_label("Full name").fill("Eric Duval")
    page.get_by_label("E-mail address").fill("eric@brightwell.example")
    page.get_by_label("Duval only").check()
    page.get_by_label("First password").fill("nine slow barges")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("Eric Duval can sign in now.")).to_be_visible()

    context = browser.new_context(base_url=desk.url)
    eric = context.new_page()
    eric.goto("/sign-in/")
    eric.get_by_label("E-mail address").fill("eric@brightwell.example")
    eric.get_by_label("Password", exact=True).fill("nine slow barges")
    eric.get_by_role("button", name="Sign in", exact=True).click()
    eric.wait_for_url(re.compile(r"/(tickets|dashboard)/"))
    eric.goto("/clients/")
    expect(eric.get_by_role("link", name="Maison Duval")).to_be_visible()
    expect(eric.locator("tbody tr")).to_have_count(1)
    for path in ("/settings/people/", "/settings/roles/", "/settings/audit/", "/settings/organisation/"):
        answer = eric.goto(path)
        assert answer
        assert answer.status == 403, path
    context.close()

    page.goto("/settings/roles/")
    page.get_by_role("link", name="Duval only").click()
    expect(page.get_by_text("1 person has this role.")).to_be_visible()
