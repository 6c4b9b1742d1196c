"""Single sign-on: a provider is set up, linked, used to come in and to confirm, and taken away."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from helpdesk.demo import content
from tests.e2e.demo import Complaints, demo_desk, leave, signed_in
from tests.hosts.oidc import CLIENT, SECRET, Provider, oidc_provider

pytestmark = pytest.mark.e2e
ADMINISTRATOR = content.ADMINISTRATOR[0]


@pytest.fixture
def ring() -> Iterator[Provider]:
    with oidc_provider() as server:
        yield server


def set_up(page: Page, ring: Provider) -> None:
    page.goto("/settings/providers/")
    expect(page.get_by_role("heading", name="No provider yet")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Ring")
    page.get_by_label("Issuer").fill(ring.issuer)
    page.get_by_label("Client id").fill(CLIENT)
    page.get_by_label("Secret").fill(SECRET)
    page.get_by_role("button", name="Add provider").click()
    expect(page.get_by_text("Ring answers, and is who it should be.")).to_be_visible()
    expect(page.locator("code").filter(has_text="/back/")).to_be_visible()


def test_a_provider_is_set_up_linked_used_and_taken_away(
    browser: Browser, ring: Provider, tmp_path: Path
) -> None:
    ring.person = {"sub": "me", "email": ADMINISTRATOR, "email_verified": True, "name": "Mara"}
    with demo_desk(tmp_path, SIGN_IN_ALLOWED_HOSTS="127.0.0.1") as desk:
        context = signed_in(browser, desk)
        page = context.new_page()
        complaints = Complaints(page)
        set_up(page, ring)

        page.goto("/profile/security/")
        page.get_by_role("button", name="Link with Ring").click()
        linked = page.locator("#providers").get_by_role("button", name="Remove Ring")
        expect(linked).to_be_visible()

        leave(page)
        ring.twist = {"auth_time": int(time.time()) - 3600}  # Ring asked for the password this morning
        page.goto("/tickets/")
        page.get_by_role("link", name="Go on with Ring").click()
        page.wait_for_url(re.compile(r"/tickets/"))
        ring.twist = {}
        page.goto("/profile/")
        page.get_by_role("button", name="Sign out").first.click()
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        page.get_by_role("link", name="Sign out of Ring, too").click()
        expect(page.get_by_role("heading", name="Signed out of Ring")).to_be_visible()
        ring.twist = {"auth_time": int(time.time()) - 3600}
        page.goto("/sign-in/")
        page.get_by_role("link", name="Go on with Ring").click()
        page.wait_for_url(re.compile(r"/tickets/"))
        ring.twist = {}

        page.goto("/profile/security/")
        linked.click()
        expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
        page.get_by_role("link", name="Go on with Ring").click()
        expect(page.get_by_role("heading", name="Password and sign-in")).to_be_visible()
        linked.click()
        expect(page.get_by_role("button", name="Link with Ring")).to_be_visible()

        leave(page)
        page.goto("/sign-in/")
        page.get_by_role("link", name="Go on with Ring").click()
        expect(page.get_by_role("alert")).to_contain_text("link it in your profile")
        page.get_by_role("link", name="Back to the sign-in").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert complaints.found == []
        context.close()
