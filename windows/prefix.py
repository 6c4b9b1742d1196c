"""Wine prefixes: one master is made once, and every Windows user of a test gets a light copy of it.

A copy shares the master's ``C:\\windows`` through links (8 MB instead of 700), has its own user name,
registry and %APPDATA%, and the same MachineGuid: to the agent it is another user of the same machine.
"""

import hashlib
import os
import shutil
import struct
import subprocess
from pathlib import Path

from windows.cache import cache_folder, make_once

WINE = "/usr/lib/wine/wine64"  # not /usr/bin/wine: that prints a hint on wine32 at every call
WINESERVER = "/usr/lib/wine/wineserver64"
WINE_RID = 1000
WINDOWS_VERSION = "win10"
DESKTOP_SIZE = "1280x800"
OWN_FOLDERS = ("installer", "temp")  # of C:\windows: what msiexec writes must not go to the master
REGISTRY = rf"""REGEDIT4

[HKEY_CURRENT_USER\Software\Wine\Explorer]
"Desktop"="shell"

[HKEY_CURRENT_USER\Software\Wine\Explorer\Desktops]
"shell"="{DESKTOP_SIZE}"

[HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\AeDebug]
"Auto"="1"
"Debugger"="C:\\windows\\system32\\taskkill.exe /F /PID %ld"
"""


def wine_environment(prefix: Path, user: str) -> dict[str, str]:
    own_server = prefix / "server"
    server = str(own_server) if own_server.exists() else WINESERVER
    return {
        "WINEPREFIX": str(prefix), "WINEARCH": "win64", "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=;winedbg.exe=d",
        "WINELOADER": WINE, "WINESERVER": server, "USER": user, "LOGNAME": user,
    }  # fmt: skip


def master_prefix() -> Path:
    """The master as this file makes it; another recipe makes another one."""
    recipe = hashlib.sha256(f"{WINDOWS_VERSION} {REGISTRY}".encode()).hexdigest()
    return cache_folder() / f"prefix-{recipe[:12]}"


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
        run(WINE, "winecfg", "-v", WINDOWS_VERSION)
        run(WINE, "regedit", "/S", r"C:\desktop.reg")
        run(WINESERVER, "-k")
        run(WINESERVER, "-w")

    if not make_once(master_prefix(), fill):
        return False
    for old in cache_folder().glob("prefix*"):
        if old != master_prefix():
            shutil.rmtree(old, ignore_errors=True)
    return True


def clone_prefix(master: Path, prefix: Path, user: str, *, rid: int = WINE_RID) -> None:
    """Make ``prefix`` the Windows of ``user`` on the machine that ``master`` is.

    Wine gives every user the SID S-1-5-21-0-0-0-1000: a constant in its server. To have several users on one
    machine, a prefix with another ``rid`` gets a copy of the server with that number as the SID's end.
    """
    (prefix / "drive_c").mkdir(parents=True)
    for item in master.iterdir():
        # The file "wineserver" names the master's server socket: a copy would talk to that one.
        if item.name not in ("drive_c", "wineserver", "server"):
            _copy(item, prefix / item.name)
    for item in (master / "drive_c").iterdir():
        if item.name == "windows":
            _link_windows(item, prefix / "drive_c/windows")
        elif item.name != "users":
            _copy(item, prefix / "drive_c" / item.name)
    for name in ("user.reg", "userdef.reg", "system.reg"):
        _rename_user(prefix / name, user, rid)
    if rid != WINE_RID:
        _make_server(prefix / "server", rid)
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


def _rename_user(registry: Path, user: str, rid: int) -> None:
    """%TEMP% and the shell folders are stored with the name of the user who made the master."""
    text = registry.read_bytes().replace(rb"users\\setup", rb"users\\" + user.encode())
    registry.write_bytes(text.replace(b"S-1-5-21-0-0-0-%d" % WINE_RID, b"S-1-5-21-0-0-0-%d" % rid))


def _make_server(target: Path, rid: int) -> None:
    program = Path(WINESERVER).read_bytes()
    constant = struct.pack("<5I", 21, 0, 0, 0, WINE_RID)  # the part of the SID after S-1-5
    if program.count(constant) != 1:
        raise RuntimeError("This Wine keeps the user's SID somewhere else: see windows/prefix.py.")
    target.write_bytes(program.replace(constant, struct.pack("<5I", 21, 0, 0, 0, rid)))
    target.chmod(0o755)
