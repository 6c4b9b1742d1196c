"""Where the server is and where our things lie.

Order: command line, environment, what we kept after registering, HKLM (written by an installer). Empty values
never count: an upgrade of the installer without properties blanks HKLM.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tray_agent.files import write_whole
from tray_agent.texts import _

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadConfig(Exception):
    """Says in a sentence what is missing or wrong."""


@dataclass(frozen=True, slots=True)
class Config:
    server: str
    key: str
    folder: Path

    def keep(self) -> None:
        """Remember the server for the next start; the enrolment key is not kept."""
        write_whole(self.folder / "config.json", json.dumps({"server": self.server}).encode())


def data_folder(wanted: str = "") -> Path:
    if named := wanted or os.environ.get("DESKBELL_DATA_DIR") or os.environ.get("DESKBELL_DATA"):
        folder = Path(named)
    elif sys.platform == "win32":
        folder = Path(os.environ["APPDATA"]) / "Deskbell"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "deskbell"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _kept(folder: Path) -> dict[str, str]:
    try:
        kept = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _installed() -> dict[str, str]:
    if sys.platform != "win32":
        return {}
    import winreg

    found: dict[str, str] = {}
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"Software\Deskbell") as key:
            for name in ("server", "key"):
                try:
                    found[name] = str(winreg.QueryValueEx(key, name)[0])
                except OSError:
                    continue
    except OSError:
        return {}
    return found


def load(*, server: str = "", key: str = "", folder: str = "") -> Config:
    """Raises BadConfig when no server is known or its address is not safe to talk to."""
    place = data_folder(folder)
    kept, installed = _kept(place), _installed()
    address = (
        server or os.environ.get("DESKBELL_SERVER") or kept.get("server") or installed.get("server") or ""
    )
    secret = key or os.environ.get("DESKBELL_KEY") or installed.get("key") or ""
    if not address:
        raise BadConfig(_("Say where the server is: --server https://desk.example.com"))
    return Config(checked_address(address), secret, place)


def checked_address(address: str) -> str:
    """https, or http to this very computer; DESKBELL_INSECURE=1 allows the rest for trials."""
    parts = urlsplit(address.strip().rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadConfig(_("The server's address looks like https://desk.example.com"))
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not os.environ.get("DESKBELL_INSECURE"):
        raise BadConfig(_("The server's address must start with https://, so that nobody can listen."))
    return parts.geturl()
