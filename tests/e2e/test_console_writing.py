"""What a technician writes is kept, carries its files, reaches whom they chose and calls their colleagues."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, expect

from tests.e2e.demo import DemoDesk, leave, signed_in
from tests.e2e.test_console_together import technician

pytestmark = pytest.mark.e2e
TICKET = "/tickets/5/"  # of Tom Ashdown
#: A draft is saved after a pause of three seconds.
PAUSE_MS = 20_000
PNG: FilePayload = {
    "name": "picture.png",
    "mimeType": "image/png",
    "buffer": b"\x89PNG\r\n\x1a\n" + b"x" * 60,
}
PROGRAM: FilePayload = {
    "name": "virus.exe",
    "mimeType": "application/octet-stream",
    "buffer": b"MZ" + b"x" * 60,
}


def text(page: Page) -> Locator:
    return page.get_by_label("Your text")


def saved(page: Page) -> None:
    expect(page.locator("#draft-state")).to_contain_text(re.compile(r"Saved \d"), timeout=PAUSE_MS)


@pytest.fixture
def quiet(desk: DemoDesk, browser: Browser) -> Iterator[BrowserContext]:
    """The administrator's, whose console may complain of a network that is away."""
    context = signed_in(browser, desk)
    yield context
    context.close()


def test_a_draft_survives_a_sign_out_and_goes_with_the_answer(
    page: Page, desk: DemoDesk, browser: Browser
) -> None:
    page.goto(TICKET)
    page.keyboard.press("r")
    expect(text(page)).to_be_focused()
    with page.expect_response(lambda answer: "Tom" in (answer.request.post_data or "")):
        page.keyboard.type("Good morning Tom")
    leave(page)
    context = signed_in(browser, desk)
    other = context.new_page()
    other.goto(TICKET)
    expect(text(other)).to_have_value("Good morning Tom")
    saved(other)
    text(other).press("Control+Shift+Enter")
    expect(other.get_by_text("The answer goes out in")).to_be_visible()
    expect(other.locator("#fact-status")).to_contain_text("Resolved")
    expect(text(other)).to_have_value("")
    other.reload()
    expect(text(other)).to_have_value("")
    expect(other.locator(".msg--out").last).to_contain_text("Good morning Tom")
    context.close()


def test_two_windows_of_one_person_do_not_overwrite_each_other(quiet: BrowserContext) -> None:
    first, second = quiet.new_page(), quiet.new_page()
    for page in (first, second):
        page.goto(TICKET)
    text(first).fill("From the first window")
    saved(first)
    text(second).fill("From the second")
    asked = second.locator("#composer-error")
    expect(asked).to_contain_text("From the first window", timeout=PAUSE_MS)
    expect(text(second)).to_have_value("From the second")
    asked.get_by_role("button", name="Take that text").click()
    expect(text(second)).to_have_value("From the first window")
    saved(second)


def test_without_a_network_the_text_stays_and_is_saved_when_it_is_back(quiet: BrowserContext) -> None:
    page = quiet.new_page()
    page.goto(TICKET)
    expect(page.locator("#inbox .ibx__item").first).to_be_visible()
    quiet.set_offline(True)
    text(page).fill("Written in a tunnel")
    expect(page.locator("#draft-state")).to_contain_text("Kept on this computer", timeout=PAUSE_MS)
    text(page).press("Control+Enter")
    expect(page.locator("#composer-error")).to_contain_text("No connection.")
    expect(text(page)).to_have_value("Written in a tunnel")
    quiet.set_offline(False)
    saved(page)
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(text(page)).to_have_value("Written in a tunnel")


def test_files_come_by_choice_drop_and_paste_and_go_again(page: Page) -> None:
    page.goto(TICKET)
    waiting = page.locator("#composer-files .waiting")
    page.get_by_label("Attach files").set_input_files([PNG])
    expect(waiting.get_by_role("checkbox")).to_have_count(1)
    for kind in ("drop", "paste"):
        page.evaluate(
            """kind => {
                const data = new DataTransfer(); data.items.add(new File(["hello"], kind + ".txt", { type: "text/plain" }));
                const name = kind === "drop" ? "dataTransfer" : "clipboardData", make = kind === "drop" ? DragEvent : ClipboardEvent;
                document.querySelector("#composer-body").dispatchEvent(new make(kind, { [name]: data, bubbles: true, cancelable: true }));
            }""",  # noqa: E501
            kind,
        )
        expect(waiting.filter(has_text=f"{kind}.txt").get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="Remove drop.txt").click()
    expect(waiting).to_have_count(2)
    page.reload()
    expect(waiting).to_have_count(2)
    text(page).fill("See the picture")
    text(page).press("Control+Enter")
    expect(page.locator(".msg--out .attach")).to_have_count(2)
    expect(waiting).to_have_count(0)


