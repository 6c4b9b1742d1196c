"""A solved ticket, the mail with three faces, the page behind it on a phone, and who hears of it."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.demo import Complaints
from tests.e2e.test_screens import faults
from tests.e2e.test_tickets_live import open_ticket
from tests.hosts.console import Album, Console
from tests.hosts.mail import SmtpSink
from tests.hosts.process import wait_for
from tests.hosts.server import CARLA, Server

pytestmark = pytest.mark.e2e


def faces_in(mail: EmailMessage) -> list[str]:
    body = mail.get_body(("html",))
    assert body is not None
    html = str(body.get_content())
    assert "<img" not in html
    return re.findall(r'href="([^"]+)"', html)


def survey_mail(sink: SmtpSink) -> EmailMessage:
    def found() -> EmailMessage | None:
        return next((mail for mail in sink.messages if "How did it go?" in str(mail["Subject"])), None)

    mail: EmailMessage = wait_for(found, "the survey", 40)
    return mail


def phone(browser: Browser, *, scripts: bool, dark: bool = False) -> tuple[BrowserContext, Page, list[str]]:
    """Where the page asks for anything is kept."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
    )
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    return context, page, asked


def solve(desk: Page, server: Server, console: Console) -> None:
    """The two rules are switched on, a ticket is taken and solved."""
    desk.goto(f"{server.url}/rules/")
    for rule in ("Ask how it went when solved", "Tell the assignee of a low rating"):
        desk.get_by_role("switch", name=f"{rule}: on").click()
        expect(desk.get_by_role("switch", name=f"{rule}: on")).to_have_attribute("aria-checked", "true")
    console.picture("rules-on")
    open_ticket(desk, server, "Fax is dead")
    desk.wait_for_load_state()
    desk.keyboard.press("i")
    expect(desk.locator("#fact-assignee")).to_contain_text("Carla")
    desk.keyboard.press("s")
    desk.get_by_role("button", name="Resolved").click()
    expect(desk.locator("#fact-status > button")).to_contain_text("Resolved")


def look(browser: Browser, link: str, album: Album) -> None:
    """In both themes; here with scripts, as axe is one."""
    for dark in (False, True):
        context, page, _asked = phone(browser, scripts=True, dark=dark)
        complaints = Complaints(page)
        page.goto(link)
        page.screenshot(path=album.next("question-dark" if dark else "question"), caret="initial")
        assert [*faults(page), *complaints.found] == []
        context.close()


def answer(page: Page, link: str) -> None:
    """By keyboard alone."""
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("How did it go?")
    expect(page.get_by_role("radio", name="Not good")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Not good")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("It died again this morning.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It has arrived.")


def test_a_customer_says_how_it_went(
    new_console: Callable[[], Console], browser: Browser, server: Server, sink: SmtpSink, album: Album
) -> None:
    console = new_console()
    console.sign_in(CARLA)
    desk = console.page
    solve(desk, server, console)
    mail = survey_mail(sink)
    assert mail["Auto-Submitted"] == "auto-generated"
    happy, okay, sad = faces_in(mail)
    for link in (happy, okay, sad, happy):  # a scanner of mail opens every link
        assert desk.request.get(link).ok
        assert desk.request.head(link).ok
    assert server.rows("SELECT rating, answered_at FROM tickets_survey") == [("", None)]
    look(browser, sad, album)
    context, page, asked = phone(browser, scripts=False)
    answer(page, sad)
    page.screenshot(path=album.next("thanks"), caret="initial")
    assert set(asked) == {urlsplit(server.url).netloc}

    expect(desk.locator("#activity")).to_contain_text("Anna Berg said how it went: Not good")
    expect(desk.locator("#activity")).to_contain_text("It died again this morning.")
    told = sink.wait_for_mail(CARLA.email, "Fax is dead", seconds=30)
    assert "rated the help: Not good" in told
    desk.reload()
    expect(desk.locator("#facts")).to_contain_text("It died again this morning.")
    console.picture("rated")
    desk.get_by_role("link", name="Not good").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Tickets")
    expect(desk.get_by_text("Rated: Not good")).to_be_visible()
    console.picture("found")

    page.get_by_role("radio", name="It was okay").check(force=True)
    page.get_by_role("button", name="Change the answer").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert server.rows("SELECT rating FROM tickets_survey") == [("neutral",)]
    kept = server.rows("SELECT text, html FROM core_outgoingmail WHERE kind = 'ticket-survey'")
    assert kept == [("(removed after sending)", "")]
    page.goto(sad.replace("dbs_", "dbs_x"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work")
    page.screenshot(path=album.next("wrong-link"), caret="initial")
    context.close()
