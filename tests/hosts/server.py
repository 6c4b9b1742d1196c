"""The desk as a process of its own on a real port, with an empty data folder and a mail server."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.hosts.mail import SmtpSink
from tests.hosts.process import PROJECT, Process, free_port

PASSWORD = "correct horse battery"
Row = tuple[str | int | None, ...]


@dataclass(frozen=True)
class SeedUser:
    email: str
    full_name: str
    role: str


@dataclass(frozen=True)
class SeedClient:
    name: str
    mail_domain: str


ADA = SeedUser("ada@deskbell.example", "Ada Lovelace", "Technician")
CARLA = SeedUser("carla@deskbell.example", "Carla Hayden", "Administrator")
ACME = SeedClient("Acme", "acme.example")
GLOBEX = SeedClient("Globex", "globex.example")


@dataclass(frozen=True)
class SeededDesk:
    """A data folder with ADA, CARLA, ACME and GLOBEX in it, and an enrolment key by client name."""

    data: Path
    keys: dict[str, str]


class Server:
    """Started at once; with ``desk`` on a copy of that one, without on an empty folder."""

    def __init__(self, folder: Path, sink: SmtpSink, desk: SeededDesk | None = None) -> None:
        self.data = folder / "desk"
        self.keys: dict[str, str] = {}
        if desk is not None:
            shutil.copytree(desk.data, self.data)
            self.keys = desk.keys
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self._environment = {
            **kept, "DATA_DIR": str(self.data), "PORT": str(self.port), "EMAIL_URL": sink.url,
            "AGENT_HEARTBEAT_SECONDS": "1", "DEMO": "0", "PYTHONUNBUFFERED": "1", "SMTP_LISTEN": "",
        }  # fmt: skip
        self.process = self._start()

    def _start(self) -> Process:
        process = Process([sys.executable, "manage.py", "serve"], self._environment)
        process.expect("Deskbell is ready", 60)
        return process

    def restart(self) -> None:
        self.process.stop()
        self.process = self._start()

    @classmethod
    def seeded(cls, folder: Path, sink: SmtpSink) -> SeededDesk:
        """Made once for many tests: migrations, styles and passwords take seconds."""
        server = cls(folder, sink)
        try:
            server.seed([ADA, CARLA], [ACME, GLOBEX])
        finally:
            server.close()
        return SeededDesk(server.data, server.keys)

    def seed(self, users: Sequence[SeedUser], clients: Sequence[SeedClient]) -> None:
        """Makes users (with PASSWORD) and clients with an enrolment key each."""
        wanted = {"users": [asdict(user) for user in users], "clients": [asdict(one) for one in clients]}
        done = subprocess.run(
            [sys.executable, "-m", "tests.hosts.seed"],
            env=self._environment, cwd=PROJECT, input=json.dumps(wanted), capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        self.keys |= json.loads(done.stdout.splitlines()[-1])

    def rows(self, query: str) -> list[Row]:
        """What the database holds, read beside the running server."""
        database = sqlite3.connect(f"file:{self.data / 'db.sqlite3'}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def close(self) -> None:
        self.process.stop()