def test_a_program_is_refused_beside_its_name(quiet: BrowserContext) -> None:
    page = quiet.new_page()
    page.goto(TICKET)
    page.get_by_label("Attach files").set_input_files([PROGRAM])
    expect(page.locator("#composer-files")).to_contain_text("programs are not accepted")
    page.locator("#composer-files").get_by_role("button", name="Remove").click()
    expect(page.locator("#composer-files .waiting")).to_have_count(0)


def test_a_note_calls_a_colleague_who_hears_of_it(page: Page, desk: DemoDesk, browser: Browser) -> None:
    page.goto(TICKET)
    page.keyboard.press("m")
    expect(text(page)).to_be_focused()
    page.keyboard.type("Please look, @")
    names = page.get_by_role("listbox", name="Colleagues").get_by_role("option")
    expect(names).to_have_count(2)
    page.keyboard.type("jon")
    expect(names).to_have_count(1)
    page.keyboard.press("Enter")
    expect(text(page)).to_have_value("Please look, @Jonas Weber ")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--note .called")).to_have_text("@Jonas Weber")
    context = technician(browser, desk, "jonas@brightwell.example")
    jonas = context.new_page()
    jonas.goto("/notices/")
    expect(jonas.locator("#notices")).to_contain_text("Please look, @Jonas Weber")
    context.close()


def test_who_gets_it_is_written_out_and_can_be_changed(page: Page) -> None:
    page.goto(TICKET)
    to = page.locator("[data-to]")
    expect(to).to_contain_text("tom@kestrel.example")
    to.click()
    page.get_by_label("Cc", exact=True).fill("aisha@kestrel.example")
    page.get_by_label("Cc", exact=True).press("Tab")
    expect(to).to_have_text("Tom Ashdown, aisha@kestrel.example")
    text(page).fill("Dear both")
    page.get_by_role("button", name="More ways to send").click()
    page.get_by_role("button", name="Send and leave the status").click()
    expect(page.get_by_text("The answer goes out in")).to_be_visible()
    expect(page.locator("#fact-status")).to_contain_text("Open")
    expect(page.locator(".msg--out")).to_contain_text("Dear both")
    expect(page.locator("#facts")).to_contain_text("aisha@kestrel.example")


def test_an_answer_taken_back_where_it_stands_is_not_offered_for_it_again(page: Page) -> None:
    page.goto(TICKET)
    text(page).fill("Too soon")
    text(page).press("Control+Enter")
    toasts = page.locator("#toasts")
    expect(toasts).to_contain_text("The answer goes out in")
    expect(text(page)).to_have_value("")
    page.locator(".msg--out").get_by_role("button", name="Undo send").click()
    expect(toasts).to_contain_text("Nothing was sent. Your text is back.")
    expect(toasts).not_to_contain_text("The answer goes out in")
    expect(text(page)).to_have_value("Too soon")


def test_a_note_is_begun_among_the_notes_also_in_the_drawer_of_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{TICKET}#facts")
    page.locator("#notes").get_by_role("link", name="Add note").click()
    expect(page.locator("#facts")).to_be_hidden()
    expect(text(page)).to_be_focused()
    expect(page.get_by_text("only your team")).to_be_visible()
    page.keyboard.type("Ask Tom")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg--note")).to_contain_text("Ask Tom")


def test_without_scripts_a_button_keeps_the_draft(desk: DemoDesk, browser: Browser) -> None:
    context = signed_in(browser, desk, scripts=False)
    page = context.new_page()
    page.goto(TICKET)
    text(page).fill("On paper")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Your text is kept as a draft.")).to_be_visible()
    expect(text(page)).to_have_value("On paper")
    context.close()
