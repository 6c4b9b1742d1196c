import hashlib
import os
import pwd
import socket
from pathlib import Path

from tray_agent.model import Machine


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def machine_id() -> str:
    """A hash of /etc/machine-id: the raw one is meant to stay on the machine (machine-id(5))."""
    for path in (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id")):
        try:
            raw = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        if raw:
            return hashlib.sha256(b"deskbell:" + raw.encode()).hexdigest()
    return hashlib.sha256(b"deskbell:" + socket.gethostname().encode()).hexdigest()


def this_machine() -> Machine:
    user, release = pwd.getpwuid(os.getuid()), _os_release()
    return Machine(
        id=machine_id(),
        name=socket.gethostname(),
        os_name=release.get("NAME", "Linux"),
        os_version=release.get("VERSION_ID", ""),
        kind="workstation",
        sid=f"uid-{user.pw_uid}",
        user_name=user.pw_name,
        display_name=user.pw_gecos.partition(",")[0],
    )
