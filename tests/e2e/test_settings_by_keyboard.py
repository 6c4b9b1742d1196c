"""Mailboxes, business hours and service targets without a mouse: all is reached by Tab, and seen to be."""

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.e2e
MOST_TABS = 150
LOOK = """one => [one, one.nextElementSibling, one.closest('label'), ...(one.labels ?? [])].filter(Boolean)
  .map(getComputedStyle)
  .map(s => [s.outlineStyle, s.outlineColor, s.boxShadow, s.borderColor].join()).join(';')"""


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the keyboard is there, and see that it shows."""
    before = wanted.evaluate(LOOK)
    for _tab in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate(LOOK) != before, f"{wanted} does not show that it has the keyboard"
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def write(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(label).locator("visible=true").first)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def press(page: Page, name: str, *, role: str = "button", key: str = "Enter") -> None:
    reach(page, page.get_by_role(role, name=name, exact=True).locator("visible=true").first)  # type: ignore[arg-type]
    page.keyboard.press(key)


def test_a_mailbox_is_added_and_changed(page: Page) -> None:
    page.goto("/settings/mailboxes/")
    press(page, "Add mailbox", role="link")
    write(page, "Address", "projects@brightwell.example")
    write(page, "Sender name", "Brightwell Projects")
    press(page, "Add mailbox")
    expect(page.get_by_role("heading", name="projects@brightwell.example")).to_be_visible()
    write(page, "Signature", "See you, {{ technician }}")
    press(page, "Save")
    expect(page.get_by_label("Signature")).to_have_value("See you, {{ technician }}")


def test_a_calendar_is_made_with_a_day_off(page: Page) -> None:
    page.goto("/settings/hours/")
    press(page, "Calendar", role="link")
    write(page, "Name", "Workshop")
    reach(page, page.get_by_label("Friday: open"))
    page.keyboard.press("Space")
    press(page, "Save")
    expect(page.get_by_text("Workshop").first).to_be_visible()
    expect(page.get_by_label("Friday: open")).not_to_be_checked()


def test_a_promise_is_changed_and_the_clocks_are_run(page: Page) -> None:
    page.goto("/settings/targets/")
    first = (
        page.get_by_role("textbox", name="Urgent").or_(page.get_by_role("spinbutton", name="Urgent")).first
    )
    reach(page, first)
    page.keyboard.press("Control+a")
    page.keyboard.type("25")
    press(page, "Save")
    expect(first).to_have_value("25")
    press(page, "What breaches by…", role="link")
    press(page, "Run the clocks")
    expect(page.get_by_text("tickets breach").or_(page.get_by_text("ticket breaches")).first).to_be_visible()
