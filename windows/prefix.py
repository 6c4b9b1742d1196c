"""Wine prefixes: one master is made once, and every Windows user of a test gets a light copy of it.

A copy shares the master's ``C:\\windows`` through links (8 MB instead of 700), has its own user name,
registry and %APPDATA%, and the same MachineGuid: to the agent it is another user of the same machine.
"""

import os
import shutil
import subprocess
from pathlib import Path

from windows.cache import cache_folder, make_once

WINE = "/usr/lib/wine/wine64"  # not /usr/bin/wine: that prints a hint on wine32 at every call
WINESERVER = "/usr/lib/wine/wineserver64"
DESKTOP_SIZE = "1280x800"
OWN_FOLDERS = ("installer", "temp")  # of C:\windows: what msiexec writes must not go to the master
REGISTRY = rf"""REGEDIT4

[HKEY_CURRENT_USER\Software\Wine]
"Version"="win10"

[HKEY_CURRENT_USER\Software\Wine\Explorer]
"Desktop"="shell"

[HKEY_CURRENT_USER\Software\Wine\Explorer\Desktops]
"shell"="{DESKTOP_SIZE}"

[HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\AeDebug]
"Auto"="1"
"Debugger"="C:\\windows\\system32\\taskkill.exe /F /PID %ld"
"""


def wine_environment(prefix: Path, user: str) -> dict[str, str]:
    return {
        "WINEPREFIX": str(prefix), "WINEARCH": "win64", "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=;winedbg.exe=d",
        "WINELOADER": WINE, "WINESERVER": WINESERVER, "USER": user, "LOGNAME": user,
    }  # fmt: skip


def master_prefix() -> Path:
    return cache_folder() / "prefix"


def make_master(display: str) -> bool:
    """Safe to run again. False when nothing had to be done."""

    def fill(prefix: Path) -> None:
        environment = {**os.environ, **wine_environment(prefix, "setup"), "DISPLAY": display}

        def run(*command: str) -> None:
            subprocess.run(command, env=environment, check=False, timeout=180, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

        print("Preparing the Wine prefix (about 20 s, once)", flush=True)
        run(WINE, "wineboot", "-i")
        run(WINESERVER, "-w")
        script = prefix / "drive_c/desktop.reg"
        script.write_text(REGISTRY, newline="\r\n")
        run(WINE, "regedit", "/S", r"C:\desktop.reg")
        run(WINESERVER, "-k")
        run(WINESERVER, "-w")

    return make_once(master_prefix(), fill)


def clone_prefix(master: Path, prefix: Path, user: str) -> None:
    """Make ``prefix`` the Windows of ``user`` on the machine that ``master`` is."""
    (prefix / "drive_c").mkdir(parents=True)
    for item in master.iterdir():
        # The file "wineserver" names the master's server socket: a copy would talk to that one.
        if item.name not in ("drive_c", "wineserver"):
            _copy(item, prefix / item.name)
    for item in (master / "drive_c").iterdir():
        if item.name == "windows":
            _link_windows(item, prefix / "drive_c/windows")
        elif item.name != "users":
            _copy(item, prefix / "drive_c" / item.name)
    for name in ("user.reg", "userdef.reg", "system.reg"):
        _rename_user(prefix / name, user)
    (prefix / "drive_c/users" / user / "Temp").mkdir(parents=True)


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink() or not source.is_dir():
        shutil.copy2(source, target, follow_symlinks=False)
    else:
        shutil.copytree(source, target, symlinks=True)


def _link_windows(source: Path, target: Path) -> None:
    target.mkdir()
    for item in source.iterdir():
        if item.name.lower() not in OWN_FOLDERS:
            (target / item.name).symlink_to(item)


def _rename_user(registry: Path, user: str) -> None:
    """%TEMP% and the shell folders are stored with the name of the user who made the master."""
    text = registry.read_bytes()
    registry.write_bytes(text.replace(rb"users\\setup", rb"users\\" + user.encode()))
