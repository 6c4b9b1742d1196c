"""An answer that was sent too soon: taken back, mended, and sent."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, expect

from tests.e2e.test_tickets_live import open_ticket
from tests.hosts.console import Console
from tests.hosts.mail import SmtpSink
from tests.hosts.server import CARLA, Server

pytestmark = pytest.mark.e2e


def overlap(one: FloatRect | None, other: FloatRect | None) -> bool:
    """Does one cover a part of the other?"""
    assert one
    assert other
    is_beside = one["x"] >= other["x"] + other["width"] or other["x"] >= one["x"] + one["width"]
    is_above = one["y"] >= other["y"] + other["height"] or other["y"] >= one["y"] + one["height"]
    return not (is_beside or is_above)


def test_an_answer_sent_too_soon_comes_back_and_goes_out_mended(
    new_console: Callable[[], Console], server: Server, sink: SmtpSink
) -> None:
    console = new_console()
    console.sign_in(CARLA)
    page = console.page
    open_ticket(page, server, "Fax is dead")
    text = page.get_by_label("Your text")
    text.fill("Dear Bert")
    text.press("Control+Enter")
    toast = page.locator("#toasts")
    expect(toast).to_contain_text("The answer goes out in 10 seconds.")
    expect(page.locator(".msg--out")).to_contain_text("Dear Bert")
    console.picture("sent")
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert not overlap(toast.bounding_box(), page.locator("#composer").bounding_box()), width

    toast.get_by_role("button", name="Undo").click()

    expect(text).to_have_value("Dear Bert")
    expect(page.locator(".msg--out")).to_have_count(0)
    expect(toast).to_contain_text("Nothing was sent. Your text is back.")
    text.fill("Dear Anna")
    text.press("Control+Enter")
    assert "Dear Anna" in sink.wait_for_mail("anna@acme.example", "Fax is dead", seconds=30)
    assert len(sink.to("anna@acme.example")) == 1
    expect(page.locator(".msg--out")).to_contain_text("sent")
