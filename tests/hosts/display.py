"""A private X display with keys, clicks, pictures and, where wanted, a tray."""

import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageDraw

from tests.hosts.process import PATIENCE, Process, wait_for
from windows.display import start_xvfb
from windows.prefix import DESKTOP_SIZE


class XHost:
    """An Xvfb on a display number of its own. German layout, so that umlauts can be typed."""

    def __init__(self, *, layout: str = "de", tray: bool = False) -> None:
        self._server, self.display = start_xvfb(DESKTOP_SIZE)
        self.environment = {**os.environ, "DISPLAY": self.display, "DESKBELL_LANGUAGE": "en"}
        self.environment.pop("WAYLAND_DISPLAY", None)
        self.processes: list[Process] = []
        self._layout = ""
        self.set_layout(layout)
        if tray:
            self.start("trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request",
                       "--height", "28", "--transparent", "false")  # fmt: skip
            wait_for(lambda: bool(self.windows_named("panel")), "the tray host")

    def start(self, *command: str | Path, **environment: str) -> Process:
        process = Process(command, {**self.environment, **environment})
        self.processes.append(process)
        return process

    def set_layout(self, layout: str) -> None:
        if layout != self._layout:
            self._run("setxkbmap", layout)
            self._layout = layout
            time.sleep(0.3)  # programs read the keyboard anew

    def focus(self, window: str) -> None:
        """Hook for hosts whose desktop loses the keyboard when a window closes."""

    def key(self, *keys: str) -> None:
        """Keys for the desktop, whatever program is in front."""
        self.focus("")
        self.press(*keys)

    def press(self, *keys: str) -> None:
        """Keys for the window that has the keyboard now."""
        self._run("xdotool", "key", "--delay", "20", *keys)

    def type(self, text: str) -> None:
        self._run("xdotool", "type", "--delay", "8", text)

    def click(self, x: int, y: int, button: int = 1) -> None:
        self._run("xdotool", "mousemove", str(x), str(y))
        time.sleep(0.1)
        self._run("xdotool", "click", str(button))

    def windows_named(self, name: str) -> list[str]:
        """Ids of the visible windows whose title matches ``name``."""
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", name],
            env=self.environment, capture_output=True, text=True,
        )  # fmt: skip
        return found.stdout.split()

    def wait_for_window(self, name: str, seconds: float = PATIENCE) -> str:
        return wait_for(lambda: next(iter(self.windows_named(name)), None), f"a window {name!r}", seconds)

    def wait_for_no_window(self, name: str, seconds: float = PATIENCE) -> None:
        wait_for(lambda: not self.windows_named(name), f"no window {name!r} any more", seconds)

    def close_windows(self, name: str) -> None:
        """By Escape until none is left; one that has just come may take the keyboard from another."""

        def none_left() -> bool:
            for window in self.windows_named(name)[:1]:
                with suppress(AssertionError):  # not there any more, or not quite yet
                    self._run("xdotool", "windowfocus", "--sync", window)
                    self.press("Escape")
            return not self.windows_named(name)

        wait_for(none_left, f"no window {name!r} any more")

    def show_wallpaper(self, path: Path) -> None:
        paint_wallpaper(path)
        # ImageMagick's display does this right and ends with 1 all the same.
        subprocess.run(["display", "-window", "root", str(path)], env=self.environment, check=False)

    def picture(self, path: Path) -> Image.Image:
        """What the screen shows now, as ImageMagick reads it from the X server; kept in ``path``."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._run("import", "-window", "root", str(path))
        with Image.open(path) as image:
            return image.convert("RGB")

    def still_picture(self, path: Path) -> Image.Image:
        """The same, once two pictures in a row are equal."""

        def still() -> Image.Image | None:
            first = self.picture(path)
            time.sleep(0.15)
            second = self.picture(path)
            return second if first.tobytes() == second.tobytes() else None

        return wait_for(still, "a screen that stands still")

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()
        self._server.terminate()
        self._server.wait(10)

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"{command}: {done.stderr}"


def paint_wallpaper(path: Path) -> None:
    """Something colourful, different in every corner, so that a shifted or scaled picture is noticed."""
    width, height = (int(side) for side in DESKTOP_SIZE.split("x"))
    path.parent.mkdir(parents=True, exist_ok=True)
    red = Image.linear_gradient("L").rotate(90).resize((width, height))
    green = Image.linear_gradient("L").resize((width, height))
    blue = Image.radial_gradient("L").resize((width, height))
    image = Image.merge("RGB", (red, green, blue))
    pen = ImageDraw.Draw(image)
    for number, colour in enumerate(("#d7263d", "#f49d37", "#3f88c5", "#140f2d", "#2f9e44")):
        pen.rectangle((40 + 130 * number, 60, 140 + 130 * number, 160), fill=colour, outline="white", width=3)
    _lines(pen, ["Invoice 4711", "The printer is out of paper.", "Order of 22 November: 12 x A4"])
    image.save(path)


def _lines(pen: ImageDraw.ImageDraw, lines: Sequence[str]) -> None:
    pen.rectangle((60, 420, 520, 640), fill="#ffffff", outline="#000000", width=2)
    for number, line in enumerate(lines):
        pen.text((80, 440 + 40 * number), line, fill="#101010", font_size=26)
