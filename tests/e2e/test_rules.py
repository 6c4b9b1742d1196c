"""Rules by keyboard alone and without scripts: made, tried, saved, moved, switched, deleted, brought back."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e


def choose(page: Page, label: str, number: int, value: str) -> None:
    """Choose by typing the first letters, as a select does it."""
    field = page.get_by_role("combobox", name=label, exact=True).nth(number)
    field.focus()
    page.keyboard.type(value)
    field.press("Tab")
    expect(page.locator("[data-editor][aria-busy]")).to_have_count(0)


def names(page: Page) -> list[str]:
    return page.locator(".rule b").all_inner_texts()


def test_a_rule_lives_its_life_by_keyboard_alone(page: Page) -> None:
    page.goto("/tickets/")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Rules", level=1)).to_be_visible()
    page.get_by_role("link", name="New rule").press("Enter")
    page.get_by_label("Name", exact=True).press_sequentially("Accounting software")
    expect(page.locator("#unsaved")).to_be_visible()
    words = page.get_by_label("Values, with commas between").first
    words.press_sequentially("sage,datev,")
    expect(page.get_by_role("button", name="Remove datev")).to_be_visible()
    expect(page.locator("#in-words")).to_contain_text("Subject or text has a word of sage, datev")
    expect(words).to_be_focused()

    page.get_by_role("button", name="Condition", exact=True).press("Enter")
    expect(page.get_by_role("combobox", name="Field").nth(1)).to_be_focused()
    choose(page, "Field", 1, "Source")
    choose(page, "Value", 0, "API")
    page.get_by_role("radio", name="any").first.press("Space")
    choose(page, "Value", 1, "High")
    expect(page.locator("#in-words")).to_contain_text("or source is API then priority High")

    page.get_by_role("button", name="Run").press("Enter")
    expect(page.get_by_text("would match")).to_be_visible()
    case = page.locator(".dry__case", has_text="Invoice export crashes Sage")
    expect(case).to_contain_text("new match")
    case.locator("summary").press("Enter")
    expect(case).to_contain_text("Because: Subject or text has a word of sage")
    case.get_by_role("button", name="Save as example").press("Enter")
    expect(page.get_by_text("kept with the next save", exact=False).first).to_be_visible()

    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved. It looks at the next ticket.")).to_be_visible()
    expect(page.locator("#unsaved")).to_be_hidden()

    page.get_by_role("link", name="Rules").last.press("Enter")
    grip = page.get_by_role("button", name="Move Accounting software")
    expect(grip).to_be_visible()
    last = names(page).index("Default rule")
    grip.press("Alt+ArrowUp")
    expect(page.locator("#rules-say")).to_have_text(f"“Accounting software” is now number {last - 1}.")
    expect(grip).to_be_focused()
    grip.press("Alt+ArrowUp")
    expect(page.locator("#rules-say")).to_have_text(f"“Accounting software” is now number {last - 2}.")
    assert names(page)[last - 3] == "Accounting software"

    switch = page.get_by_role("switch", name="Accounting software: on")
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()

    page.get_by_role("button", name="Actions for Accounting software").press("Enter")
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.get_by_text("“Accounting software” is deleted.")).to_be_visible()
    assert "Accounting software" not in names(page)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("is back in its place")).to_be_visible()
    assert names(page)[last - 3] == "Accounting software"
    page.get_by_role("link", name="History").press("Enter")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Brought back")


def test_a_rule_is_dragged_to_its_place(page: Page) -> None:
    page.goto("/rules/")
    before = names(page)
    grip, target = page.locator("[data-grip]").first, page.locator("[data-rule]").nth(1)
    grip.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 4, steps=4)
    page.mouse.up()
    expect(page.locator("#rules-say")).to_contain_text("is now number 2.")
    assert names(page)[:2] == [before[1], before[0]]


def test_without_scripts_rows_and_order_are_plain_buttons(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto("/rules/new/")
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_role("combobox", name="Field").select_option("has_attachment")
    page.get_by_role("button", name="Show the fields that fit").click()
    page.get_by_role("combobox", name="Value").first.select_option("yes")
    page.get_by_role("button", name="Action", exact=True).click()
    expect(page.get_by_role("combobox", name="Action")).to_have_count(2)
    page.get_by_role("button", name="Remove action").last.click()
    page.get_by_role("combobox", name="Value").last.select_option("low")
    page.locator("#save").click()
    expect(page).to_have_url(re.compile(r"/rules/\d+/$"))
    page.goto("/rules/")
    page.get_by_role("button", name="Actions for Plain").click()
    page.get_by_role("button", name="Move up").locator("visible=true").click()
    expect(page.locator(".rule b").nth(-3)).to_have_text("Plain")
    page.get_by_role("switch", name="Plain: on").click()
    expect(page.get_by_role("switch", name="Plain: on")).to_have_attribute("aria-checked", "false")
    context.close()


def test_what_is_chosen_while_a_dry_run_is_slow_does_not_throw_it_away(page: Page) -> None:
    slow: list[Route] = []

    def hold(route: Route) -> None:
        if "dry-run" in (route.request.post_data or ""):
            slow.append(route)
        else:
            route.continue_()

    page.goto("/rules/new/")
    page.route("**/rules/new/", hold)
    choose(page, "Comparison", 0, "is not empty")
    choose(page, "Value", -1, "High")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-editor][aria-busy]")).to_have_count(1)
    page.get_by_role("combobox", name="Value").last.select_option("urgent")
    page.get_by_role("combobox", name="Value").last.press("Tab")
    slow.pop().continue_()
    expect(page.get_by_text("would match")).to_be_visible()
    expect(page.locator("#in-words")).to_contain_text("priority Urgent")
