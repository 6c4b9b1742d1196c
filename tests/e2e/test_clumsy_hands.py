"""What hurried people do to forms."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.hosts.console import Console
from tests.hosts.server import ADA, Server

pytestmark = pytest.mark.e2e
NewConsole = Callable[[], Console]
BETWEEN_CLICKS_MS = 30


def double_click(page: Page, name: str) -> None:
    """As a hand does it: the first click already sends when the second one comes."""
    button = page.get_by_role("button", name=name)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    for _click in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(BETWEEN_CLICKS_MS)


def test_a_double_click_opens_one_ticket(new_console: NewConsole, server: Server) -> None:
    console = new_console()
    console.sign_in(ADA)
    page, sent = console.page, list[str]()
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{server.url}/tickets/new/")
    page.get_by_label("Subject").fill("Twice in a hurry")
    double_click(page, "Open ticket")
    page.get_by_role("heading", level=1, name="Twice in a hurry").wait_for()
    assert [url for url in sent if "/tickets/new/" in url] == [f"{server.url}/tickets/new/"]
    page.goto(f"{server.url}/tickets/?q=hurry")
    assert page.get_by_role("row").filter(has_text="Twice in a hurry").count() == 1


def test_a_subject_without_a_space_is_read_to_its_end(new_console: NewConsole, server: Server) -> None:
    console, word = new_console(), "W" * 180
    console.sign_in(ADA)
    page = console.page
    page.goto(f"{server.url}/tickets/new/")
    page.get_by_label("Subject").fill(word)
    page.get_by_role("button", name="Open ticket").click()
    title = page.get_by_role("heading", level=1, name=word)
    title.wait_for()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert title.evaluate("h => h.getBoundingClientRect().right <= innerWidth"), width
