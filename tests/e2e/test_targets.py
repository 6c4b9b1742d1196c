"""Business hours and service targets in a browser: set up by keyboard, promised, seen, simulated."""

import re
import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import Complaints, DemoDesk, signed_in
from tests.hosts.console import Album

pytestmark = pytest.mark.e2e
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(request: pytest.FixtureRequest, desk: DemoDesk, browser: Browser) -> Iterator[Page]:
    context = signed_in(browser, desk, scripts=request.param)
    page = context.new_page()
    complaints = Complaints(page)
    yield page
    assert complaints.found == []
    context.close()


def test_hours_are_split_closed_and_freed_for_holidays(page: Page) -> None:
    page.goto("/settings/hours/")
    page.get_by_role("link", name="Calendar", exact=True).click()
    page.get_by_label("Name").fill(f"Office {time.monotonic_ns()}")
    page.get_by_label("Monday until").first.fill("12:00")
    page.get_by_role("button", name="Add hours on Monday").click()
    expect(page.get_by_label("Monday from")).to_have_count(2)
    expect(page.get_by_label("Monday until").first).to_have_value("12:00")
    page.get_by_label("Monday from").last.fill("13")
    page.get_by_label("Monday until").last.fill("noon")
    page.get_by_label("Friday: open").uncheck()
    expect(page.get_by_label("Friday from")).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Write times like 08:00")
    expect(page.get_by_label("Monday until").last).to_have_value("noon")
    page.get_by_label("Monday until").last.fill("1730")
    page.get_by_label("Monday until").last.press("Enter")
    expect(page.get_by_label("Monday until").last).to_have_value("17:30")
    expect(page.get_by_label("Friday: open")).not_to_be_checked()
    page.get_by_role("link", name="Load public holidays").click()
    page.get_by_label("Country").select_option("Germany")
    page.get_by_role("button", name="Show the days").click()
    page.get_by_label("Region").select_option("Berlin")
    page.get_by_role("button", name="Show the days").click()
    page.get_by_role("checkbox", name="Women's Day").first.uncheck()
    page.get_by_role("button", name="Add these days off").click()
    expect(page.get_by_text("German Unity Day").first).to_be_visible()
    expect(page.get_by_text("Women's Day")).to_have_count(1)
    page.get_by_role("button", name="Remove German Unity Day").first.click()
    expect(page.get_by_text("German Unity Day was removed.")).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete calendar").click()
    expect(page.get_by_text("was deleted.")).to_be_visible()


def test_a_promise_is_made_recalculated_seen_and_simulated(page: Page, album: Album) -> None:
    page.goto("/settings/targets/")
    page.get_by_role("link", name="New target").first.click()
    page.get_by_label("Name").fill("Business")
    page.get_by_label("Business hours").select_option("Standard")
    page.get_by_label("Maison Duval").check()  # for its tickets it comes before what is promised to everybody
    page.get_by_label("Urgent: First answer within", exact=True).fill("30")
    page.get_by_label("Urgent: First answer within, unit").select_option("min")
    page.get_by_label("Urgent: Resolve within", exact=True).fill("x")
    page.get_by_label("Low: Resolve within", exact=True).fill("5")
    page.get_by_label("Low: Resolve within, unit").select_option("days")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Write whole numbers")
    page.get_by_label("Urgent: Resolve within", exact=True).fill("4")
    page.get_by_label("Urgent: Resolve within", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Business", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("Recalculate .* open tickets")).click()
    expect(page.get_by_role("heading", name=re.compile("due times? changes?"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Recalculate .* open tickets")).click()
    expect(page.get_by_text("being recalculated")).to_be_visible()
    for _ in range(50):
        page.goto("/tickets/6/")
        if page.locator(".due").count():
            break
        page.wait_for_timeout(200)
    expect(page.locator(".facts .due").first).to_be_visible()
    page.screenshot(path=album.next("ticket"), caret="initial")
    page.goto("/tickets/")
    expect(page.get_by_role("columnheader", name="Due")).to_be_visible()
    page.goto("/settings/targets/simulate/")
    page.get_by_label("Which tickets breach by").fill("2099-01-04T09:00")
    page.get_by_label("Also tickets that wait").check()
    page.get_by_role("button", name="Run the clocks").click()
    expect(page.get_by_role("heading", name=re.compile("tickets? breach.* by Sunday 9:00"))).to_be_visible()
    page.screenshot(path=album.next("simulation"), caret="initial")
    page.goto("/settings/targets/")
    page.get_by_role("link", name="Business", exact=True).click()
    page.get_by_text("Name, hours and clients").click()
    expect(page.get_by_label("Name")).to_have_value("Business")
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete target").click()
    expect(page.get_by_text("The target Business was deleted.")).to_be_visible()


def test_every_page_is_sound_with_a_target_in_both_themes_and_on_a_phone(
    desk: DemoDesk, browser: Browser, album: Album
) -> None:
    wrong = []
    for width, dark in ((1440, False), (1440, True), (390, False)):
        context = signed_in(browser, desk, width=width, dark=dark)
        page = context.new_page()
        for path in ("/settings/targets/", "/settings/targets/simulate/?until=2099-01-04T09:00", "/tickets/"):
            page.goto(path)
            page.screenshot(path=album.next(path.strip("/").split("/")[-1][:8] or "page"))
            wrong += [rule["id"] for rule in Axe().run(page, options=RULES).response["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path} scrolls sideways at {width}")
        context.close()
    assert wrong == []
