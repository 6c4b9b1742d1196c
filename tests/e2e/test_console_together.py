"""Two technicians in two browsers at one ticket, and a cable that is pulled."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from helpdesk.demo import content
from tests.e2e.demo import DemoDesk
from tests.e2e.test_tickets_live import open_ticket
from tests.hosts.cable import TcpCut
from tests.hosts.console import Console
from tests.hosts.server import ADA, CARLA, Server

pytestmark = pytest.mark.e2e
TICKET = "/tickets/5/"


def technician(browser: Browser, desk: DemoDesk, email: str) -> BrowserContext:
    context = browser.new_context(
        base_url=desk.url, viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(content.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.close()
    return context


@pytest.fixture
def mara(browser: Browser, desk: DemoDesk) -> Iterator[BrowserContext]:
    context = technician(browser, desk, content.ADMINISTRATOR[0])
    yield context
    context.close()


@pytest.fixture
def jonas(browser: Browser, desk: DemoDesk) -> Iterator[BrowserContext]:
    context = technician(browser, desk, "jonas@brightwell.example")
    yield context
    context.close()


def at_ticket(context: BrowserContext, *, deaf: bool = False) -> Page:
    """`deaf`: this page hears nothing of what others do."""
    page = context.new_page()
    if deaf:
        page.route("**/live/*", lambda route: route.abort())
    page.goto(TICKET)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def text(page: Page) -> Locator:
    return page.get_by_label("Your text")


def around(page: Page) -> Locator:
    return page.locator("#company")


def test_each_sees_that_the_other_looks_writes_and_leaves(
    mara: BrowserContext, jonas: BrowserContext
) -> None:
    here, there = at_ticket(mara), at_ticket(jonas)
    expect(around(here)).to_contain_text("Jonas Weber is looking too")
    expect(around(there)).to_contain_text("Mara Lindholm is looking too")
    text(there).fill("Dear Tom")
    expect(here.locator("#company-note")).to_contain_text("Jonas Weber is writing an answer.")
    there.goto("/tickets/")
    expect(around(here)).to_have_text("")
    expect(here.locator("#company-note")).not_to_contain_text("Jonas")


def test_who_is_answered_past_is_asked_and_may_send_anyway(
    mara: BrowserContext, jonas: BrowserContext
) -> None:
    here, there = at_ticket(mara), at_ticket(jonas)
    text(here).fill("Dear Tom, I come by at nine.")
    text(there).fill("Dear Tom, it is solved.")
    text(there).press("Control+Enter")
    expect(here.locator("#company-note")).to_contain_text("Jonas Weber answered while you were writing.")
    expect(here.locator(".msg--out")).to_contain_text("it is solved")
    text(here).press("Control+Enter")
    asked = here.locator("#meanwhile")
    expect(asked).to_contain_text("Nothing was sent yet.")
    expect(asked).to_contain_text("Dear Tom, it is solved.")
    expect(asked).to_contain_text("Jonas Weber changed the status from Open to Waiting")
    expect(here.locator(".msg--out")).to_have_count(1)
    expect(text(here)).to_have_value("Dear Tom, I come by at nine.")
    asked.get_by_role("button", name="Send it anyway").click()
    expect(here.locator(".msg--out")).to_have_count(2)
    expect(there.locator(".msg--out")).to_have_count(2)
    expect(text(here)).to_have_value("")


def test_who_writes_nothing_has_seen_it_and_is_not_asked(mara: BrowserContext, jonas: BrowserContext) -> None:
    here, there = at_ticket(mara), at_ticket(jonas)
    expect(around(here)).to_contain_text("Jonas Weber")
    text(there).fill("Dear Tom")
    text(there).press("Control+Enter")
    expect(here.locator(".msg--out")).to_contain_text("Dear Tom")
    expect(here.locator("#fact-status")).to_contain_text("Waiting")
    text(here).fill("And one more thing")
    text(here).press("Control+Enter")
    expect(here.get_by_text("The answer goes out in")).to_be_visible()
    expect(here.locator(".msg--out")).to_have_count(2)


def test_an_old_page_does_not_overwrite_a_status(mara: BrowserContext, jonas: BrowserContext) -> None:
    here, there = at_ticket(mara, deaf=True), at_ticket(jonas)
    choose(there, "Waiting")
    expect(there.locator("#fact-status .chip")).to_have_text("Waiting")
    choose(here, "Resolved")
    fact = here.locator("#fact-status")
    expect(fact.get_by_role("alert")).to_contain_text("Jonas Weber changed the status from Open to Waiting")
    expect(fact.locator(".chip")).to_have_text("Waiting")
    fact.get_by_role("button", name="Change it all the same").click()
    expect(fact.locator(".chip")).to_have_text("Resolved")
    expect(there.locator("#fact-status .chip")).to_have_text("Resolved")


def choose(page: Page, status: str) -> None:
    page.keyboard.press("s")
    page.locator("#pick-status").get_by_role("button", name=status).click()


def test_who_takes_second_hears_who_was_first(mara: BrowserContext, jonas: BrowserContext) -> None:
    here, there = at_ticket(mara, deaf=True), at_ticket(jonas)
    there.get_by_role("button", name="Take it").click()
    expect(there.locator("#fact-assignee")).to_contain_text("Jonas Weber")
    here.get_by_role("button", name="Take it").click()
    expect(here.locator("#fact-assignee").get_by_role("alert")).to_contain_text(
        "Jonas Weber took this ticket first."
    )


def test_many_tabs_share_one_stream_and_the_next_takes_over(
    mara: BrowserContext, jonas: BrowserContext
) -> None:
    streams: list[str] = []
    mara.on("request", lambda request: streams.append(request.url) if "/live/?" in request.url else None)
    pages = [at_ticket(mara) for _ in range(8)]
    there = at_ticket(jonas)
    expect(around(pages[7])).to_contain_text("Jonas Weber")
    assert len(streams) == 1
    pages[0].close()
    choose(there, "Processing")
    for page in (pages[1], pages[7]):
        expect(page.locator("#fact-status")).to_contain_text("Processing")


def test_after_a_pulled_cable_nothing_is_missing(
    new_console: Callable[[], Console], server: Server, cable: TcpCut
) -> None:
    ada, carla = new_console(), new_console()
    for console, user in ((ada, ADA), (carla, CARLA)):
        console.sign_in(user)
    open_ticket(carla.page, server, "Fax is dead")
    ada.page.goto(carla.page.url.replace(server.url, cable.url))
    expect(around(ada.page)).to_contain_text("Carla")
    text(ada.page).fill("Half a sentence")
    cable.cut()
    banner = ada.page.get_by_text("No connection to the server.")
    expect(banner).to_be_visible()
    carla.page.keyboard.press("m")
    carla.page.keyboard.type("While Ada was away")
    carla.page.keyboard.press("Control+Enter")
    expect(carla.page.locator(".msg--note")).to_contain_text("While Ada was away")
    cable.restore()
    expect(ada.page.locator(".msg--note")).to_contain_text("While Ada was away", timeout=20_000)
    expect(banner).to_be_hidden()
    expect(text(ada.page)).to_have_value("Half a sentence")
    expect(ada.page.locator("#draft-state")).to_contain_text("Saved", timeout=20_000)
