"""The console in Chromium, in the words that a technician uses."""

import io
import re
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.hosts.server import PASSWORD, SeedUser


@dataclass(frozen=True)
class Facts:
    """What the expert view tells of a ticket."""

    subject: str
    status: str
    priority: str
    customer: str
    device: str
    activity: str


class Album:
    """Pictures of the steps of one test, numbered in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()

    def next(self, name: str) -> Path:
        self._number += 1
        return self.folder / f"{self._number:02}-{name}.png"


class Console:
    def __init__(self, page: Page, url: str, album: Album) -> None:
        self.page = page
        self._url = url
        self._album = album
        self.loads = 0
        page.on("domcontentloaded", self._count_load)

    def _count_load(self, _page: Page) -> None:
        self.loads += 1

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self._album.next(name), caret="initial")

    def sign_in(self, user: SeedUser) -> None:
        self.page.goto(f"{self._url}/")
        self.page.get_by_label("E-mail address").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("All open tickets")
        self.picture("signed-in")

    def enable_for_client(self, client: str) -> None:
        """Client > Devices > tick all > Helpdesk agent… > Enable > Apply."""
        self.page.goto(f"{self._url}/clients/")
        self.page.get_by_role("link", name=client).first.click()
        self.page.get_by_label(re.compile(r"^Select all \d")).check()
        self.picture("devices-ticked")
        self.page.get_by_role("button", name="Helpdesk agent…").click()
        dialog = self.page.get_by_role("dialog")
        expect(dialog.get_by_role("radio", name="Enable")).to_be_checked()
        self.picture("before-apply")
        dialog.get_by_role("button", name=re.compile("^Enable on")).click()
        expect(self.page.get_by_role("table").get_by_text("Enabled").first).to_be_visible()
        self.picture("applied")

    def enable_on_device(self, device: str, windows_user: str) -> None:
        """Devices > device > Manage > Helpdesk agent > Enable for the one who is signed in."""
        self.page.goto(f"{self._url}/devices/")
        self.page.get_by_role("link", name=device, exact=True).click()
        self.page.get_by_role("button", name="Manage").click()
        self.picture("manage-menu")
        self.page.get_by_role("button", name=f"Enable for {windows_user}").click()
        row = self.page.get_by_role("row").filter(has_text=device)
        expect(row.get_by_text("Enabled").first).to_be_visible()
        self.picture("enabled")

    def open_list(self) -> None:
        """Ready when its live connection stands, so that nothing can be missed."""
        with self.page.expect_response(re.compile("/live/")):
            self.page.goto(f"{self._url}/tickets/")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("All open tickets")
        self.loads = 0

    def seconds_until_listed(self, subject: str, since: float, limit: float = 15) -> float:
        """How long after ``since`` (time.monotonic) the open list shows a ticket, without a reload."""
        self.page.get_by_role("link", name=subject).wait_for(timeout=limit * 1000)
        seconds = time.monotonic() - since
        assert self.loads == 0, "the list was loaded again"
        self.picture("ticket-in-list")
        return seconds

    def listed(self, subject: str) -> int:
        self.page.goto(f"{self._url}/tickets/")
        return self.page.get_by_role("link", name=subject).count()

    def open_ticket(self, subject: str) -> Facts:
        self.page.get_by_role("link", name=subject).first.click()
        preview = self.page.get_by_role("complementary", name="Preview")
        preview.get_by_role("link", name="Go to ticket").click()
        facts = self.page.get_by_role("complementary", name="Ticket details")
        expect(facts).to_be_visible()
        self.picture("expert-view")
        sections = facts.locator("details")
        return Facts(
            subject=self.page.get_by_role("heading", level=1).inner_text(),
            status=facts.locator("#fact-status").inner_text(),
            priority=facts.locator("#fact-priority").inner_text(),
            customer=sections.filter(has_text="Customer").last.inner_text(),
            device=sections.filter(has_text="Device").last.inner_text(),
            activity=self.page.get_by_role("main").inner_text(),
        )

    def screenshot_of_ticket(self) -> Image.Image:
        """The attachment as the browser gets it, from the ticket that is open."""
        link = self.page.locator("a.attach").first.get_attribute("href")
        answer = self.page.request.get(f"{self._url}{link}")
        assert answer.ok, answer.status
        assert answer.headers["x-content-type-options"] == "nosniff"
        with Image.open(io.BytesIO(answer.body())) as image:
            return image.convert("RGB")
