"""The hotkey and the screenshot in the personal settings: real windows, real keys."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.display import XHost
from tests.hosts.process import PROJECT
from tests.tray.test_ui_windows import Stage

pytestmark = pytest.mark.gui

OWNER = """
import sys
from tray_agent.combination import Combination
from tray_agent.linux.hotkey import GrabHotkey
hotkey = GrabHotkey(Combination.parse(sys.argv[1]), lambda: print("pressed", flush=True))
hotkey.start()
print("owned", flush=True)
sys.stdin.readline()
hotkey.stop()
"""


@pytest.fixture
def desktop() -> Iterator[XHost]:
    host = XHost()
    yield host
    host.close()


@pytest.fixture
def stage(desktop: XHost, tmp_path: Path) -> Iterator[Stage]:
    stage = started(desktop, tmp_path)
    yield stage
    stage.close()


def started(desktop: XHost, folder: Path) -> Stage:
    stage = Stage(desktop, folder, "verified")
    stage.do("keys")
    stage.expect("hotkey by XGrabKey")
    return stage


def change(stage: Stage) -> None:
    """Settings, and Change... pressed."""
    stage.do("settings")
    stage.expect("settings shown")
    stage.desktop.press("shift+Tab", "shift+Tab", "Return")
    stage.expect("listening for a hotkey")


def test_another_hotkey_works_at_once_and_after_a_restart_and_there_is_a_way_back(
    desktop: XHost, tmp_path: Path
) -> None:
    stage = started(desktop, tmp_path)
    change(stage)
    desktop.press("ctrl+shift+F9")
    stage.expect("hotkey is ctrl+shift+f9")
    stage.expect("hotkey stays ctrl+shift+f9")  # the window has done its part too
    desktop.press("Tab", "Tab", "Tab", "Return")  # Back, the picture, Done
    desktop.wait_for_no_window("Personal settings")
    desktop.press("ctrl+F12")
    stage.close()
    assert "form shown" not in stage.output

    stage = started(desktop, tmp_path)
    desktop.press("ctrl+F12", "ctrl+shift+F9")
    stage.expect("form shown by hotkey")
    assert stage.output.count("form shown") == 1
    desktop.press("Escape")
    desktop.wait_for_no_window("New ticket")
    stage.do("settings")
    stage.expect("settings shown")
    desktop.press("shift+Tab", "shift+Tab", "Return")
    stage.expect("hotkey is ctrl+f12")
    desktop.press("Escape")
    desktop.wait_for_no_window("Personal settings")
    desktop.press("ctrl+F12")
    stage.expect("form shown by hotkey", times=2)
    stage.close()


def test_a_combination_of_another_program_is_refused_in_a_sentence(stage: Stage) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, "ctrl+shift+f9"], env=stage.desktop.environment, cwd=PROJECT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert owner.stdout is not None
    try:
        assert owner.stdout.readline() == "owned\n"
        change(stage)
        stage.desktop.press("ctrl+shift+F9")
        stage.expect("Another program already uses Ctrl+Shift+F9. Take another one; Ctrl+F12 goes on.")
        stage.desktop.press("Escape")
        stage.expect("hotkey stays ctrl+f12")
        stage.desktop.press("Escape")
        stage.desktop.wait_for_no_window("Personal settings")
        stage.desktop.press("ctrl+shift+F9")
        assert owner.stdout.readline() == "pressed\n"
        stage.desktop.press("ctrl+F12")
        stage.expect("form shown by hotkey")
        assert not (stage.folder / "preferences.json").exists()
    finally:
        owner.communicate("\n", timeout=10)


def test_while_it_listens_every_key_is_its_own(stage: Stage) -> None:
    """Also the hotkey of today, Tab, Return and what closes windows."""
    change(stage)
    stage.desktop.press("a", "Tab", "Return", "alt+F4")
    stage.expect("refused", times=4)
    for sentence in ("A is needed for typing", "Tab is needed", "Enter is needed", "The system keeps Alt+F4"):
        stage.expect(sentence)
    stage.desktop.press("ctrl+F12")
    stage.expect("hotkey stays ctrl+f12")
    assert stage.desktop.windows_named("Personal settings")
    assert not stage.desktop.windows_named("New ticket")
    stage.desktop.press("Return", "Escape", "Return")  # again, kept, again
    stage.expect("listening", times=3)
    stage.do("hide")  # the desk switches the agent off meanwhile
    stage.desktop.wait_for_no_window("Personal settings")
    stage.do("about")
    stage.expect("keyboard in About")
    stage.desktop.press("Escape")
    stage.desktop.wait_for_no_window("About")


def test_a_desk_that_wants_something_else_meanwhile_gives_the_keyboard_back(stage: Stage) -> None:
    change(stage)
    stage.do("approval")
    stage.expect("settings approval")
    stage.desktop.press("Return")  # Close
    stage.desktop.wait_for_no_window("Personal settings")
    stage.do("verified")
    stage.expect("became verified")
    stage.desktop.press("ctrl+F12")
    stage.expect("form shown by hotkey")


def test_without_the_switch_no_picture_is_taken_until_the_form_is_asked_for_one(
    desktop: XHost, tmp_path: Path
) -> None:
    stage = started(desktop, tmp_path)
    stage.do("settings")
    stage.expect("settings shown")
    desktop.press("shift+Tab", "space")
    stage.expect("screenshot off")
    desktop.press("Escape")
    stage.close()

    stage = started(desktop, tmp_path)
    stage.do("ticket")
    stage.expect("form shown by hotkey")
    desktop.type("Printer")
    desktop.press("ctrl+Return")
    stage.expect("submit 'Printer'")
    assert "picture taken" not in stage.output
    assert (tmp_path / "screenshot.png").read_bytes() == b""
    stage.do("ticket")
    stage.expect("form shown by hotkey", times=2)
    desktop.type("Scanner")
    desktop.press("Tab", "Tab", "Tab", "Return")  # Add a screenshot: Hide parts is off
    stage.expect("keyboard in NewTicket", times=3)
    desktop.press("ctrl+Return")
    stage.expect("submit 'Scanner'")
    assert stage.output.count("picture taken") == 1
    assert (tmp_path / "screenshot.png").read_bytes()
    stage.close()
