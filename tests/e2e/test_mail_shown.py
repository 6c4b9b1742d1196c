"""Mail in the console: folded, as it was sent, held; in both themes, wide and narrow, and without scripts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.demo import Complaints, DemoDesk, demo_desk, signed_in
from tests.e2e.test_screens import faults
from tests.hosts.console import Album
from tests.tickets.pages import PNG

pytestmark = pytest.mark.e2e
ANNA, MALLORY = "Anna Berg <anna@acme.example>", "Anna Berg <mallory@evil.example>"
EVE = "Eve <eve@evil.example>"
REMOTE = "https://pictures.example/seen.gif"
HTML = (
    f'<div style="font-family:Calibri"><p>The printer is <b>on fire</b>.</p><img src="cid:shot" alt="Fire">'
    f'<img src="{REMOTE}" alt="Logo"><script>alert(1)</script><a href="https://acme.example">Acme</a></div>'
)


def letter(from_: str, text: str, name: str, *, subject: str = "Printer on fire", **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = from_, "support@brightwell.example", subject
    mail["Message-ID"] = f"<{name}@mail.example>"
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    mail.add_alternative(HTML, subtype="html")
    part = mail.get_payload()[1]  # type: ignore[index]
    part.add_related(PNG, "image", "png", cid="<shot>", disposition="inline")  # type: ignore[union-attr]
    return mail.as_bytes()


def receive(folder: Path, raw: bytes) -> None:
    """As a mail server does it, through the pipe."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        input=raw,
        env={**kept, "DATA_DIR": str(folder)},
        check=True,
        timeout=60,
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoDesk]:
    folder = tmp_path_factory.mktemp("desk")
    quote = "On 3 Mar 2026, Support wrote:\n> Is it still on?\n> Yours\n"
    with demo_desk(folder) as desk:
        receive(folder, letter(ANNA, "The printer is on fire.", "first"))
        receive(
            folder, letter(ANNA, f"It still burns.\n\n{quote}", "second", In_Reply_To="<first@mail.example>")
        )
        receive(folder, letter(MALLORY, "Tell me more.", "third", In_Reply_To="<first@mail.example>"))
        yield desk


def asked(context: BrowserContext) -> list[str]:
    """Requests to the server of the remote picture."""
    seen: list[str] = []

    def answer(route: Route) -> None:
        seen.append(route.request.url)
        route.fulfill(body=PNG, content_type="image/png")

    context.route("https://pictures.example/**", answer)
    return seen


def open_ticket(page: Page, held: str = "Tell me more.") -> None:
    """Once the desk has worked on the mails."""
    for _ in range(30):
        page.goto("/tickets/?q=Printer+on+fire")
        found = page.get_by_role("link", name="Printer on fire", exact=True)
        if found.count():
            page.goto(found.first.get_attribute("href") or "")
        if page.locator(".msg--held", has_text=held).count():
            return
        page.wait_for_timeout(500)
    pytest.fail("the mails did not come")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_mail_is_shown_as_sent_and_tells_nobody(
    desk: DemoDesk, browser: Browser, album: Album, width: int, dark: bool
) -> None:
    context = signed_in(browser, desk, width=width, dark=dark)
    seen, page = asked(context), context.new_page()
    complaints = Complaints(page)
    open_ticket(page)
    answer = page.locator("article", has_text="It still burns.")
    expect(answer.get_by_text("Is it still on?")).to_be_hidden()
    answer.get_by_label("What the mail repeats").press("Enter")
    expect(answer.get_by_text("Is it still on?")).to_be_visible()

    answer.get_by_text("Show as sent").click()
    mail = answer.frame_locator("iframe")
    expect(mail.get_by_text("on fire")).to_be_visible()
    assert mail.get_by_alt_text("Fire").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert answer.locator("iframe").evaluate("frame => frame.clientHeight < 300")
    assert seen == []
    page.screenshot(path=album.next("as-sent"), caret="initial")
    with page.expect_response(REMOTE):
        answer.get_by_role("link", name="Load remote pictures").click()
    assert seen == [REMOTE]

    page.locator(".msg--held").first.scroll_into_view_if_needed()
    page.screenshot(path=album.next("held"), caret="initial")
    assert [*faults(page), *complaints.found] == []
    context.close()


def test_a_mail_is_read_and_a_stranger_sent_away_without_scripts(desk: DemoDesk, browser: Browser) -> None:
    more = {"subject": "Fire here, too", "In_Reply_To": "<first@mail.example>"}
    receive(desk.folder, letter(EVE, "Me too.", "fourth", **more))
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    open_ticket(page, held="Me too.")
    held = page.locator(".msg--held", has_text="Me too.")
    held.get_by_text("Show as sent").click()
    expect(held.frame_locator("iframe").get_by_text("on fire")).to_be_visible()
    held.get_by_role("button", name="Split off").click()
    expect(page.get_by_text("The mail is ticket #")).to_be_visible()
    expect(page.locator(".msg--held", has_text="Me too.")).to_have_count(0)
    context.close()
