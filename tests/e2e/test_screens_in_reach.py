"""The main screens where there is little room: at 200 % zoom, and in the languages with long words. Nothing
scrolls sideways, no control is clipped, covered or outside, no word on a control is cut.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.demo import DemoDesk, signed_in
from tests.e2e.test_screens import SCREENS
from tests.hosts.console import Album

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
REACH = (Path(__file__).parent / "reach.js").read_text()
#: The longest words; the others are measured alone.
PICTURED = {"200", "de"}
MAIN = (  # noqa: SIM905 - forty lines of names say no more
    "tickets ticket new dashboard report clients devices client-settings device all-devices approvals "
    "organisation users user roles role teams incoming-mail mailboxes rules rule macros macro notices views "
    "filter hours targets my-time tags fields tokens webhooks audit profile security bulk merge-preview"
).split()


def walk(page: Page, desk: DemoDesk, album: Album, prefix: str) -> dict[str, list[str]]:
    """What is out of reach, by screen."""
    wrong = {}
    for name in MAIN:
        page.goto(SCREENS[name].format(**desk.pages))
        page.locator("h1").first.wait_for()
        if prefix in PICTURED:
            page.screenshot(path=album.next(f"{prefix}-{name}"), caret="initial")
        if found := page.evaluate(REACH):
            wrong[f"{prefix}-{name}"] = found
    return wrong


def test_at_200_percent_everything_is_in_reach(desk: DemoDesk, browser: Browser, album: Album) -> None:
    """A window of 1440 by 900 at 200 % is laid out like one of 720 by 450."""
    context = signed_in(browser, desk, width=720)
    page = context.new_page()
    page.set_viewport_size({"width": 720, "height": 450})
    assert walk(page, desk, album, "200") == {}
    context.close()


def speak(desk: DemoDesk, language: str) -> None:
    """All people of the desk read this language from their next page on."""
    database = sqlite3.connect(desk.folder / "db.sqlite3", timeout=10)
    with closing(database), database:
        database.execute("UPDATE core_user SET language = ?", (language,))


@pytest.mark.parametrize("width", [1440, 390])
def test_no_language_needs_more_room(desk: DemoDesk, browser: Browser, album: Album, width: int) -> None:
    """German, French and Italian run longer than English."""
    context = signed_in(browser, desk, width=width)
    page = context.new_page()
    wrong: dict[str, list[str]] = {}
    for language in ("de", "fr", "it"):
        speak(desk, language)
        wrong |= walk(page, desk, album, language)
    context.close()
    assert wrong == {}
