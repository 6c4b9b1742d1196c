"""Tickets on their way, on disk. What `put` returned for is safe from a kill, a crash and a lost network.

The id is made here and goes along as the idempotency key, so sending again never opens a second ticket. An
entry leaves only when the server said that it has the ticket; one that the server refuses for good stays with
the reason.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from tray_agent.model import FileDraft, TicketDraft
from tray_agent.texts import _
from tray_agent.trace import log

_TABLES = """
CREATE TABLE IF NOT EXISTS ticket (
  id TEXT PRIMARY KEY, made_at REAL NOT NULL, content BLOB NOT NULL, screenshot BLOB,
  tries INTEGER NOT NULL DEFAULT 0, not_before REAL NOT NULL DEFAULT 0,
  never_before REAL NOT NULL DEFAULT 0, refusal TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS file (
  ticket TEXT NOT NULL REFERENCES ticket(id) ON DELETE CASCADE, position INTEGER NOT NULL, name TEXT NOT NULL,
  data BLOB NOT NULL, PRIMARY KEY (ticket, position)
);
"""

LONGEST_WAIT = 2 * 86_400.0
"""No desk asks for a longer one; what lies further ahead is of a clock that was set back since."""
Cipher = Callable[[bytes], bytes]


def _plain(data: bytes) -> bytes:
    return data


@dataclass(frozen=True, slots=True)
class Waiting:
    id: str
    draft: TicketDraft
    tries: int
    not_before: float


class Outbox:
    """`seal` and `unseal` protect the content where the platform can (DPAPI). Usable from any thread."""

    def __init__(self, path: Path, *, seal: Cipher = _plain, unseal: Cipher = _plain) -> None:
        self._path, self._seal, self._unseal = path, seal, unseal
        self._lock = threading.Lock()
        self.damaged: Path | None = None
        """Where the tickets lie that a damaged disk has made unreadable."""
        try:
            self._begin()
        except sqlite3.OperationalError:  # locked, or the disk is full: as it was, a moment later
            raise
        except sqlite3.DatabaseError as error:
            log.error("the outbox is damaged and put aside: %s", error)
            self._put_aside()
            self._begin()

    def _begin(self) -> None:
        with closing(self._open()) as db:
            [(said,)] = db.execute("PRAGMA quick_check(1)").fetchall()
            if said != "ok":
                raise sqlite3.DatabaseError(said)
            db.executescript(_TABLES)

    def _put_aside(self) -> None:
        """The agent must start; what lies in the file may still be rescued by hand."""
        self.damaged = self._path.with_name(f"{self._path.stem}.damaged-{time.time():.0f}.db")
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                self._path.with_name(self._path.name + ending).replace(f"{self.damaged}{ending}")

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")  # on the disk, not in its cache, when put() returns
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA secure_delete=ON")  # a sent picture does not stay in free pages
        return db

    def put(self, draft: TicketDraft, *, now: float) -> str:
        """Keep it; returns the id under which the server will know it."""
        id_ = str(uuid4())
        words = asdict(draft) | {"screenshot": None, "files": None}
        content = self._seal(json.dumps(words).encode())
        picture = self._seal(draft.screenshot) if draft.screenshot is not None else None
        with self._lock, closing(self._open()) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute(
                "INSERT INTO ticket (id, made_at, content, screenshot) VALUES (?, ?, ?, ?)",
                (id_, now, content, picture),
            )
            db.executemany(
                "INSERT INTO file VALUES (?, ?, ?, ?)",
                [(id_, n, file.name, self._seal(file.data)) for n, file in enumerate(draft.files)],
            )
            db.execute("COMMIT")
        return id_

    def next(self, *, now: float) -> Waiting | None:
        """The oldest that may be tried now."""
        while True:
            with self._lock, closing(self._open()) as db:
                row = db.execute(
                    "SELECT id, content, screenshot, tries, not_before FROM ticket "
                    "WHERE refusal = '' AND (not_before <= ? OR not_before > ?) ORDER BY made_at, id LIMIT 1",
                    (now, now + LONGEST_WAIT),
                ).fetchone()
                if row is None:
                    return None
                id_, content, picture, tries, not_before = row
                files = db.execute(
                    "SELECT name, data FROM file WHERE ticket = ? ORDER BY position", (id_,)
                ).fetchall()
            try:
                return Waiting(id_, self._draft(content, picture, files), tries, not_before)
            except (OSError, ValueError):  # as after an administrator has reset the Windows password
                self.refuse(id_, reason=_("It cannot be read any more on this computer."))

    def _draft(self, content: bytes, picture: bytes | None, files: list[tuple[str, bytes]]) -> TicketDraft:
        words = json.loads(self._unseal(content))
        words["screenshot"] = self._unseal(picture) if picture is not None else None
        words["files"] = tuple(FileDraft(name, self._unseal(data)) for name, data in files)
        return TicketDraft(**words)

    def next_try_at(self) -> float | None:
        """When the next entry may be tried; None if nothing waits."""
        with self._lock, closing(self._open()) as db:
            row = db.execute("SELECT min(not_before) FROM ticket WHERE refusal = ''").fetchone()
        return None if row[0] is None else float(row[0])

    def remove(self, id_: str) -> None:
        """The server has it."""
        self._do("DELETE FROM ticket WHERE id = ?", id_)

    def postpone(self, id_: str, *, until: float, never_before: float = 0) -> None:
        """`never_before`: the server wants it so; `hurry` keeps to it."""
        self._do(
            "UPDATE ticket SET tries = tries + 1, not_before = ?, never_before = ? WHERE id = ?",
            until, never_before, id_,
        )  # fmt: skip

    def hurry(self) -> None:
        """The network is back: try all of them now that the server does not want later."""
        self._do("UPDATE ticket SET not_before = never_before WHERE refusal = ''")

    def refuse(self, id_: str, *, reason: str) -> None:
        """The server will never take it as it is: keep it with the reason."""
        self._do("UPDATE ticket SET refusal = ? WHERE id = ?", reason or "refused", id_)

    def counts(self) -> tuple[int, int]:
        """(waiting, refused)"""
        with self._lock, closing(self._open()) as db:
            row = db.execute("SELECT count(*) FILTER (WHERE refusal = ''), count(*) FROM ticket").fetchone()
        return int(row[0]), int(row[1]) - int(row[0])

    def refusal_of(self, id_: str) -> str | None:
        """Why the server refused it; nothing if it waits, None if it is gone."""
        with self._lock, closing(self._open()) as db:
            row = db.execute("SELECT refusal FROM ticket WHERE id = ?", (id_,)).fetchone()
        return None if row is None else str(row[0])

    def kept(self) -> list[tuple[str, str]]:
        """(subject, refusal or nothing) of all that the server does not have."""
        with self._lock, closing(self._open()) as db:
            rows = db.execute("SELECT content, refusal FROM ticket ORDER BY made_at, id").fetchall()
        return [(self._subject(content), refusal) for content, refusal in rows]

    def refusals(self) -> list[tuple[str, str]]:
        """(subject, reason) of what the server refused."""
        return [(subject, refusal) for subject, refusal in self.kept() if refusal]

    def _subject(self, content: bytes) -> str:
        try:
            return str(json.loads(self._unseal(content))["subject"])
        except (OSError, ValueError):
            return "?"

    def _do(self, sql: str, *values: object) -> None:
        with self._lock, closing(self._open()) as db:
            db.execute(sql, values)
