"""A disk that is really full: a small tmpfs, mounted in a namespace of its own, is the desk's data folder."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.process import PROJECT, wait_for
from tests.servers.console import Console
from tests.servers.desk import MailDesk, database, mail
from tests.servers.dovecot import Dovecot

MEGABYTES = 48
MOUNT = (
    f'mount -t tmpfs -o size={MEGABYTES}m tmpfs "$DATA_DIR" && cp "$SEED" "$DATA_DIR/db.sqlite3" && exec "$@"'
)
PAGE = "/settings/mailboxes/1/"
TRY = subprocess.run(
    ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", tempfile.gettempdir()],
    capture_output=True,
    check=False,
)

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        TRY.returncode != 0, reason="this system lets nobody mount a tmpfs in a namespace of his own"
    ),
]


ASK = """
import contextlib, json, sqlite3, sys
name, statement, values = sys.argv[1:]
with contextlib.closing(sqlite3.connect(name, timeout=20)) as database:
    print(json.dumps(database.execute(statement, json.loads(values)).fetchall()))
    database.commit()
"""


class SmallDesk(MailDesk):
    """All that looks into its folder is run where the desk runs."""

    def __init__(self, **environment: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="desk-"))
        self.seed = folder.with_suffix(".seed")
        self.seed.write_bytes(database())
        launcher = ("unshare", "-rm", "sh", "-c", MOUNT, "sh")
        super().__init__(launcher=launcher, folder=folder, SEED=str(self.seed), **environment)

    def close(self) -> None:
        super().close()
        self.seed.unlink()

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        assert self.process is not None
        enter = ("nsenter", "--target", str(self.process.pid), "--user", "--mount", "--preserve-credentials")
        return subprocess.run(
            [*enter, f"--wd={PROJECT}", *command],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def rows(self, query: str, *values: Any) -> list[Any]:
        name = str(self.folder / "db.sqlite3")
        done = self.inside(sys.executable, "-I", "-S", "-c", ASK, name, query, json.dumps(values))
        assert done.returncode == 0, done.stderr
        return [tuple(row) for row in json.loads(done.stdout)]

    def write(self, statement: str, *values: Any) -> None:
        self.rows(statement, *values)

    def fill(self, *, leaving_mb: int) -> None:
        """The database keeps what it has."""
        filler = self.folder / "filler"
        done = self.inside("dd", "if=/dev/zero", f"of={filler}", "bs=64k")
        assert "No space left" in done.stderr
        if leaving_mb:
            self.inside("truncate", f"--size=-{leaving_mb}M", str(filler))

    def make_room(self) -> None:
        self.inside("rm", str(self.folder / "filler"))

    def doctor(self) -> str:
        done = self.inside(sys.executable, "manage.py", "doctor", "--no-mail", "--no-dns")
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(params=["0", "8"], ids=["to the last byte", "down to the reserve"])
def small_desk(request: pytest.FixtureRequest, dovecot: Dovecot) -> Iterator[SmallDesk]:
    desk = SmallDesk(MAIL_RESERVE_MB=request.param)
    try:
        desk.start()
        desk.fetch_from(dovecot)
        Console(desk).press(f"{PAGE}do/", "off")
        Console(desk).press(f"{PAGE}do/", "on")
        desk.expect_state("live")
        yield desk
    finally:
        desk.close()


def test_a_full_disk_loses_and_doubles_nothing_and_is_said_everywhere(
    small_desk: SmallDesk, dovecot: Dovecot
) -> None:
    desk, console = small_desk, Console(small_desk)
    is_to_the_last_byte = desk.environment["MAIL_RESERVE_MB"] == "0"
    desk.fill(leaving_mb=0 if is_to_the_last_byte else 4)
    dovecot.append(mail("By IMAP, first", body="x" * 76 + "\r\n"), mail("By IMAP, second"))
    for number in range(3):
        header = (
            "--header",
            f"Subject: By SMTP {number}",
            "--header",
            f"Message-ID: <{number}@acme.example>",
        )
        assert desk.swaks(*header) != 0
        assert "452 4.3.1" in desk.said
    if not is_to_the_last_byte:  # else even the state cannot be written
        desk.expect_state("full")
    assert dovecot.unseen() == 2
    page = console.see(PAGE)
    assert "The disk of the desk is nearly full" in page
    if not is_to_the_last_byte:
        assert "The disk of the desk is full. New mail waits with its sender." in page
    said = desk.doctor()
    assert "PROBLEM" in said
    assert "MB left" in said
    desk.make_room()
    for number in range(3):
        header = (
            "--header",
            f"Subject: By SMTP {number}",
            "--header",
            f"Message-ID: <{number}@acme.example>",
        )
        assert desk.swaks(*header) == 0
    console.press(f"{PAGE}do/", "again")
    wanted = ["By IMAP, first", "By IMAP, second", "By SMTP 0", "By SMTP 1", "By SMTP 2"]
    wait_for(lambda: sorted(desk.subjects()) == wanted, f"each mail once, not {desk.subjects()}")
    wait_for(lambda: dovecot.unseen() == 0, "the marks")
    assert sorted(desk.subjects()) == wanted
    desk.expect_state("live")
    assert "nearly full" not in console.see(PAGE)
