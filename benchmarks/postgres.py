"""A PostgreSQL cluster of its own on a free loopback port, thrown away afterwards."""

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import free_port

SETTINGS = "fsync=on synchronous_commit=on shared_buffers=256MB max_connections=40"


def programs() -> Path | None:
    """Where initdb and postgres are, newest version first; None without PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


@contextlib.contextmanager
def cluster(folder: Path, *databases: str) -> Iterator[int]:
    """Its port. PostgreSQL refuses to run as root, so root lends it to the user that Debian made for it."""
    home = programs()
    if home is None:
        raise SystemExit("Install PostgreSQL first: apt-get install postgresql")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder.mkdir(parents=True)
    if as_user:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        for parent in folder.parents[:2]:
            parent.chmod(parent.stat().st_mode | 0o011)
    data, port = folder / "data", free_port()

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    run(
        str(home / "initdb"),
        "-D",
        str(data),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    )
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 " + " ".join(
        f"-c {setting}" for setting in SETTINGS.split()
    )
    run(str(home / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        for name in databases:
            run(str(home / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", name)
        yield port
    finally:
        run(str(home / "pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop")
