"""Merging by keyboard alone, seen live by a colleague, and all of it without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e


def test_two_tickets_become_one_and_two_again_by_keyboard(page: Page) -> None:
    colleague = page.context.new_page()
    colleague.goto("/tickets/9/")
    colleague.get_by_label("Your text").fill("Typed meanwhile")
    page.goto("/tickets/9/")
    page.keyboard.press("e")
    expect(page.get_by_label("Number or words of the other ticket")).to_be_focused()
    page.keyboard.type("sage")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Invoice export crashes Sage").press("Enter")
    expect(page.get_by_role("heading", name="What #6 will hold")).to_be_visible()
    expect(page.get_by_role("button", name="Merge #9 into #6")).to_be_visible()
    page.get_by_role("button", name="Merge #9 into #6").press("Enter")

    expect(page).to_have_url(re.compile("/tickets/6/$"))
    expect(page.locator("#toasts")).to_contain_text("#9 is merged into this ticket.")
    expect(page.get_by_role("link", name="from #9").first).to_be_visible()
    expect(colleague.locator("#ticket-head")).to_contain_text("Merged into #6 by")
    colleague.get_by_role("link", name="Open #6").click()
    expect(colleague.get_by_label("Your text")).to_have_value("Typed meanwhile")

    page.get_by_role("link", name="from #9").first.press("Enter")
    expect(page.get_by_role("link", name="Open #6")).to_be_visible()
    expect(page.locator("#composer")).to_have_count(0)
    page.get_by_role("button", name="Undo merge").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("goes its own way again")
    expect(page.locator("#composer")).to_be_visible()


def test_the_palette_knows_how_to_merge(page: Page) -> None:
    page.goto("/tickets/6/")
    page.keyboard.press("Control+k")
    page.keyboard.type("merge")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Merge into")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tickets/6/merge/$"))
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Merge #6 into #9")).to_be_focused()


def test_a_message_gets_its_own_ticket_without_scripts(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto("/tickets/6/")
    page.get_by_role("link", name="Split off").click()
    expect(page.get_by_text("I leave the window open.")).to_be_visible()
    page.get_by_label("Subject").fill("The window stays open")
    page.get_by_role("button", name="Make it a ticket").click()
    expect(page.get_by_role("heading", name="The window stays open")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tl")).to_contain_text("I leave the window open.")
    context.close()
