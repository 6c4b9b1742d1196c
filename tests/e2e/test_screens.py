"""Every screen of the console, light and dark, wide and on a phone: axe finds nothing, nothing scrolls
sideways, no script fails and the CSP stops nothing. The pictures are kept.
"""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from helpdesk.demo import content
from tests.e2e.demo import Complaints, DemoDesk, leave, signed_in
from tests.hosts.console import Album

pytestmark = pytest.mark.e2e
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
SCREENS = {
    "tickets": "/tickets/", "no-ticket": "/tickets/?q=nothing",
    "found": "/tickets/?status=any&q=is:blue+invoi", "ticket": "/tickets/6/",
    "new": "/tickets/new/",
    "dashboard": "/dashboard/", "dashboard-of-nobody": "/dashboard/?days=7&who=me",
    "report": "/reports/clients/", "report-targets": "/reports/targets/",
    "no-report": "/reports/time/?who=me",
    "clients": "/clients/", "new-client": "/clients/new/", "devices": "{client}", "people": "{client}people/",
    "client-tickets": "{client}tickets/", "client-settings": "{client}settings/", "device": "{device}",
    "all-devices": "/devices/", "approvals": "/approvals/", "organisation": "/settings/organisation/",
    "users": "/settings/people/", "new-user": "/settings/people/new/", "user": "/settings/people/1/",
    "roles": "/settings/roles/", "role": "/settings/roles/2/", "teams": "/settings/teams/",
    "incoming-mail": "/settings/mail/", "blocked-senders": "/settings/mail/blocked/",
    "mailboxes": "/settings/mailboxes/", "new-mailbox": "/settings/mailboxes/new/",
    "delete-mailbox": "/settings/mailboxes/1/delete/",
    "rules": "/rules/", "rule": "/rules/1/", "new-rule": "/rules/new/", "rules-history": "/rules/history/",
    "rule-trace": "/tickets/6/rules/", "merge": "/tickets/6/merge/?q=printer",
    "merge-preview": "/tickets/6/merge/?into=3", "merge-refused": "/tickets/6/merge/?into=6",
    "survey": "{survey}?rating=sad", "no-survey": "/survey/x/",
    "macros": "/settings/macros/", "no-macro": "/settings/macros/?q=nothing", "macro": "/settings/macros/1/",
    "new-macro": "/settings/macros/new/", "insert-macro": "/tickets/6/macros/",
    "notices": "/notices/", "all-notices": "/notices/?show=all", "choose-notices": "/profile/notices/",
    "own-keys": "/profile/keys/", "watchers": "/tickets/6/watchers/",
    "security": "/profile/security/", "app": "/profile/security/app/", "team": "/settings/teams/1/",
    "locked-role": "/settings/roles/1/", "mail-texts": "/settings/mail-texts/",
    "mail-text": "/settings/mail-texts/survey/fr/", "no-link": "/sign-in/link/x/",
    "forgot": "/sign-in/forgot/", "confirm": "/sign-in/confirm/",
    "audit": "/settings/audit/", "profile": "/profile/", "not-found": "/tickets/99999/",
    "bulk": "/tickets/bulk/?do=assign&n=3&n=5&n=1", "bulk-merge": "/tickets/bulk/?do=merge&n=3&n=5",
    "views": "/tickets/views/", "new-view": "/tickets/views/new/?status=open",
    "filter": "/tickets/filter/?f=tag.is.vpn&f=updated.within.7",
    "filtered": "/tickets/?f=subject.has.printer",
    "overdue": "/tickets/?due=late", "held": "/tickets/?held=yes",
    "hours": "/settings/hours/", "new-hours": "/settings/hours/new/",
    "holidays": "/settings/hours/1/holidays/?country=DE&region=BE", "targets": "/settings/targets/",
    "new-target": "/settings/targets/new/", "simulate": "/settings/targets/simulate/",
    "recalculate": "/settings/targets/recalculate/",
    "no-drafts": "/drafts/",
    "my-time": "/time/", "time": "/tickets/6/time/", "tags": "/settings/tags/", "tag": "/settings/tags/1/",
    "fields": "/settings/fields/",
    "tokens": "/profile/tokens/", "all-tokens": "/settings/tokens/", "webhooks": "/settings/webhooks/",
    "providers": "/settings/providers/",
    "imports": "/settings/imports/",
}  # fmt: skip


def merged(page: Page) -> None:
    page.get_by_role("button", name="Merge #8 into #5").click()
    page.get_by_text("#8 is merged into this ticket.").wait_for()


def unmerged(page: Page) -> None:
    page.get_by_role("button", name="Undo merge").click()
    page.get_by_text("goes its own way again").wait_for()


def splitting(page: Page) -> None:
    page.get_by_role("link", name="Split off").first.click()
    page.get_by_role("button", name="Make it a ticket").wait_for()


