"""The ticket list as a workplace: triage by keyboard, many at once with a way back, views, merging."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e
PRINTER, VPN, SCREEN = "Delivery note printer", "VPN drops", "Second screen"


def row(page: Page, words: str | int) -> Locator:
    if isinstance(words, int):
        return page.locator(f"#ticket-{words}")
    return page.locator("#ticket-rows tbody tr", has_text=words)


def open_tickets(page: Page, count: int) -> None:
    """As if somebody had typed them into the form, one after the other."""
    page.goto("/tickets/new/")
    token = page.locator("main form [name=csrfmiddlewaretoken]").first.input_value()
    for n in range(count):
        answer = page.context.request.post(
            "/tickets/new/",
            form={"csrfmiddlewaretoken": token, "subject": f"Triage {n:02}", "priority": "low"},
            headers={"Referer": page.url},
        )
        assert answer.ok


def pressed(page: Page, key: str, dialog: str) -> Locator:
    """The dialog that a key brings; it is there and has the focus."""
    page.keyboard.press(key)
    found = page.get_by_role("dialog", name=dialog)
    expect(found).to_be_visible()
    expect(found.locator(":focus")).to_have_count(1)
    expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)  # now its fields are listened to
    return found


def confirmed(page: Page, said: str) -> None:
    page.keyboard.press("Enter")
    expect(page.locator("#list-dialog dialog")).to_have_count(0)
    expect(page.locator("#toasts .toast").last).to_contain_text(said)
    expect(page.locator("#ticket-rows tbody .box:checked")).to_have_count(0)


def test_twenty_tickets_are_sorted_out_by_keyboard_alone(page: Page) -> None:
    open_tickets(page, 12)
    page.goto("/tickets/?sort=-number")
    rows = page.locator("#ticket-rows tbody tr")
    expect(rows.nth(19)).to_be_visible()
    numbers = [int(text) for text in rows.locator("td.num").all_inner_texts()][:20]
    for place, number in enumerate(numbers):
        here = row(page, number)
        page.keyboard.press("j")
        expect(here).to_have_class(re.compile("is-cursor"))
        expect(here.locator("a").first).to_be_focused()
        if place < 12 and place % 2:
            dialog = pressed(page, "p", "Priority of 1 ticket")
            dialog.get_by_label("Urgent").press("Space")
            expect(page.locator("#bulk-outcome")).to_contain_text("1 ticket is changed")
            confirmed(page, "1 ticket is changed.")
            expect(here.get_by_label("Urgent priority")).to_be_visible()
        else:
            pressed(page, "t", "Add tags to 1 ticket")
            page.keyboard.type("sorted")
            expect(page.locator("#bulk-outcome")).to_contain_text("1 ticket is changed")
            confirmed(page, "1 ticket is tagged.")
    page.goto("/tickets/?status=any&tag=sorted")
    expect(rows).to_have_count(14)


def test_many_are_changed_at_once_and_taken_back(page: Page) -> None:
    page.goto("/tickets/?sort=number&status=open")
    rows = page.locator("#ticket-rows tbody tr")
    expect(rows.first).to_be_visible()
    first = [rows.nth(n).get_attribute("id") for n in range(3)]
    page.keyboard.press("j")
    expect(rows.first).to_have_class(re.compile("is-cursor"))
    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_contain_text("1 selected")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(2)).to_have_class(re.compile("is-cursor"))
    page.keyboard.press("Shift+X")
    expect(page.locator("#bulk")).to_contain_text("3 selected")
    dialog = pressed(page, "s", "Status of 3 tickets")
    dialog.get_by_label("Waiting").press("Space")
    expect(page.locator("#bulk-outcome")).to_contain_text("3 tickets are changed")
    confirmed(page, "3 tickets are changed.")
    for name in first:
        expect(page.locator(f"#{name}")).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("3 tickets are as they were.")
    for name in first:
        expect(page.locator(f"#{name}")).to_contain_text("Open")


def test_what_does_not_fit_is_said_before_and_left(page: Page) -> None:
    page.goto("/tickets/?status=any")
    for words in (PRINTER, VPN):
        row(page, words).get_by_role("checkbox").check()
    expect(page.locator("#bulk")).to_contain_text("2 selected")
    dialog = pressed(page, "s", "Status of 2 tickets")
    dialog.get_by_label("Waiting").check()
    expect(page.locator("#bulk-outcome")).to_contain_text("1 is like that already.")
    expect(page.locator("#bulk-go")).to_contain_text("Change 1 ticket")
    dialog.get_by_role("button", name="Change 1 ticket").click()
    expect(page.locator("#toasts")).to_contain_text("1 ticket is changed. 1 is like that already.")


def test_two_are_merged_and_two_again(page: Page) -> None:
    page.goto("/tickets/")
    for words in (PRINTER, SCREEN):
        row(page, words).get_by_role("checkbox").check()
    page.get_by_role("button", name="Merge").click()
    dialog = page.get_by_role("dialog", name="Merge 2 tickets")
    expect(dialog).to_contain_text("takes in the others")
    if dialog.get_by_label("That is meant").count():
        dialog.get_by_label("That is meant").check()
    dialog.get_by_role("button", name="Merge 1 ticket").click()
    expect(page.locator("#toasts")).to_contain_text("1 ticket is merged into #")
    expect(row(page, SCREEN)).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("1 ticket is as it was.")
    expect(row(page, SCREEN)).to_be_visible()


def test_a_filtered_list_becomes_a_view_with_a_count(page: Page) -> None:
    page.goto("/tickets/")
    pressed(page, "f", "Show tickets where")
    field = page.get_by_role("dialog").get_by_label("Field")
    field.select_option("tag")
    expect(page.get_by_role("dialog").get_by_label("Value")).to_have_attribute("list", "filter-tags")
    page.get_by_role("dialog").get_by_label("Value").fill("printer")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"f=tag\.is\.printer"))
    expect(page.locator("#ticket-rows tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Save view").click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.type("Printers")
    page.keyboard.press("Enter")
    view = page.get_by_role("navigation", name="Main").get_by_role("link", name="Printers")
    expect(view).to_have_attribute("aria-current", "page")
    expect(view.locator(".count")).to_have_text("1")
    page.goto("/tickets/views/")
    page.get_by_role("button", name="Delete Printers").click()
    expect(page.locator("#toasts")).to_contain_text("“Printers” is deleted.")
    expect(view).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(view).to_be_visible()


def test_columns_and_the_preview_are_remembered(page: Page) -> None:
    page.goto("/tickets/")
    expect(page.locator("#ticket-peek")).to_be_visible()
    page.get_by_role("button", name="Preview panel").click()
    expect(page.locator("#ticket-peek")).to_be_hidden()
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Tags").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Show these").click()
    expect(row(page, PRINTER)).to_contain_text("printer")
    expect(page.locator("#ticket-peek")).to_be_hidden()


def test_however_many_columns_stand_there_the_subject_can_be_read(page: Page) -> None:
    page.goto("/tickets/")
    page.get_by_role("button", name="Columns").click()
    for box in page.locator("#pick-columns").get_by_role("checkbox", disabled=False).all():
        box.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Show these").click()
    place = row(page, PRINTER).locator("td", has=page.locator(".subject")).bounding_box()
    assert place is not None
    assert place["width"] >= 200


def test_it_all_works_without_scripts(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto("/tickets/")
    expect(page.locator("#bulk")).to_be_hidden()
    row(page, PRINTER).get_by_role("checkbox").check()
    page.locator("#bulk").get_by_role("button", name="Priority").click()
    page.get_by_label("Urgent").check()
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.locator("#bulk-outcome")).to_contain_text("1 ticket is changed")
    page.get_by_role("button", name="Change 1 ticket").click()
    expect(page.locator("#toasts")).to_contain_text("1 ticket is changed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("1 ticket is as it was.")
    page.get_by_role("link", name="Filter").click()
    page.get_by_label("Value").select_option("waiting")
    page.get_by_role("button", name="Show tickets").last.click()
    expect(row(page, VPN)).to_be_visible()
    expect(row(page, PRINTER)).to_have_count(0)
    context.close()
