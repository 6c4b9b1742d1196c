"""The real windows on a private X display, used by keys alone."""

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.hosts.display import XHost
from tests.hosts.process import PROJECT, wait_for

pytestmark = pytest.mark.gui


class Stage:
    """The windows in a process of their own, and the keys that go to them."""

    def __init__(self, desktop: XHost, folder: Path, state: str) -> None:
        self.desktop, self.folder = desktop, folder
        self._output = folder / "output.txt"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.tray.ui_stage", str(folder), state],
                env={**desktop.environment, "DESKBELL_TRACE": "1", "PYTHONUNBUFFERED": "1"},
                cwd=PROJECT, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.expect("ready")

    @property
    def output(self) -> str:
        return self._output.read_text()

    def expect(self, text: str, times: int = 1) -> None:
        try:
            wait_for(lambda: self.output.count(text) >= times, repr(text))
        except AssertionError:
            raise AssertionError(f"no {text!r} in:\n{self.output}") from None

    def do(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(command.encode() + b"\n")
        self._process.stdin.flush()

    def ticket(self) -> None:
        self.do("ticket")
        self.expect("form shown by hotkey in")

    def close(self) -> None:
        if self._process.poll() is None:
            self.do("quit")
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(10) == 0, self.output
        assert " failed\n" not in self.output, self.output


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[XHost]:
    host = XHost()
    host.show_wallpaper(tmp_path / "wallpaper.png")
    yield host
    host.close()


@pytest.fixture
def stage(desktop: XHost, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    stage = Stage(desktop, tmp_path, getattr(request, "param", "verified"))
    yield stage
    stage.close()


def test_a_ticket_is_written_and_sent_by_keys(stage: Stage) -> None:
    before = stage.desktop.still_picture(stage.folder / "before.png")
    stage.ticket()
    stage.desktop.type("Printer is out of paper")
    stage.desktop.press("Tab")
    stage.desktop.type("Since this morning")
    stage.desktop.press("Tab", "Right")
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'Printer is out of paper' 'Since this morning' high ['Computer name', 'Free space']")
    stage.desktop.wait_for_no_window("New ticket")
    with Image.open(BytesIO((stage.folder / "screenshot.png").read_bytes())) as sent:
        assert ImageChops.difference(sent.convert("RGB"), before).getbbox() is None


def test_an_empty_subject_is_refused_and_the_text_stays(stage: Stage) -> None:
    stage.ticket()
    stage.desktop.press("Tab")
    stage.desktop.type("no subject yet")
    stage.desktop.press("ctrl+Return")
    stage.desktop.type("now")  # the subject has the keyboard again
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'now' 'no subject yet' medium")


def test_escape_closes_at_once_only_while_nothing_is_typed(stage: Stage) -> None:
    stage.ticket()
    stage.desktop.press("Escape")
    stage.desktop.wait_for_no_window("New ticket")
    stage.do("ticket")
    stage.expect("form shown", times=2)
    stage.desktop.type("typed")
    stage.desktop.press("Escape")
    stage.expect("keyboard in Question")
    stage.desktop.press("Return")  # keep writing
    stage.expect("keyboard in NewTicket", times=3)
    assert len(stage.desktop.windows_named("New ticket")) == 1
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'typed'")


def test_a_full_disk_keeps_the_text(stage: Stage) -> None:
    stage.do("full")
    stage.ticket()
    stage.desktop.type("Printer")
    stage.desktop.press("ctrl+Return")
    stage.expect("the ticket could not be kept")
    assert stage.desktop.windows_named("New ticket")


def test_a_form_that_grows_keeps_its_buttons_on_the_screen(stage: Stage) -> None:
    stage.ticket()
    stage.do("files")
    stage.expect("foot in")


def test_parts_are_hidden_by_keys(stage: Stage) -> None:
    before = stage.desktop.still_picture(stage.folder / "before.png")
    stage.ticket()
    stage.desktop.type("Printer")
    stage.desktop.press("Tab", "Tab", "Tab", "Return")
    stage.expect("keyboard in HideParts")
    stage.desktop.press("Return", "Tab", "Tab", "Return")
    stage.expect("keyboard in NewTicket", times=2)
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'Printer'")
    with Image.open(stage.folder / "screenshot.png") as sent:
        changed = ImageChops.difference(sent.convert("RGB"), before).getbbox()
        assert changed is not None
        hidden = sent.convert("RGB").crop(changed)
    assert hidden.getcolors() == [(hidden.width * hidden.height, (0, 0, 0))]


def test_the_picture_is_cut_by_keys(stage: Stage) -> None:
    before = stage.desktop.still_picture(stage.folder / "before.png")
    stage.ticket()
    stage.desktop.type("Printer")
    stage.desktop.press("Tab", "Tab", "Tab", "Return")
    stage.expect("keyboard in HideParts")
    stage.desktop.press(
        "shift+Tab", "Right", "Right", "Tab", "Return"
    )  # Hide, Arrow, Crop; back to the picture
    stage.desktop.picture(stage.folder / "cut.png")
    stage.desktop.press("Tab", "Tab", "Return")
    stage.expect("keyboard in NewTicket", times=2)
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'Printer'")
    with Image.open(stage.folder / "screenshot.png") as sent:
        left, top = round(before.width * 0.4), round(before.height * 0.4)
        assert abs(sent.width - before.width * 0.2) < 4
        part = before.crop((left, top, left + sent.width, top + sent.height))
        difference = ImageChops.difference(sent.convert("RGB"), part).convert("L")
    assert ImageStat.Stat(difference).mean[0] < 8  # off by a pixel at most


def test_take_again_leaves_the_form_out_of_the_picture(stage: Stage) -> None:
    before = stage.desktop.still_picture(stage.folder / "before.png")
    stage.ticket()
    stage.desktop.type("Printer")
    stage.desktop.press("Tab", "Tab", "Tab", "Tab", "Return")
    stage.expect("keyboard in NewTicket", times=2)
    stage.desktop.press("ctrl+Return")
    stage.expect("submit 'Printer'")
    with Image.open(stage.folder / "screenshot.png") as sent:
        assert ImageChops.difference(sent.convert("RGB"), before).getbbox() is None


@pytest.mark.parametrize("stage", ["enabled"], indirect=True)
def test_an_address_is_confirmed_by_keys(stage: Stage) -> None:
    stage.do("settings")
    stage.expect("settings shown")
    stage.desktop.type("Anna Berg")  # over the name that the desk knows
    stage.desktop.press("Tab", "Return")
    stage.expect("send Anna Berg anna@acme.example")
    stage.expect("answered")
    stage.desktop.type("wrong")
    stage.desktop.press("Return")
    stage.expect("confirm wrong")
    stage.expect("answered", times=2)
    stage.desktop.picture(stage.folder / "wrong.png")
    stage.desktop.type("k7m4-qxp2")  # over the wrong one
    stage.desktop.press("Return")
    stage.expect("confirm k7m4-qxp2")
    stage.expect("settings verified")
    stage.desktop.press("Return")
    stage.desktop.wait_for_no_window("Personal settings")


@pytest.mark.parametrize("stage", ["enabled"], indirect=True)
def test_nothing_is_saved_before_a_token_was_sent(stage: Stage) -> None:
    stage.do("settings")
    stage.expect("settings shown")
    stage.desktop.press("Tab", "Tab", "Tab", "Return")  # Cancel: token and Save are off
    stage.desktop.wait_for_no_window("Personal settings")
    assert "confirm" not in stage.output


def test_the_other_windows_open_once_and_go_when_the_desk_switches_off(stage: Stage) -> None:
    for command, title in (("tickets", "My tickets"), ("about", "About")):
        stage.do(command)
        stage.do(command)
        stage.desktop.wait_for_window(title)
        assert len(stage.desktop.windows_named(title)) == 1
    stage.expect("asked for the tickets")
    stage.do("hide")
    for title in ("My tickets", "About"):
        stage.desktop.wait_for_no_window(title)


def test_a_ticket_being_written_outlives_a_switch_off(stage: Stage) -> None:
    stage.ticket()
    stage.desktop.type("typed")
    stage.desktop.still_picture(stage.folder / "typed.png")
    stage.do("hide")
    stage.do("tickets")
    stage.desktop.wait_for_window("My tickets")
    assert stage.desktop.windows_named("New ticket")
