"""What keeps a technician calm: a lost connection that counts down, drafts in one place, and undo."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e


def test_without_a_connection_the_next_try_is_counted_and_can_be_made_now(
    desk: DemoDesk, browser: Browser
) -> None:
    context = signed_in(browser, desk)
    page = context.new_page()
    page.goto("/tickets/")
    expect(page.locator("table[data-list]")).to_be_visible()
    banner = page.locator("#offline")
    page.route("**/live/**", lambda route: route.abort())
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")  # connects anew
    expect(banner).to_be_visible(timeout=30_000)
    expect(banner).to_contain_text(re.compile(r"Next try in \d+ s\.|Trying…"))
    page.unroute("**/live/**")
    banner.get_by_role("button", name="Try now").click()
    expect(banner).to_be_hidden(timeout=30_000)
    context.close()


def test_drafts_stand_in_one_list_and_come_back_without_a_mouse(page: Page) -> None:
    page.goto("/tickets/5/")
    text = page.get_by_label("Your text")
    text.fill("I shall look at the tray")
    expect(page.locator("#draft-state")).to_contain_text("Saved", timeout=30_000)
    page.goto("/drafts/")
    row = page.locator("[data-row]", has_text="I shall look at the tray")
    expect(row).to_be_visible()
    expect(page.locator("#view-count-drafts")).to_have_text("1")
    row.get_by_role("button", name="Throw away the draft on #5").press("Enter")
    expect(row).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(row).to_be_visible()
    row.get_by_role("link", name="Go on writing on #5").press("Enter")
    expect(text).to_have_value("I shall look at the tray")


def test_reading_the_page_of_a_new_token_again_makes_no_second_one(page: Page) -> None:
    page.goto("/profile/tokens/")
    page.get_by_label("What is it for?").fill("Night job")
    page.get_by_label("See tickets").check()
    page.get_by_role("button", name="Make a token").press("Enter")
    expect(page.locator("#new-token")).to_be_visible()
    page.reload()
    expect(page.locator("#new-token")).to_have_count(0)
    expect(page.get_by_role("button", name="Revoke Night job")).to_have_count(1)


def test_a_deleted_team_comes_back(page: Page) -> None:
    page.goto("/settings/teams/")
    page.get_by_label("Name").fill("Night shift")
    page.get_by_role("button", name="Add team").press("Enter")
    page.get_by_role("link", name="Night shift").press("Enter")
    page.get_by_role("button", name="Delete team").press("Enter")
    expect(page.get_by_text("The team is deleted.")).to_be_visible()
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("link", name="Night shift")).to_be_visible()


def test_a_timer_that_was_stopped_before_its_start_was_heard_stays_stopped(
    page: Page, desk: DemoDesk
) -> None:
    page.goto("/tickets/6/")
    stop = page.locator("#timer-button[value=stop]")
    expect(stop).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "do=start" in (route.request.post_data or "") and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/timer/**", hold)
    page.reload()
    expect(stop).to_be_visible()
    stop.press("Enter")
    expect(page.locator("#timer-button[value=start]")).to_be_visible()
    assert held
    with page.expect_response(lambda answer: "do=stop" in (answer.request.post_data or "")):
        held[0].continue_()
    expect(page.locator("#timer-button[value=start]")).to_be_visible()
    with closing(sqlite3.connect(desk.folder / "db.sqlite3", timeout=10)) as database:
        assert database.execute("SELECT count(*) FROM tickets_timer").fetchone() == (0,)


def test_views_are_a_menu_on_a_phone(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, width=390)
    page = context.new_page()
    page.goto("/tickets/")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("navigation", name="Views").get_by_role("link", name="High and urgent").click()
    expect(page).to_have_url(re.compile("priority=high"))
    context.close()
