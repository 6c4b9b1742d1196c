"""Two technicians at two browsers: what one does shows for the other, and nobody loses what they are at."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.hosts.console import Console
from tests.hosts.server import ADA, CARLA, Server

pytestmark = pytest.mark.e2e
NewConsole = Callable[[], Console]
APPEARS_WITHIN_MS = 2000


def open_ticket(page: Page, server: Server, subject: str) -> None:
    page.goto(f"{server.url}/tickets/new/")
    page.get_by_label("Subject").fill(subject)
    page.get_by_label("Name").fill("Anna Berg")
    page.get_by_label("E-mail").fill("anna@acme.example")
    page.get_by_role("button", name="Open ticket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)


def test_a_new_ticket_appears_and_cursor_selection_and_focus_stay(
    new_console: NewConsole, server: Server
) -> None:
    ada, carla = new_console(), new_console()
    for console, user in ((ada, ADA), (carla, CARLA)):
        console.sign_in(user)
    open_ticket(carla.page, server, "Scanner saves upside down")
    open_ticket(carla.page, server, "Printer prints blank pages")
    ada.open_list()
    ada.page.keyboard.press("j")
    expect(ada.page.locator("#ticket-rows tbody tr").first).to_have_class(re.compile("is-cursor"))
    ada.page.keyboard.press("j")
    row = ada.page.get_by_role("row").filter(has_text="Scanner saves upside down")
    expect(row).to_have_class(re.compile("is-cursor"))
    expect(ada.page.locator("#ticket-peek")).to_contain_text("Scanner saves upside down")

    open_ticket(carla.page, server, "Fax is dead")

    newest = ada.page.get_by_role("row").filter(has_text="Fax is dead")
    expect(newest).to_be_visible(timeout=APPEARS_WITHIN_MS)
    expect(row).to_have_class(re.compile("is-cursor"))
    expect(row).to_have_attribute("aria-selected", "true")
    expect(row.get_by_role("link")).to_be_focused()
    expect(ada.page.locator("#ticket-peek")).to_contain_text("Scanner saves upside down")
    assert ada.loads == 0
    ada.picture("appeared")


def test_a_note_by_the_keyboard_is_not_mailed_and_disturbs_nobody(
    new_console: NewConsole, server: Server
) -> None:
    ada, carla = new_console(), new_console()
    for console, user in ((ada, ADA), (carla, CARLA)):
        console.sign_in(user)
    open_ticket(carla.page, server, "Fax is dead")
    with ada.page.expect_response(re.compile(r"/live/(\?|$)")):
        ada.page.goto(carla.page.url)
    ada.page.keyboard.press("r")
    ada.page.keyboard.type("Half a sentence")

    carla.page.keyboard.press("m")
    carla.page.keyboard.type("He is a difficult customer")
    carla.page.keyboard.press("Control+Enter")

    expect(ada.page.locator(".msg--note")).to_contain_text("He is a difficult customer")
    expect(ada.page.locator(".msg--out")).to_have_count(0)
    expect(ada.page.get_by_label("Your text")).to_have_value("Half a sentence")
    expect(ada.page.get_by_label("Your text")).to_be_focused()
    ada.page.keyboard.press("Control+Enter")
    expect(carla.page.locator(".msg--out")).to_contain_text("Half a sentence")
    expect(carla.page.locator("#fact-status")).to_contain_text("Waiting")
    carla.picture("answered")
