"""What technicians keep beside a ticket: a checklist, links, a date to come back, time, own fields, tags."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e


def add(page: Page, text: str, count: int) -> None:
    page.get_by_label("New item of the checklist").fill(text)
    page.get_by_label("New item of the checklist").press("Enter")
    expect(page.locator(".todo li")).to_have_count(count)


def in_database(desk: DemoDesk, statement: str) -> None:
    """Time goes by."""
    database = sqlite3.connect(desk.folder / "db.sqlite3", timeout=20)
    with closing(database), database:
        database.execute(statement)


def test_a_checklist_by_keyboard(page: Page) -> None:
    page.goto("/tickets/9/")
    page.locator("#checklist > summary").press("Enter")
    for count, text in enumerate(("Call Nadia", "Clean the glass", "Scan a page"), 1):
        add(page, text, count)
    page.get_by_role("checkbox", name="Call Nadia").press("Space")
    expect(page.get_by_role("checkbox", name="Call Nadia")).to_be_checked()
    expect(page.locator("#checklist > summary")).to_contain_text("1 of 3")
    expect(page.locator("#activity")).to_contain_text("ticked off Call Nadia")
    page.get_by_role("button", name="Move up: Scan a page").press("Enter")
    expect(page.locator(".todo__tick").nth(1)).to_have_text("Scan a page")
    expect(page.get_by_role("button", name="Move up: Scan a page")).to_be_focused()
    page.get_by_role("button", name="Rename: Scan a page").press("Enter")
    expect(page.get_by_label("What is to be done?").nth(1)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" again")
    page.keyboard.press("Enter")
    expect(page.locator(".todo__tick").nth(1)).to_have_text("Scan a page again")
    expect(page.get_by_role("button", name="Rename: Scan a page again")).to_be_focused()
    page.get_by_role("button", name="Delete: Call Nadia").press("Enter")
    expect(page.locator(".todo li")).to_have_count(2)
    expect(page.locator("#add-item")).to_be_focused()
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".todo__tick")).to_have_text(["Call Nadia", "Scan a page again", "Clean the glass"])
    expect(page.get_by_role("checkbox", name="Call Nadia")).to_be_checked()


def test_what_happens_while_a_page_reads_is_read_next(page: Page) -> None:
    page.goto("/tickets/9/")
    page.locator("#checklist > summary").press("Enter")
    for count, text in enumerate(("Call Nadia", "Scan a page"), 1):
        add(page, text, count)
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route("**/tickets/9/live/", lambda route: held.append(route), times=1)
    with page.expect_request("**/tickets/9/live/"):
        page.get_by_role("checkbox", name="Call Nadia").press("Space")
    expect(page.locator("#checklist > summary")).to_contain_text("1 of 2")
    answer = held[0].fetch()
    page.get_by_role("checkbox", name="Scan a page").press("Space")
    expect(page.locator("#checklist > summary")).to_contain_text("2 of 2")
    held[0].fulfill(response=answer)
    expect(page.locator("#activity")).to_contain_text("ticked off Call Nadia")
    expect(page.locator("#activity")).to_contain_text("ticked off Scan a page")


def test_a_ticket_sleeps_and_is_woken(page: Page) -> None:
    page.goto("/tickets/9/")
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="In 3 hours")).to_be_focused()
    page.get_by_role("button", name="Until the customer answers").press("Enter")
    expect(page.locator("#snooze")).to_contain_text("until an answer")
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("button", name="Snooze").first).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#pick-snooze")).to_be_visible()
    page.get_by_label("Another moment").fill("2001-01-01T09:00")
    page.locator("#pick-snooze").get_by_role("button", name="Snooze").click()
    expect(page.locator("#snooze")).to_contain_text("between now and a year from now")
    page.keyboard.press("z")
    expect(page.locator("#pick-snooze")).to_be_visible()
    page.get_by_role("button", name="Tomorrow").click()
    expect(page.get_by_role("button", name="Wake")).to_be_visible()
    page.get_by_role("button", name="Wake").click()
    expect(page.locator("#snooze-button")).to_be_visible()


def test_a_parent_asks_before_it_is_closed(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk)  # the question is a 409, which the browser logs
    page = context.new_page()
    page.goto("/tickets/6/")
    page.locator("#links > summary").press("Enter")
    page.get_by_label("Number of the other ticket").fill("99999")
    page.get_by_label("Number of the other ticket").press("Enter")
    expect(page.locator("#links").get_by_role("alert")).to_contain_text("There is no ticket #99999")
    expect(page.get_by_label("Number of the other ticket")).to_have_value("99999")
    page.get_by_label("The other ticket is").select_option("child")
    page.get_by_label("Number of the other ticket").fill("#9")
    page.get_by_label("Number of the other ticket").press("Enter")
    expect(page.locator(".linked li")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("#fact-status").get_by_role("button", name="change the status").click()
    page.locator("#pick-status").get_by_role("button", name="Resolved").click()
    expect(page.locator("#fact-status")).to_contain_text("1 ticket below this one is still open.")
    page.get_by_role("button", name="Resolve it anyway").click()
    expect(page.locator("#fact-status .chip")).to_have_text("Resolved")
    page.get_by_role("button", name="Remove the link to #9").click()
    expect(page.locator(".linked")).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".linked li")).to_have_count(1)
    context.close()


def test_the_timer_goes_along_and_asks_after_a_pause(page: Page, desk: DemoDesk) -> None:
    page.goto("/tickets/9/")
    expect(page.locator("#time [data-since]")).to_be_visible()
    in_database(desk, "UPDATE tickets_timer SET started_at = datetime(started_at, '-7 minutes')")
    page.goto("/tickets/6/")
    expect(page.locator("#time [data-since]")).to_be_visible()
    page.goto("/tickets/9/time/")
    expect(page.get_by_role("table")).to_contain_text("7 m")
    page.goto("/tickets/6/")
    expect(page.locator("#time [data-since]")).to_be_visible()
    in_database(
        desk,
        "UPDATE tickets_timer SET started_at = datetime(started_at, '-40 minutes'), "
        "seen_at = datetime(seen_at, '-20 minutes')",
    )
    page.goto("/tickets/10/")
    expect(page.locator("#time .ask")).to_contain_text("stopped by itself after 20 m")
    page.get_by_role("button", name="Keep the time").click()
    expect(page.locator("#time .ask")).to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#timer-button")).to_have_text("Start")
    page.goto("/tickets/6/time/")
    expect(page.get_by_role("table")).to_contain_text("20 m")


def test_of_two_windows_the_timer_is_where_one_works(page: Page, desk: DemoDesk) -> None:
    page.goto("/tickets/9/")
    expect(page.locator("#time [data-since]")).to_be_visible()
    in_database(desk, "UPDATE tickets_timer SET started_at = datetime(started_at, '-7 minutes')")
    other = page.context.new_page()
    other.goto("/tickets/6/")
    expect(page.locator("#time")).to_contain_text("Your timer runs on #6")
    # Both windows are seen, the other one had the focus; a second after a start another one is not heard.
    page.wait_for_function(
        "() => dispatchEvent(new Event('focus')) && document.querySelector('#time [data-since]')"
    )
    other.close()


def test_time_by_hand_is_corrected_and_deleted_with_undo(page: Page) -> None:
    page.goto("/tickets/9/")
    page.get_by_text("Add time by hand").click()
    page.get_by_label("How long").fill("soon")
    page.get_by_label("What was done").fill("Drove there")
    page.locator("#add-time").click()
    expect(page.locator("#time").get_by_role("alert")).to_contain_text("for example 1 h 20 m")
    expect(page.get_by_label("What was done")).to_have_value("Drove there")
    page.get_by_label("How long").fill("1:20")
    page.locator("#add-time").click()
    expect(page.locator("#time > summary")).to_contain_text("1 h 20 m")
    page.get_by_role("link", name="All entries").click()
    page.get_by_role("link", name="Correct 1 h 20 m").click()
    page.get_by_label("How long").fill("45 m")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("table")).to_contain_text("45 m")
    page.get_by_role("link", name="Correct 45 m").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No time yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("table")).to_contain_text("Drove there")


def test_a_needed_field_is_filled_in_before_the_ticket_is_resolved(page: Page) -> None:
    page.goto("/settings/fields/")
    page.get_by_label("Name").fill("Cause")
    page.get_by_label("Type").select_option("choice")
    page.get_by_label("Choices, one a line").fill("Dust\nPaper")
    page.get_by_label("Needed before a ticket is resolved or closed").check()
    page.get_by_role("button", name="Add field").click()
    expect(page.locator("#toasts")).to_contain_text("Cause is saved.")
    page.goto("/tickets/9/")
    page.locator("#fact-status").get_by_role("button", name="change the status").click()
    page.locator("#pick-status").get_by_role("button", name="Resolved").click()
    expect(page.locator("#fact-status")).to_contain_text("Fill in first: Cause.")
    page.get_by_text("Fill in", exact=True).click()
    page.get_by_label("Cause").select_option("Dust")
    page.locator("#save-fields").click()
    expect(page.locator("#fields dd")).to_have_text("Dust")
    page.locator("#fact-status").get_by_role("button", name="change the status").click()
    page.locator("#pick-status").get_by_role("button", name="Resolved").click()
    expect(page.locator("#fact-status .chip")).to_have_text("Resolved")


def test_tags_are_coloured_and_merged_with_undo(page: Page) -> None:
    page.goto("/settings/tags/")
    page.get_by_role("link", name="Edit sage").click()
    page.get_by_label("Green").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("sage is saved.")
    page.goto("/tickets/6/")
    expect(page.locator("#ticket-tags .tag--done")).to_contain_text("sage")
    page.goto("/settings/tags/")
    page.get_by_role("link", name="Edit sage").click()
    page.get_by_label("The tag that stays").fill("accounting")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator("#toasts")).to_contain_text("sage is merged into accounting.")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("sage is back on its tickets.")
    page.goto("/tickets/6/")
    expect(page.locator("#ticket-tags")).to_contain_text("sage")


def test_all_of_it_works_without_scripts(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto("/tickets/9/")
    page.locator("#checklist > summary").click()
    page.get_by_label("New item of the checklist").fill("Call Nadia")
    page.get_by_role("button", name="Add", exact=True).last.click()
    page.get_by_role("checkbox", name="Call Nadia").click()
    expect(page.get_by_role("checkbox", name="Call Nadia")).to_be_checked()
    page.locator("#timer-button").click()
    expect(page.locator("#time")).to_contain_text("running since")
    page.locator("#timer-button").click()
    expect(page.locator("#time")).to_contain_text("No timer runs")
    page.locator("#snooze-button").click()
    page.get_by_role("button", name="Tomorrow").click()
    expect(page.get_by_role("button", name="Wake")).to_be_visible()
    context.close()
