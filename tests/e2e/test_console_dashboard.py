"""The dashboard and the reports in a browser: from a number to its tickets, by keys, on paper, by mail."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import DemoDesk, signed_in

pytestmark = pytest.mark.e2e
A_PAGE = 25


def test_numbers_bars_and_days_lead_to_exactly_their_tickets(page: Page) -> None:
    page.goto("/dashboard/")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    tiles = page.locator("#figures-now a")
    expect(tiles).to_have_count(6)
    found = [(tile.get_attribute("href"), tile.locator("b").inner_text()) for tile in tiles.all()]
    bars = page.locator(".hbars a")
    found += [(bar.get_attribute("href"), bar.locator("b").inner_text()) for bar in bars.all()]
    days = page.locator("details table td a")
    found += [(day.get_attribute("href"), day.text_content() or "") for day in days.all()[-4:]]
    for url, number in found:
        page.goto(url or "")
        wanted = int(number)
        if wanted:
            expect(page.locator("table[data-list] caption")).to_contain_text(f", {wanted} in all")
            expect(page.locator("table[data-list] tbody tr")).to_have_count(min(wanted, A_PAGE))
        else:
            expect(page.get_by_text("No ticket matches").first).to_be_visible()


def test_a_point_of_the_chart_is_a_link(page: Page) -> None:
    page.goto("/dashboard/")
    last = page.locator(".chart").first.locator("a.ch-point").nth(29)
    expect(last.locator("title")).to_contain_text("created")
    last.click()
    expect(page).to_have_url(re.compile(r"created=\d{4}-\d\d-\d\d"))
    expect(page.get_by_text(re.compile(r"^Opened \d"))).to_be_visible()


def test_scope_period_and_client_by_keyboard_alone(page: Page) -> None:
    page.goto("/tickets/")
    expect(page.locator("table[data-list]")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    page.get_by_role("link", name="Me", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("who=me"))
    expect(page.get_by_role("link", name="Me", exact=True)).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="7 days").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("days=7.*who=me"))
    client = page.get_by_role("combobox", name="Client")
    client.select_option(label="Maison Duval")
    expect(page).to_have_url(re.compile("client="))
    expect(page.get_by_role("combobox", name="Client")).to_have_value(re.compile("."))
    page.get_by_text("Numbers as a table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Solution, median")).to_be_visible()


def test_a_report_goes_from_the_page_to_a_file_and_into_mails(page: Page) -> None:
    page.goto("/dashboard/")
    page.get_by_role("link", name="Clients", exact=True).last.click()
    expect(page.get_by_role("heading", name="Clients", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert "Maison Duval" in download.value.path().read_text(encoding="utf-8-sig")
    to = page.get_by_label("To, with commas between")
    to.fill("boss at brightwell")
    page.get_by_role("button", name="Send by mail").click()
    expect(page.get_by_role("alert")).to_contain_text("Write addresses like")
    expect(page.get_by_label("To, with commas between")).to_have_value("boss at brightwell")
    page.get_by_label("To, with commas between").fill("boss@brightwell.example")
    page.get_by_label("Send", exact=True).select_option("month")
    page.get_by_role("button", name="Send by mail").click()
    expect(page.get_by_text("boss@brightwell.example")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("next on")).to_be_visible()


def test_it_works_without_scripts_and_on_paper(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto("/dashboard/")
    page.get_by_label("Client", exact=True).select_option(label="Maison Duval")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("client="))
    page.emulate_media(media="print")
    expect(page.locator(".side")).to_be_hidden()
    expect(page.locator(".print-only")).to_contain_text("Maison Duval")
    expect(page.locator("#figures-now")).to_be_visible()
    context.close()


def test_new_tickets_are_counted_while_somebody_looks(page: Page) -> None:
    page.goto("/dashboard/")
    tile = page.locator("#figures-now a").first.locator("b")
    before = int(tile.inner_text())
    page.locator("#figures-now a").first.focus()
    other = page.context.new_page()
    for subject in ("The lights are out", "The lift is stuck"):  # the second one while the first is just told
        other.goto("/tickets/new/")
        other.get_by_label("Subject").fill(subject)
        other.get_by_role("button", name=re.compile("Open|Create|Save")).first.click()
        expect(other).to_have_url(re.compile(r"/tickets/\d+/"))
    expect(tile).to_have_text(str(before + 2), timeout=60_000)
    expect(page.locator("#figures-now a").first).to_be_focused()
    other.close()