def refused(page: Page) -> None:
    leave(page)
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(content.ADMINISTRATOR[0])
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def palette(page: Page) -> None:
    page.goto("/tickets/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("printer")
    page.get_by_role("option", name="Delivery note printer").wait_for()


def keys(page: Page) -> None:
    page.goto("/tickets/")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()


def bulk(page: Page) -> None:
    page.locator("input[type=checkbox][data-select-all], thead .box").locator("visible=true").first.check()
    page.get_by_role("button", name="Helpdesk agent…").click()
    page.get_by_role("dialog").wait_for()


def result(page: Page) -> None:
    page.get_by_role("button", name="Enable on").click()
    page.get_by_role("button", name="Undo").wait_for()


def undone(page: Page) -> None:
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone. What somebody").wait_for()


def manage(page: Page) -> None:
    page.get_by_role("button", name="Manage").click()


def new_key(page: Page) -> None:
    page.get_by_role("button", name="Make a key").click()
    page.locator("#new-key").wait_for()
    assert page.url.endswith("/settings/")


def patient(page: Page) -> None:
    """The longest time to take an answer back: looking at one screen takes a busy machine a while."""
    page.get_by_label("Seconds to take an answer back").fill("60")
    page.get_by_role("button", name="Save").first.click()
    page.locator("#toasts").get_by_text("Saved.").wait_for()


def sent(page: Page) -> None:
    page.get_by_label("Your text").fill("I am on it.")
    page.get_by_label("Your text").press("Control+Enter")
    page.get_by_text("The answer goes out in").wait_for()


def unstyled(page: Page) -> None:
    """Playwright's screenshot leaves an empty style on the focused text, and htmx would copy it."""
    page.evaluate("document.querySelectorAll('[style=\"\"]').forEach(one => one.removeAttribute('style'))")


def taken_back(page: Page) -> None:
    unstyled(page)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    page.get_by_text("Your text is back").wait_for()


def dry_run(page: Page) -> None:
    page.get_by_role("button", name="Group", exact=True).click()
    page.get_by_role("button", name="Remove group").wait_for()
    page.get_by_role("button", name="Remove condition").last.click()
    page.get_by_role("button", name="Remove group").click()
    page.get_by_role("button", name="Remove group").wait_for(state="detached")
    page.get_by_role("combobox", name="Comparison").first.select_option("not_empty")
    page.get_by_role("combobox", name="Value").last.select_option("high")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("would match").wait_for()
    page.get_by_text("Why", exact=True).first.click()


def trace_card(page: Page) -> None:
    page.goto("/tickets/6/")
    card = page.get_by_text("Which rules looked at this ticket")
    if card.is_visible():  # on a phone the facts are a drawer
        card.click()
        page.locator(".trace, .sect__body .quiet").last.wait_for()


def slash(page: Page) -> None:
    page.get_by_label("Your text").click()
    page.keyboard.type("Good morning. /")
    page.get_by_role("option", name="VPN profile renewed").wait_for()


def chips(page: Page) -> None:
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Tag vpn").uncheck()


def recipients(page: Page) -> None:
    copies = page.get_by_label("Cc", exact=True)
    if not copies.is_visible():  # open already where a draft of an earlier walk has some
        page.locator(".composer__to > summary").click()
    copies.fill("aisha@kestrel.example")
    page.get_by_label("Attach files").set_input_files(
        {"name": "a rather long name of a file.txt", "mimeType": "text/plain", "buffer": b"hello"}
    )
    page.locator("#composer-files").get_by_role("checkbox").first.wait_for()


def calling(page: Page) -> None:
    unstyled(page)
    page.get_by_text("Note", exact=True).first.click()
    page.get_by_label("Your text").fill("Look at this, @")
    page.get_by_role("option", name="Jonas Weber").wait_for()


def pick_type(page: Page) -> None:
    button = page.get_by_role("button", name="change the type")
    if button.is_visible():  # on a phone the facts are a drawer
        button.click()


STEPS: list[tuple[str, str, Callable[[Page], None]]] = [
    ("palette", "/tickets/", palette),
    ("keys", "/tickets/", keys),
    ("bulk", "{client}", bulk),
    ("bulk-result", "", result),
    ("bulk-undone", "", undone),
    ("manage", "{device}", manage),
    ("new-key", "{client}settings/", new_key),
    ("dry-run", "/rules/new/", dry_run),
    ("trace-card", "", trace_card),
    ("slash", "/tickets/5/", slash),
    ("chips", "", chips),
    ("type", "/tickets/4/", pick_type),
    ("recipients", "/tickets/3/", recipients),
    ("calling", "", calling),
    ("organisation-saved", "/settings/organisation/", patient),
    ("sent", "/tickets/6/", sent),
    ("taken-back", "", taken_back),
    ("merged", "/tickets/8/merge/?into=5", merged),
    ("merged-found", "/tickets/?q=label&status=any", lambda _page: None),
    ("merged-source", "/tickets/8/", lambda _page: None),
    ("unmerged", "", unmerged),
    ("split", "/tickets/6/", splitting),
    ("refused", "", refused),
]


def faults(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    words = [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        words.append("scrolls sideways")
    if page.evaluate(
        "!!document.querySelector('.app') && document.documentElement.scrollHeight > innerHeight"
    ):
        words.append("scrolls as a whole, besides its parts")
    return words


@pytest.mark.timeout(900)  # a hundred pages
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_screen_is_sound(
    desk: DemoDesk, browser: Browser, album: Album, width: int, dark: bool
) -> None:
    context = signed_in(browser, desk, width=width, dark=dark)
    page = context.new_page()
    complaints, wrong = Complaints(page), {}

    def look(name: str) -> None:
        page.screenshot(path=album.next(name), caret="initial")  # hiding it is an inline style
        if found := [*faults(page), *complaints.found]:
            wrong[name] = found
        complaints.found.clear()

    for name, address in SCREENS.items():
        answer = page.goto(address.format(**desk.pages))
        assert answer
        assert answer.status == (404 if name in {"not-found", "no-survey", "no-link"} else 200), name
        look(name)
    for name, address, step in STEPS:
        if address:
            page.goto(address.format(**desk.pages))
        step(page)
        look(name)
    context.close()
    assert wrong == {}
