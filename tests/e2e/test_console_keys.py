"""The keyboard is complete: a key for each place and deed, one's own keys, and a palette over everything."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from helpdesk.core.domain.keys import SINGLES
from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e


def choose_keys(page: Page, **keys: str) -> None:
    page.goto("/profile/keys/")
    for label, key in keys.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(key)
    page.get_by_role("button", name="Save").click()


def test_a_shortcut_gets_another_key_which_works_and_shows_everywhere(page: Page) -> None:
    choose_keys(page, Assign_to_me="Y", Tickets="X")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("/tickets/10/")
    take = page.get_by_role("button", name="Take it")
    expect(take).to_have_attribute("aria-keyshortcuts", "y")
    expect(take.locator("kbd")).to_have_text("Y")
    page.keyboard.press("i")  # it means nothing now
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.locator("dt", has_text="Assign to me").locator("+ dd")).to_have_text("Y")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(take).to_be_visible()
    page.keyboard.press("y")
    expect(page.locator("#fact-assignee")).to_contain_text("Mara Lindholm")
    page.keyboard.press("g")
    page.keyboard.press("x")
    expect(page).to_have_url(re.compile("/tickets/$"))
    page.goto("/profile/keys/")
    page.get_by_role("button", name="Back to the standard keys").click()
    expect(page.get_by_label("Assign to me", exact=True)).to_have_value("I")


def test_a_key_that_is_taken_is_refused_in_a_sentence(page: Page) -> None:
    choose_keys(page, Assign_to_me="R")
    expect(page.get_by_role("alert").filter(has_text="“R” is taken by “Reply”")).to_be_visible()
    expect(page.get_by_label("Assign to me", exact=True)).to_have_value("R")
    page.get_by_label("Assign to me", exact=True).fill("I")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_every_key_of_a_page_is_said_by_its_control_and_stands_in_the_sheet(page: Page) -> None:
    for address in ("/tickets/", "/tickets/6/", "/tickets/10/", "/notices/"):
        page.goto(address)
        keys = page.eval_on_selector_all(
            "[data-key]", "all => all.map(each => [each.dataset.key, each.getAttribute('aria-keyshortcuts')])"
        )
        assert [key for key, said in keys if key != said] == []
        assert {key for key, _said in keys} <= set(SINGLES)


def test_the_palette_does_what_the_ticket_at_hand_allows(page: Page) -> None:
    page.goto("/tickets/6/")
    expect(page.locator("#inbox .ibx__item").first).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="On #6")).to_contain_text("Status")
    page.keyboard.type(">prio")
    expect(page.locator("#palette [aria-selected=true]")).to_have_text("PriorityP")
    page.keyboard.press("Enter")
    menu = page.locator("#pick-priority")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("note")
    page.get_by_role("group", name="On #6").get_by_role("option", name="Internal note").click()
    expect(page.get_by_role("radio", name="Note")).to_be_checked()


def test_the_palette_finds_people_clients_and_devices_by_parts_of_words(page: Page) -> None:
    page.goto("/tickets/")
    page.keyboard.press("Control+k")
    page.keyboard.type("@claire")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Claire Fontaine")
    expect(page.get_by_role("group", name="Go to")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=from:claire"))
    page.keyboard.press("Control+k")
    page.keyboard.type("md-pc-014")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("MD-PC-014")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="MD-PC-014").first).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("kbsh")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Keyboard shortcuts")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_the_palette_sets_a_priority_goes_to_views_and_presses_buttons(page: Page) -> None:
    page.goto("/tickets/6/")
    active = page.locator("#palette [aria-selected=true]")
    page.keyboard.press("Control+k")
    page.keyboard.type("priority l")
    expect(active).to_have_text("Priority: Low")
    page.keyboard.press("Enter")
    expect(page.locator("#fact-priority .pick")).to_contain_text("Low")
    page.keyboard.press("Control+k")
    page.keyboard.type("high")  # somebody looks for something, and sets nothing
    expect(active).to_have_text("High and urgent")
    expect(page.get_by_role("option", name="Priority: High")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tickets/.*priority="))
    page.keyboard.press("Control+k")
    page.keyboard.type(">dark")
    expect(active).to_have_text("Switch between light and dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_two_keys_go_to_every_place(page: Page) -> None:
    page.goto("/tickets/")
    for key, address in (("i", "/notices/"), ("d", "/dashboard/"), ("v", "/devices/"), ("r", "/rules/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"{address}$"))
        page.wait_for_load_state()  # its keys work from now on


def test_n_and_the_search_work_where_a_page_has_neither_a_button_nor_a_field(page: Page) -> None:
    page.goto("/notices/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/tickets/new/$"))


def test_the_first_j_goes_to_the_first_row_and_the_inbox_is_walked_too(page: Page) -> None:
    page.goto("/devices/")
    page.keyboard.press("j")
    expect(page.locator("tbody tr").first).to_have_class(re.compile("is-cursor"))
    page.keyboard.press("f")
    expect(page.get_by_role("group", name="Devices").locator("[aria-current]")).to_be_focused()
    page.goto("/tickets/6/")
    items = page.locator("#inbox-list .ibx__item")
    expect(items.and_(page.locator("[aria-current]"))).to_be_visible()
    here = items.evaluate_all("all => all.findIndex(item => item.ariaCurrent)")
    step, to = ("j", here + 1) if here + 1 < items.count() else ("k", here - 1)
    page.keyboard.press(step)
    expect(items.nth(to)).to_be_focused()
    address = items.nth(to).get_attribute("href") or ""
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address)))


def test_a_row_that_a_key_took_is_given_back_when_its_dialog_is_closed(page: Page) -> None:
    page.goto("/tickets/")
    page.keyboard.press("j")
    expect(page.locator("tr.is-cursor")).to_have_count(1)
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Status of 1 ticket")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#ticket-rows tbody .box:checked")).to_have_count(0)


def test_a_range_of_devices_is_ticked(page: Page, desk: DemoDesk) -> None:
    page.goto(desk.pages["client"])
    for key in ("j", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("tbody .box:checked")).to_have_count(3)


def test_space_shows_and_hides_the_preview_of_the_list(page: Page) -> None:
    page.goto("/tickets/")
    switch = page.locator("#preview-switch button")
    before = switch.get_attribute("aria-pressed")
    page.keyboard.press("j")
    expect(page.locator("tr.is-cursor")).to_have_count(1)
    page.keyboard.press("Space")
    expect(switch).not_to_have_attribute("aria-pressed", before or "")
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-pressed", before or "")


def test_with_keys_switched_off_single_letters_do_nothing(page: Page) -> None:
    page.goto("/profile/keys/")
    page.get_by_role("switch", name="Single-key shortcuts").first.uncheck()
    page.goto("/tickets/10/")
    page.keyboard.press("i")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    take = page.get_by_role("button", name="Take it")
    expect(take).to_be_visible()
    expect(take).not_to_have_attribute("aria-keyshortcuts", re.compile("."))  # says none
    expect(take.locator("kbd")).to_be_hidden()
    page.goto("/profile/keys/")
    page.get_by_role("switch", name="Single-key shortcuts").first.check()
    page.goto("/tickets/10/")
    expect(take).to_have_attribute("aria-keyshortcuts", "i")


def test_ctrl_k_leaves_a_form_that_is_being_filled_in(page: Page) -> None:
    page.goto("/tickets/")
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Show tickets")
    expect(dialog).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_hidden()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_without_scripts_keys_are_chosen_by_a_plain_form(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    choose_keys(page, Reply="Q")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Reply", exact=True)).to_have_value("Q")
    context.close()
