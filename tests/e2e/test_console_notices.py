"""Notices: somebody does something in one browser, and somebody else hears of it in another."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from helpdesk.demo import content
from tests.e2e.demo import DemoDesk

pytestmark = pytest.mark.e2e
SLOW = 30_000  # the desk looks for news every few seconds; a loaded machine takes its time


@pytest.fixture
def jonas(desk: DemoDesk, browser: Browser, page: Page) -> Iterator[Page]:
    """A colleague in a browser of his own; Mara's page is there first."""
    context = browser.new_context(base_url=desk.url, viewport={"width": 1440, "height": 900}, locale="en-GB")
    other = context.new_page()
    other.goto("/sign-in/")
    other.get_by_label("E-mail address").fill(content.TECHNICIANS[0][0])
    other.get_by_label("Password", exact=True).fill(content.PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/tickets/**")
    yield other
    context.close()


def read_all(page: Page) -> None:
    page.goto("/notices/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("You have read everything")).to_be_visible()
    expect(page.locator("#bell .count")).to_have_count(0)


def note(page: Page, number: int, text: str) -> None:
    page.goto(f"/tickets/{number}/")
    page.keyboard.press("m")
    expect(page.get_by_role("radio", name="Note")).to_be_checked()
    page.locator("#composer-body").fill(text)
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#activity").get_by_text(text)).to_be_visible()


def test_a_ticket_given_to_me_rings_my_bell_and_is_read_when_i_open_it(page: Page, jonas: Page) -> None:
    read_all(page)
    page.goto("/clients/")
    jonas.goto("/tickets/10/")
    jonas.keyboard.press("a")
    jonas.get_by_role("button", name="Mara Lindholm").click()
    expect(jonas.locator("#fact-assignee")).to_contain_text("Mara Lindholm")
    expect(page.locator("#bell .count")).to_have_text(re.compile("^1"), timeout=SLOW)
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_text("Jonas Weber gave you this ticket")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tickets/10/$"))
    expect(page.locator("#bell .count")).to_have_count(0, timeout=SLOW)


def test_who_follows_a_ticket_hears_of_a_note_and_not_of_their_own(page: Page, jonas: Page) -> None:
    read_all(page)
    page.goto("/tickets/5/")
    page.keyboard.press("w")
    expect(page.get_by_role("button", name="Following")).to_be_visible()
    note(page, 5, "I watch this one.")
    note(jonas, 5, "The toner is on its way.")
    page.goto("/notices/")
    expect(page.locator(".notice")).to_have_count(1, timeout=SLOW)
    expect(page.locator(".notice")).to_contain_text("Jonas Weber wrote a note · The toner is on its way.")


def test_all_are_read_and_come_back_with_undo(page: Page) -> None:
    page.goto("/notices/")
    first = page.locator(".notice").first
    expect(first).to_be_visible()
    title = first.locator("a").inner_text()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("You have read everything")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".notice").first.locator("a")).to_have_text(title)


def test_who_wants_to_hear_nothing_of_it_hears_nothing(page: Page, jonas: Page) -> None:
    read_all(page)
    page.goto("/profile/notices/")
    page.get_by_label("Bell: A ticket is given to me").uncheck()
    page.get_by_label("From").fill("22:00")
    page.get_by_label("Until").fill("06:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Bell: A ticket is given to me")).not_to_be_checked()
    expect(page.get_by_label("From")).to_have_value("22:00")
    page.goto("/clients/")
    jonas.goto("/tickets/9/")
    jonas.keyboard.press("a")
    jonas.get_by_role("button", name="Mara Lindholm").click()
    expect(jonas.locator("#fact-assignee")).to_contain_text("Mara Lindholm")
    note(jonas, 9, "A sign that the news are through.")
    expect(page.locator("#bell .count")).to_have_text(re.compile("^1"), timeout=SLOW)
    page.goto("/notices/")
    expect(page.locator(".notice")).to_have_count(1)
    expect(page.locator(".notice")).to_contain_text("wrote a note")


def test_a_browser_that_forbids_pushes_says_so(page: Page) -> None:
    page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page.goto("/profile/notices/")
    expect(page.get_by_text("This browser was told to show no notices of the desk.")).to_be_visible()
    expect(page.get_by_role("button", name="Tell me in this browser")).to_be_hidden()


def test_a23_an_address_inside_is_refused_and_the_worker_shows_what_is_pushed(
    page: Page, desk: DemoDesk
) -> None:
    """The browser's maker cannot be reached from here, so the subscription is a made-up one."""
    page.context.grant_permissions(["notifications"], origin=desk.url)
    page.add_init_script("""
      const own = { endpoint: "https://127.0.0.1/inside", keys: { auth: "MDAwMDAwMDAwMDAwMDAwMA",
        p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" } };
      Object.defineProperty(Notification, "permission", { get: () => "default" });
      Notification.requestPermission = async () => "granted";
      PushManager.prototype.subscribe = async () => ({ endpoint: own.endpoint, toJSON: () => own });
    """)
    page.goto("/profile/notices/")
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.get_by_text("The desk cannot push to the address")).to_be_visible()
    shown = page.evaluate("""async () => {
      const worker = await navigator.serviceWorker.getRegistration("/notices/");
      return [worker.scope, worker.active.scriptURL].map(each => new URL(each).pathname);
    }""")
    assert shown == ["/notices/", "/notices/worker.js"]
