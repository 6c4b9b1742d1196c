"""The desk with its demo data, and the ways through its screens."""

import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from helpdesk.demo import content
from tests.hosts.process import Process, free_port
from tickets.domain.survey import key_hash, make_survey_key


@dataclass
class DemoDesk:
    url: str
    folder: Path
    pages: dict[str, str] = field(default_factory=dict)
    """Addresses of the demo's own client and device, and of a question to a customer."""


@contextmanager
def demo_desk(folder: Path, **more: str) -> Iterator[DemoDesk]:
    """Started with an empty folder, so that it loads the demo as on anybody's first evening; `more` is for
    its environment.
    """
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment = {**kept, "DATA_DIR": str(folder), "PORT": str(port), "DEMO": "1", "PYTHONUNBUFFERED": "1"}
    environment |= {"SMTP_LISTEN": "", **more}
    process = Process([sys.executable, "manage.py", "serve"], environment)
    try:
        process.expect("Deskbell is ready", 180)  # all migrations, on a busy machine
        yield DemoDesk(f"http://127.0.0.1:{port}", folder)
    finally:
        process.stop()


def signed_in(
    browser: Browser, desk: DemoDesk, *, width: int = 1440, dark: bool = False, scripts: bool = True
) -> BrowserContext:
    context = browser.new_context(
        base_url=desk.url,
        viewport={"width": width, "height": 844 if width < 500 else 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(content.ADMINISTRATOR[0])
    page.get_by_label("Password", exact=True).fill(content.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/tickets/**")
    if not desk.pages:
        desk.pages = _own_pages(page) | {"survey": ask_somebody(desk)}
    page.close()
    return context


def leave(page: Page) -> None:
    """Without cookies. From an empty page: an answer still on its way would bring the session back."""
    page.goto("about:blank")
    page.context.clear_cookies()


def _own_pages(page: Page) -> dict[str, str]:
    page.goto("/clients/")
    client = page.get_by_role("link", name="Maison Duval").get_attribute("href") or ""
    page.goto(client)
    device = page.get_by_role("link", name="MD-PC-014").get_attribute("href") or ""
    return {"client": client, "device": device}


def ask_somebody(desk: DemoDesk) -> str:
    """A customer is asked how it went; the address that the mail would hold."""
    key, now = make_survey_key(), "2026-11-01 08:00:00"
    columns = "ticket_id, email, name, language, key_hash, solved_at, asked_at, expires_at, rating, comment"
    row = (6, "anna@acme.example", "Anna", "de", key_hash(key), now, now, "2100-01-01 00:00:00", "", "")
    database = sqlite3.connect(desk.folder / "db.sqlite3", timeout=10)
    with closing(database), database:
        database.execute(f"INSERT INTO tickets_survey ({columns}) VALUES ({', '.join('?' * len(row))})", row)
    return f"/survey/{key}/"


class Complaints:
    """What a page says against itself: script errors, what the CSP stopped, files that are missing."""

    def __init__(self, page: Page) -> None:
        self.found: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not re.search(r"status of (403|404|422)", message.text):
            self.found.append(message.text)
