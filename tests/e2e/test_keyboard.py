"""The console without a mouse, and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def at_the_list(page: Page) -> None:
    page.goto("/tickets/")


def test_the_palette_goes_to_a_place_and_to_a_ticket(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("devi")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Devices")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/devices/$"))
    page.keyboard.press("Control+k")
    page.keyboard.type("#6")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Invoice export")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tickets/6/$"))


def test_two_letters_go_to_a_place_and_never_while_typing(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("gc")
    expect(page.locator("[data-search]")).to_have_value("gc")
    expect(page).to_have_url(re.compile("/tickets/"))
    page.goto("/tickets/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/clients/$"))


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_role("dialog").locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_list_is_walked_and_opened(page: Page) -> None:
    page.goto("/clients/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.is-cursor")).to_have_count(1)
    name = page.locator("tr.is-cursor a.medium").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_dialog_closes_by_esc_and_gives_the_focus_back(page: Page, desk: DemoDesk) -> None:
    search = page.get_by_role("button", name="Search or go to")
    search.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).to_be_focused()

    page.goto(desk.pages["client"])
    page.keyboard.press("x")
    opener = page.get_by_role("button", name="Helpdesk agent…")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()
    expect(page.locator("[data-selected-count]")).to_have_text("1 selected")


def test_the_bulk_dialog_is_used_by_keys_alone_and_undone(page: Page, desk: DemoDesk) -> None:
    page.goto(desk.pages["client"])
    page.get_by_label(re.compile(r"^Select all \d")).press("Space")
    page.get_by_role("button", name="Helpdesk agent…").press("Enter")
    dialog = page.get_by_role("dialog")
    enable, disable = dialog.get_by_role("radio", name="Enable"), dialog.get_by_role("radio", name="Disable")
    expect(enable).to_be_checked()
    expect(dialog).to_contain_text("not a Windows workstation")
    enable.focus()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("button", name="Disable on")).to_be_visible()
    expect(disable).to_be_checked()
    expect(disable).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("button", name="Enable on")).to_be_visible()
    expect(enable).to_be_focused()
    page.keyboard.press("Enter")  # the form's own button, whatever has the focus
    expect(page.get_by_role("heading", name=re.compile("^Helpdesk agent enabled on"))).to_be_visible()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(1 + 5)
    expect(rows.filter(has_text="MD-NAS-01")).to_contain_text("Skipped")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone. What somebody changed meanwhile")).to_be_visible()
    page.goto(desk.pages["client"])
    expect(page.get_by_role("row").filter(has_text="MD-PC-015")).to_contain_text("Off")


def test_a_new_key_stays_away_when_the_page_is_read_again(page: Page, desk: DemoDesk) -> None:
    page.goto(f"{desk.pages['client']}settings/")
    page.get_by_label("Label of the new key").fill("Reload")
    page.keyboard.press("Enter")
    expect(page.locator("#new-key")).to_contain_text("deskbell-agent --server")
    expect(page).to_have_url(re.compile("/settings/$"))
    page.reload()
    expect(page.locator("#new-key")).to_have_count(0)
    expect(page.get_by_role("cell", name="Reload", exact=True)).to_have_count(1)


def test_ticked_devices_stay_ticked_when_one_comes_online(page: Page, desk: DemoDesk) -> None:
    page.goto(desk.pages["client"])
    box = page.get_by_label("Select MD-PC-014")
    box.check()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        page.evaluate("document.body.dispatchEvent(new CustomEvent('live:device'))")
    page.wait_for_timeout(100)
    expect(box).to_be_checked()
    expect(page.locator("[data-selected-count]")).to_have_text("1 selected")


def test_without_scripts_all_of_it_works_by_plain_forms(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto(desk.pages["client"])
    page.get_by_label("Select MD-PC-015").check()
    page.get_by_label("Select MD-LT-003").check()
    page.get_by_role("button", name="Helpdesk agent…").click()
    page.get_by_label("Disable").check()
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("button", name="Nothing to change")).to_be_visible()
    page.get_by_label("Enable").check()
    page.get_by_role("button", name="Show what will happen").click()
    page.get_by_role("button", name="Enable on 2 devices").click()
    expect(page.get_by_role("heading", name="Helpdesk agent enabled on 2 devices")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_have_count(2)
    page.goto("/profile/")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("navigation").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/$"))
    context.close()


def test_a_menu_of_the_ticket_takes_the_focus_and_gives_it_back(page: Page) -> None:
    page.goto("/tickets/6/")
    page.keyboard.press("p")
    menu = page.locator("#pick-priority")
    choices = menu.get_by_role("button")
    expect(choices.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(choices.last).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(choices.first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("l")
    expect(menu.get_by_role("button", name="Low")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator("[popovertarget=pick-priority]")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#pick-assignee").get_by_role("button", name="Nobody")).to_be_focused()


def test_the_bar_of_a_phone_has_six_places(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".side > .nav").locator("visible=true")).to_have_count(6)


def test_the_bar_of_a_selection_keeps_its_height_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("tbody .box").first.check()
    box = page.locator("#bulk").bounding_box()
    assert box
    assert box["height"] >= 32
