"""Our own balloon, on a real display: seen, gone before a screenshot, and no thief of the keyboard."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.hosts.display import XHost
from tests.tray.test_ui_windows import Stage

pytestmark = pytest.mark.gui
NOTICE = "Deskbell notice"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    desktop = XHost()
    desktop.show_wallpaper(tmp_path / "wallpaper.png")
    stage = Stage(desktop, tmp_path, "verified")
    yield stage
    stage.close()
    desktop.close()


def test_the_screenshot_shows_what_the_notice_covered(stage: Stage, tmp_path: Path) -> None:
    before = stage.desktop.still_picture(tmp_path / "before.png")
    stage.do("notice")
    stage.desktop.wait_for_window(NOTICE)
    covered = stage.desktop.still_picture(tmp_path / "covered.png")
    assert ImageChops.difference(before, covered).getbbox() is not None
    stage.ticket()
    assert not stage.desktop.windows_named(NOTICE)
    stage.desktop.type("Printer")
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'Printer'")
    with Image.open(BytesIO((tmp_path / "screenshot.png").read_bytes())) as sent:
        assert ImageChops.difference(sent.convert("RGB"), before).getbbox() is None


def test_a_notice_takes_no_keys_and_a_second_one_replaces_it(stage: Stage) -> None:
    stage.ticket()
    stage.desktop.type("Prin")
    for _n in range(2):
        stage.do("notice")
    stage.expect("notice Ticket #12 was opened", 2)
    assert len(stage.desktop.windows_named(NOTICE)) == 1
    stage.desktop.type("ter")
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'Printer'")


def test_a_click_sends_the_notice_away(stage: Stage) -> None:
    stage.do("notice")
    stage.desktop.wait_for_window(NOTICE)
    stage.desktop.click(1200, 715)
    stage.desktop.wait_for_no_window(NOTICE, 3)
