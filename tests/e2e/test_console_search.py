"""The search field of the list: what it finds, how it shows it, and how it explains itself."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e


def test_a_word_of_a_message_is_found_and_lit_up_while_it_is_typed(page: Page) -> None:
    page.goto("/tickets/")
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search these tickets")
    expect(field).to_be_focused()
    page.keyboard.type("invoi")
    row = page.locator("#ticket-rows tbody tr").filter(has_text="Invoice export")
    expect(row.locator("mark").first).to_have_text(re.compile("^invoice", re.IGNORECASE))
    expect(page).to_have_url(re.compile("q=invoi"))
    expect(field).to_be_focused()


def test_a_field_with_a_wrong_value_says_what_is_right_and_keeps_what_was_typed(page: Page) -> None:
    page.goto("/tickets/?q=status%3Aopn+invoice")
    expect(page.get_by_text("Write status: with one of open, processing, waiting")).to_be_visible()
    expect(page.locator("#ticket-q")).to_have_value("status:opn invoice")


def test_the_field_explains_itself_by_keyboard_and_without_scripts(browser: Browser, desk: DemoDesk) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto("/tickets/")
    page.get_by_role("button", name="What the search understands").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("these words one after the other")).to_be_visible()
    page.goto("/tickets/?q=client%3Anowhere")
    expect(page.get_by_role("heading", name="No ticket matches")).to_be_visible()
    context.close()
