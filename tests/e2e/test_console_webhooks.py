"""Another program hears of a ticket although it failed twice; and a token lets one in."""

import hashlib
import hmac
import json
import re
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.demo import Complaints, DemoDesk, demo_desk, signed_in

pytestmark = pytest.mark.e2e


class Receiver(HTTPServer):
    """Says 500 as long as it is broken."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.is_broken = True


class Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(500 if self.server.is_broken else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def desk(demo_data: Path, tmp_path: Path) -> Iterator[DemoDesk]:
    """It may call programs on this computer."""
    folder = tmp_path / "desk"
    shutil.copytree(demo_data, folder)
    with demo_desk(folder, WEBHOOK_ALLOWED_HOSTS="127.0.0.1") as desk:
        yield desk


@pytest.fixture
def page(desk: DemoDesk, browser: Browser) -> Iterator[Page]:
    context = signed_in(browser, desk)
    page = context.new_page()
    complaints = Complaints(page)
    yield page
    assert complaints.found == []
    context.close()


def test_a_receiver_that_fails_twice_hears_it_the_third_time(page: Page, receiver: Receiver) -> None:
    page.goto("/settings/webhooks/")
    page.get_by_label("Name").fill("Accounting")
    page.get_by_label("Address").fill(f"http://127.0.0.1:{receiver.server_port}/desk")
    page.get_by_label("A ticket is opened").check()
    page.get_by_role("button", name="Add webhook").click()
    secret = page.locator("#new-secret code").inner_text()
    own = page.get_by_role("heading", name="Accounting")
    expect(own).to_be_visible()

    page.goto("/tickets/new/")
    page.get_by_label("Subject").fill("Toner is empty")
    page.get_by_role("button", name="Open ticket").click()
    expect(page).to_have_url(re.compile(r"/tickets/\d+/$"))
    number = int(page.url.rstrip("/").rpartition("/")[2])

    page.goto("/settings/webhooks/")
    page.get_by_role("link", name="Accounting").click()
    row = page.locator("#log tbody tr").first
    expect(row).to_contain_text("ticket.created", timeout=20_000)
    # The second try comes by itself after some seconds; it fails as well.
    expect(row.locator("td").nth(3)).to_have_text(re.compile("[2-9]"), timeout=90_000)
    expect(row).to_contain_text("The receiver answered 500.")
    expect(page.locator("#log")).to_contain_text("Does not answer")
    receiver.is_broken = False
    row.get_by_role("button", name="Call again").click()
    expect(row).to_contain_text("Delivered", timeout=60_000)
    expect(page.locator("#log")).not_to_contain_text("Does not answer")

    headers, body = receiver.got[-1]
    assert json.loads(body)["ticket"]["number"] == number
    signed = f"{headers['X-Deskbell-Timestamp']}.".encode() + body
    expected = hmac.digest(secret.encode(), signed, hashlib.sha256).hex()
    assert headers["X-Deskbell-Signature"] == f"sha256={expected}"
    assert len({headers["X-Deskbell-Delivery"] for headers, _body in receiver.got}) == 1


def test_a_webhook_that_was_deleted_comes_back(page: Page, receiver: Receiver) -> None:
    page.goto("/settings/webhooks/")
    page.get_by_label("Name").fill("Accounting")
    page.get_by_label("Address").fill("http://10.1.2.3/")
    page.get_by_label("A ticket is opened").check()
    page.get_by_role("button", name="Add webhook").click()
    expect(page.get_by_text("This address leads into a private network.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Accounting")
    page.get_by_label("Address").fill(f"http://127.0.0.1:{receiver.server_port}/desk")
    page.get_by_role("button", name="Add webhook").click()
    expect(page.locator("#new-secret")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("was deleted")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Accounting")).to_be_visible()


def test_a_program_comes_in_with_a_token_until_it_is_revoked(page: Page, desk: DemoDesk) -> None:
    page.goto("/profile/tokens/")
    page.get_by_label("What is it for?").fill("Inventory script")
    page.get_by_label("See tickets").check()
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("#new-token code").first.inner_text()
    assert ask(desk, token) == 200
    page.goto("/profile/tokens/")
    expect(page.locator("#new-token")).to_have_count(0)
    page.get_by_role("button", name="Revoke Inventory script").click()
    expect(page.get_by_text("The token “Inventory script” was revoked.")).to_be_visible()
    assert ask(desk, token) == 401


def ask(desk: DemoDesk, token: str) -> int:
    request = urllib.request.Request(
        f"{desk.url}/api/v1/tickets/", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
