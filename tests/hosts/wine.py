"""A Windows desktop with taskbar and tray: Wine on a private X display, with a user of its own."""

import subprocess
from pathlib import Path, PureWindowsPath

from tests.hosts.display import XHost, paint_wallpaper
from tests.hosts.process import PROJECT, Process
from windows.cache import cache_folder
from windows.interpreter import interpreter
from windows.prefix import WINE, clone_prefix, master_prefix, wine_environment


def windows_path(path: Path) -> str:
    return str(PureWindowsPath("Z:\\", *path.absolute().parts[1:]))


def missing() -> str:
    """Why no Windows can be had here, or nothing."""
    if not Path(WINE).exists() or not interpreter().exists() or not master_prefix().exists():
        return "Wine and the Windows CPython are not set up: run windows/setup.sh"
    return ""


class WineHost(XHost):
    """Another Windows user of the same machine: same MachineGuid; own SID, registry and %APPDATA%."""

    def __init__(self, folder: Path, user: str, rid: int) -> None:
        super().__init__()
        self.user = user
        self.prefix = folder / f"prefix-{user}"
        clone_prefix(master_prefix(), self.prefix, user, rid=rid)
        self.environment |= wine_environment(self.prefix, user)
        self._wineserver = self.environment["WINESERVER"]
        self.environment |= {
            "PYTHONPATH": windows_path(PROJECT),
            "PYTHONPYCACHEPREFIX": windows_path(cache_folder() / "bytecode"),
            "PYTHONUTF8": "1",
        }
        # Wine's services would inherit the pipe of the first program and keep it open: start them first.
        self._quietly(self._wineserver, "-p60")
        self._quietly(WINE, "wineboot")

    def python(self, *arguments: str, **environment: str) -> Process:
        return self.start(WINE, interpreter(), *arguments, **environment)

    @property
    def appdata(self) -> Path:
        return self.prefix / "drive_c/users" / self.user / "AppData/Roaming"

    def show_wallpaper(self, path: Path) -> None:
        paint_wallpaper(path.with_suffix(".bmp"))
        picture = windows_path(path.with_suffix(".bmp"))
        script = (
            f"import ctypes; print('set', ctypes.windll.user32.SystemParametersInfoW(20, 0, {picture!r}, 0))"
        )
        self.python("-c", script).expect("set 1")

    def type(self, text: str) -> None:
        """By the American layout, or by the German one where it takes umlauts.

        Wine 8 keeps AltGr in a variable of the last key event: by the German layout a busy
        program gets q for @.
        """
        self.set_layout("us" if text.isascii() else "de")
        super().type(text)

    def focus(self, window: str) -> None:
        """Without a window manager X gives the keyboard to nobody once a form has closed."""
        found = self.windows_named(window or "Wine desktop")
        current = subprocess.run(
            ["xdotool", "getwindowfocus"], env=self.environment, capture_output=True, text=True
        ).stdout.strip()
        if found and current not in found:
            self._run("xdotool", "windowfocus", found[-1])

    def close(self) -> None:
        self._quietly(self._wineserver, "-k")
        super().close()

    def _quietly(self, *command: str) -> None:
        subprocess.run(command, env=self.environment, check=False, timeout=120, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
