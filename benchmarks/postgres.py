"""A PostgreSQL cluster of its own on a free loopback port.

`python -m benchmarks.postgres COMMAND...` runs a command with DATABASE_URL set to one that is thrown away.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import free_port

SETTINGS = "fsync=on synchronous_commit=on shared_buffers=256MB max_connections=40"
#: For rows that nobody misses after a crash. Without statistics the compiler (jit) would expect the worst.
THROWN_AWAY = (
    "fsync=off synchronous_commit=off full_page_writes=off wal_level=minimal max_wal_senders=0"
    " autovacuum=off jit=off shared_buffers=128MB max_connections=40"
)


def programs() -> Path | None:
    """Where initdb and postgres are, newest version first; None without PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


@contextlib.contextmanager
def cluster(folder: Path, *databases: str, settings: str = SETTINGS) -> Iterator[int]:
    """Its port, while it runs."""
    with _running(folder, settings) as port:
        for name in databases:
            _run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", name)
        yield port


@contextlib.contextmanager
def kept_cluster(folder: Path) -> Iterator[str]:
    """The address of a cluster whose databases stay for the next time."""
    with _running(folder, f"{SETTINGS} max_wal_size=4GB") as port:
        yield f"postgres://postgres@127.0.0.1:{port}"


@contextlib.contextmanager
def _running(folder: Path, settings: str) -> Iterator[int]:
    data, port = folder / "data", free_port()
    if not data.exists():
        _make(folder, data)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 " + " ".join(
        f"-c {setting}" for setting in settings.split()
    )
    _run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield port
    finally:
        _run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop")


def _make(folder: Path, data: Path) -> None:
    """PostgreSQL refuses to run as root, so root lends it to the user that Debian made for it."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        for parent in folder.parents[:2]:
            parent.chmod(parent.stat().st_mode | 0o011)
    _run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")


def _run(program: str, *arguments: str) -> None:
    home = programs()
    if home is None:
        raise SystemExit("Install PostgreSQL first: apt-get install postgresql")
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run(
        [*as_user, str(home / program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/"
    )


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leaves no cluster behind either
    with (
        tempfile.TemporaryDirectory() as folder,
        cluster(Path(folder) / "cluster", "desk", settings=THROWN_AWAY) as port,
    ):
        url = f"postgres://postgres@127.0.0.1:{port}/desk"
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
