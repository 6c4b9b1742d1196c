"""The desk as a process that really receives and fetches mail, and what its database says."""

import contextlib
import functools
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.hosts.process import PROJECT, Process, free_port, wait_for
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tickets.services.mailboxes.secret import sealed

SUPPORT = "support@brightwell.example"
ADA, ADAS_PASSWORD = "ada@brightwell.example", "correct horse battery"
SET_UP = f"""
from django.utils import timezone
from helpdesk.core.models import Organisation, Role, User
from tickets.models import Mailbox
house = {{"name": "Brightwell IT", "support_email": "{SUPPORT}", "undo_seconds": 0}}
Organisation.objects.update_or_create(pk=1, defaults=house)
Mailbox.objects.create(address="{SUPPORT}", name="Brightwell IT", created_at=timezone.now())
User.objects.create_superuser("{ADA}", "Ada Lovelace", "{ADAS_PASSWORD}")
"""


def variables(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "DATA_DIR": str(folder),
        "DEMO": "0",
        "MAIL_ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONUNBUFFERED": "1",
    }


@functools.cache
def database() -> bytes:
    """A fresh desk, made once: migrations take longer than most tests."""
    with tempfile.TemporaryDirectory(prefix="desk-") as name:
        for words in (["migrate", "-v0"], ["shell", "--no-imports", "-v0", "-c", SET_UP]):
            command = [sys.executable, "manage.py", *words]
            subprocess.run(command, env=variables(Path(name)), cwd=PROJECT, check=True)
        with contextlib.closing(sqlite3.connect(Path(name) / "db.sqlite3")) as made:
            return made.serialize()


class MailDesk:
    """`manage.py serve` with an SMTP receiver of its own, one mailbox, support@, and a technician, Ada."""

    def __init__(
        self, *, launcher: Sequence[str] = (), folder: Path | None = None, **environment: str
    ) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="desk-"))
        self.launcher = launcher
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **variables(self.folder),
            "PORT": str(self.port),
            "SMTP_LISTEN": f"127.0.0.1:{self.smtp_port}",
            "BASE_URL": f"http://desk.brightwell.example:{self.port}",
            **environment,
        }
        (self.folder / "db.sqlite3").write_bytes(database())
        self.process: Process | None = None

    def start(self) -> None:
        command = [*self.launcher, sys.executable, "manage.py", "serve"]
        self.process = Process(command, self.environment)
        self.process.expect("Deskbell is ready", 60)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    def close(self) -> None:
        if self.process is not None:
            self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`manage.py words`, however it ends."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            env=self.environment,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def fetch_from(
        self, server: Dovecot, *, password: str = PASSWORD, folder: str = "INBOX", security: str = "none"
    ) -> None:
        """The mailbox support@ is read by IMAP from the next start on."""
        self.write(
            "UPDATE tickets_mailbox SET kind='imap', host='127.0.0.1', port=?, security=?, user=?,"
            " secret_sealed=?, folder=?",
            server.tls_port if security == "tls" else server.port, security, USER, sealed(password), folder,
        )  # fmt: skip

    def write(self, statement: str, *values: Any) -> None:
        with contextlib.closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as database:
            database.execute(statement, values)
            database.commit()

    def rows(self, query: str, *values: Any) -> list[Any]:
        with contextlib.closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as database:
            return database.execute(query, values).fetchall()

    def subjects(self) -> list[str]:
        """Of the tickets, in the order of their numbers."""
        return [row[0] for row in self.rows("SELECT subject FROM tickets_ticket ORDER BY id")]

    def journal(self) -> list[tuple[str, str]]:
        """(subject, outcome) of every mail."""
        return self.rows("SELECT subject, outcome FROM tickets_mailin ORDER BY id")

    def state(self) -> tuple[str, str]:
        found: tuple[str, str] = self.rows("SELECT state, state_words FROM tickets_mailbox ORDER BY id")[0]
        return found

    def expect_state(self, state: str, seconds: float = 30) -> str:
        """Its words."""
        wait_for(lambda: self.state()[0] == state, f"{state}, not {self.state()}", seconds)
        return self.state()[1]

    def expect_subject(self, subject: str, seconds: float = 30) -> None:
        wait_for(lambda: subject in self.subjects(), f"a ticket {subject!r}", seconds)

    def swaks(self, *options: str, to: str = SUPPORT, sender: str = "anna@acme.example") -> int:
        """The exit code: 0 when the desk took the mail."""
        server = ("--server", f"127.0.0.1:{self.smtp_port}")
        done = subprocess.run(
            ["swaks", *server, "--from", sender, "--to", to, *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.said = done.stdout + done.stderr
        return done.returncode


def mail(
    subject: str, *, sender: str = "anna@acme.example", number: int = 0, body: str = "It broke."
) -> bytes:
    lines = (
        f"From: Anna <{sender}>",
        f"To: {SUPPORT}",
        f"Subject: {subject}",
        f"Message-ID: <{number or abs(hash(subject))}@acme.example>",
        "Date: Sun, 22 Nov 2026 10:00:00 +0000",
        "",
        body,
        "",
    )
    return "\r\n".join(lines).encode()
