"""The page of keys, the sheet and what the palette offers."""

from pathlib import Path

import pytest
from django.test import Client as Browser

from helpdesk.core.domain.keys import PLACES, SINGLES
from helpdesk.core.models import User
from helpdesk.web.shortcuts import SHEET
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db


def test_every_shortcut_stands_in_the_sheet_once() -> None:
    listed = [each for rows in SHEET.values() for each in rows]
    assert len(listed) == len(set(listed))
    assert {*SINGLES, *PLACES} <= set(listed)


def test_a_key_is_changed_and_every_page_knows_it(client_ada: Browser, ada: User) -> None:
    assert client_ada.post("/profile/keys/", {"i": "y", "g t": "x"}).status_code == 302
    page = text_of(client_ada.get("/tickets/"))
    assert '<dt>Assign to me</dt><dd><span class="kbd"><kbd>Y</kbd></span></dd>' in page
    assert '<dt>Tickets</dt><dd><span class="kbd"><kbd>G</kbd><kbd>X</kbd></span></dd>' in page
    assert 'data-keys="{&quot;g t&quot;: &quot;x&quot;, &quot;i&quot;: &quot;y&quot;}"' in page
    assert 'name="i" value="Y"' in text_of(client_ada.get("/profile/keys/"))


def test_a_clash_gets_a_sentence_and_what_was_typed_stays(client_ada: Browser) -> None:
    answer = client_ada.post("/profile/keys/", {"i": "r"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "“R” is taken by “Reply”. Choose another key." in page
    assert 'name="i" value="R"' in page


def test_the_standard_keys_come_back(client_ada: Browser, ada: User) -> None:
    client_ada.post("/profile/keys/", {"i": "y"})
    client_ada.post("/profile/keys/", {"standard": "1", "i": "y"})
    assert User.objects.get(pk=ada.pk).keys == {}
    assert "data-keys=" not in text_of(client_ada.get("/profile/"))


def test_the_sheet_lists_only_places_that_one_may_enter(client_ada: Browser, client_carla: Browser) -> None:
    assert "<dt>Rules</dt>" in text_of(client_carla.get("/profile/"))
    assert "<dt>Rules</dt>" not in text_of(client_ada.get("/profile/"))


def test_the_palette_goes_to_settings_pages_too(client_carla: Browser) -> None:
    page = text_of(client_carla.get("/profile/"))
    palette = page[page.index('id="palette"') : page.index('id="keys"')]
    assert 'data-href="/settings/audit/"' in palette
    assert 'data-href="/tickets/new/"' in palette


def test_the_palette_goes_to_reports_and_presses_what_the_frame_has(client_carla: Browser) -> None:
    page = text_of(client_carla.get("/clients/"))
    assert 'data-href="/reports/satisfaction/"' in page
    assert "Report: Satisfaction" in page
    assert 'data-href="/clients/new/"' in page
    assert 'data-press="#sign-out"' in page
    assert 'id="sign-out"' in page


def test_every_search_field_of_a_page_says_its_key() -> None:
    root = Path(__file__).parents[2]
    pages = [page.read_text() for page in root.glob("[ht]*/**/templates/**/*.html")]
    searched = [page for page in pages if " data-search" in page]
    assert len(searched) > 5
    assert all('aria-keyshortcuts="/"' in page for page in searched)
