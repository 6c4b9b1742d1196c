"""Canned replies by keyboard alone, by touch and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e
TICKET = "/tickets/5/"  # of Tom Ashdown


def text(page: Page) -> Locator:
    return page.get_by_label("Your text")


def tags(page: Page) -> Locator:
    return page.locator("#ticket-tags .tag")


def test_a_reply_lives_its_life_by_keyboard_alone(page: Page) -> None:
    write_one(page)
    page.goto(TICKET)
    page.keyboard.press("r")
    page.keyboard.type("Good morning. /")
    find = page.get_by_role("combobox", name="Find a canned reply")
    expect(find).to_be_focused()
    expect(page.locator("#snip").get_by_role("option")).to_have_count(5)
    page.keyboard.type("toner")
    expect(page.locator("#snip").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(text(page)).to_have_value("Good morning. Hello Tom, shake the toner.")
    expect(text(page)).to_be_focused()
    expect(page.get_by_role("button", name="Send, then Resolved")).to_be_visible()

    high = page.get_by_role("checkbox", name="Priority High")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(high).to_be_focused()
    page.keyboard.press("Space")
    expect(high).not_to_be_checked()
    page.reload()
    expect(text(page)).to_have_value("Good morning. Hello Tom, shake the toner.")
    expect(high).not_to_be_checked()

    text(page).press("Control+Enter")
    expect(page.get_by_text("The answer goes out in")).to_be_visible()
    expect(tags(page)).to_have_text(["printer", "toner"])
    expect(page.locator("#fact-status")).to_contain_text("Resolved")
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Your text is back")).to_be_visible()
    expect(tags(page)).to_have_text(["printer"])
    expect(page.locator("#fact-status")).to_contain_text("Open")
    expect(page.get_by_role("checkbox", name="Tag toner")).to_be_checked()
    expect(high).to_have_count(0)
    text(page).press("Control+Enter")
    expect(tags(page)).to_have_text(["printer", "toner"])
    expect(page.get_by_role("checkbox", name="Tag toner")).to_have_count(0)
    expect(page.locator("#fact-priority")).to_contain_text("Medium")


def write_one(page: Page) -> None:
    page.goto("/settings/macros/")
    page.get_by_role("link", name="New reply").press("Enter")
    page.get_by_label("Name").press_sequentially("Toner")
    body = page.get_by_label("Text", exact=True)
    body.press_sequentially("Hello {{ first_nam }}, shake the toner.")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is known as {{ first_nam }}")
    body.fill("Hello {{ first_name }}, shake the toner.")
    page.get_by_label("with ticket").fill("5")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.locator("#preview")).to_contain_text("Hello Tom, shake the toner.")
    for label, value in (("Status", "Resolved"), ("Priority", "High")):
        page.get_by_label(label, exact=True).focus()
        page.keyboard.type(value)
    page.get_by_label("Add tags").press_sequentially("toner")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("row", name="Toner")).to_contain_text("Status Resolved")


def test_changes_alone_are_done_at_once_and_taken_back(page: Page) -> None:
    page.goto(TICKET)
    page.keyboard.press("r")
    page.keyboard.type("/mine")
    expect(page.locator("#snip").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Do it now")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done: Type Incident, Assign to me.")).to_be_visible()
    expect(page.locator("#fact-type")).to_contain_text("Incident")
    expect(page.locator("#fact-assignee")).to_contain_text("Mara Lindholm")
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.locator("#fact-type")).to_contain_text("none")


def test_who_types_faster_than_the_list_gets_what_was_meant(page: Page) -> None:
    page.goto(TICKET)
    page.keyboard.press("r")
    page.keyboard.type("/")
    expect(page.locator("#snip").get_by_role("option").first).to_be_visible()
    page.keyboard.type("restart")
    page.keyboard.press("Enter")
    expect(text(page)).to_have_value(re.compile("please restart KL-DOCK-2 once"))


def test_what_was_typed_stays(page: Page) -> None:
    page.goto(TICKET)
    page.keyboard.press("r")
    page.keyboard.type("and/or this / that ")
    expect(text(page)).to_have_value("and/or this / that ")
    page.keyboard.type("/etc")
    expect(page.locator("#snip").get_by_role("option")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(text(page)).to_have_value("and/or this / that /etc")
    page.keyboard.type(" /v")
    page.keyboard.press("ArrowDown")
    text(page).click()
    expect(page.locator("#snip")).to_be_hidden()
    expect(text(page)).to_have_value("and/or this / that /etc /v")


def test_by_touch_a_note_is_a_note(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, width=390)
    page = context.new_page()
    page.goto(TICKET)
    page.get_by_role("button", name="Canned replies").click()
    page.locator("#snip").get_by_role("option", name="Hand over to the first line").click()
    expect(page.get_by_role("radio", name="Note")).to_be_checked()
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("Done: Priority High, Assign First line.")).to_be_visible()
    context.close()


def test_without_scripts_a_page_inserts_it(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto(TICKET)
    text(page).fill("Good morning.")
    page.get_by_role("button", name="Canned replies").click()
    page.get_by_label("Find a canned reply").fill("vpn")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Insert VPN profile renewed").click()
    expect(text(page)).to_have_value(re.compile(r"^Good morning\.\n\nHello Tom,"))
    page.get_by_role("checkbox", name="Tag vpn").uncheck()
    page.get_by_role("button", name="Send, then Waiting").click()
    expect(page.get_by_text("The answer goes out in")).to_be_visible()
    expect(tags(page)).to_have_text(["printer"])
    context.close()
