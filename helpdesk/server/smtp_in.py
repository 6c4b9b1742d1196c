"""The desk's own SMTP and LMTP receiver: 250 is said only after the mail is in the journal (A10)."""

import asyncio
import errno
import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.utils import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.domain.address import brake_of
from tickets.domain.mail.ids import base_address
from tickets.models import Mailbox, MailIn
from tickets.selectors.mailboxes import active_mailboxes
from tickets.services.mail.journal import RawMail, store_many
from tickets.services.mailboxes.room import has_room, reserve_mb

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

MAX_BYTES = 25 * 1024 * 1024
MAX_LINE = 4 * 1024 * 1024  # real mail breaks the 1,000 of RFC 5321
MAX_SESSIONS = 25
MAX_RECIPIENTS = 100
MAX_OF_ONE_PEER = 10
TIMEOUT_SECONDS = 120
SESSION_SECONDS = 15 * 60  # a mail of MAX_BYTES at 30 kB/s
LOOPBACK = {brake_of("127.0.0.1"), brake_of("::1")}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FULL_WORDS = ("is full", "disk I/O error", "No space left")  # SQLite, SQLite, PostgreSQL
ACCEPTED = "250 2.0.0 Kept"
NO_ROOM = "452 4.3.1 The disk is full, try again later"
NOT_NOW = "451 4.3.0 Try again later"
UNKNOWN = "550 5.1.1 There is no such address here"
BUSY = "421 4.3.2 Too many connections, try again later"

logger = logging.getLogger(__name__)


class NoRoom(Exception):
    """The disk is full, or nearly."""


class Receiver:
    """A thread with a loop that listens, and one more that writes. `tell(state, words)` hears of changes."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self.tell = tell
        self.state: tuple[str, str] = (Mailbox.State.UNREACHABLE, "SMTP_LISTEN is empty")
        self.by_address: dict[str, Mailbox] = {}
        self.first: Mailbox | None = None
        self.peers: Counter[str] = Counter()
        self.servers: dict[str, asyncio.Server] = {}
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="mail-write")
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, name="mail-in", daemon=True)

    def start(self) -> None:
        """After the ports are open, or are known not to be."""
        self.learn()
        is_settled = threading.Event()
        self.loop.call_soon(lambda: self.loop.create_task(self._listen(is_settled)))
        self.thread.start()
        is_settled.wait(5)

    def listen_again(self) -> None:
        """Tries the ports that were taken."""
        if self.state[0] == Mailbox.State.UNREACHABLE and self.thread.is_alive():
            is_settled = threading.Event()
            self.loop.call_soon_threadsafe(lambda: self.loop.create_task(self._listen(is_settled)))
            is_settled.wait(5)

    def stop(self) -> None:
        """What has no 250 yet is sent again by its sender."""
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(1)
        self.writer.submit(connections.close_all)
        self.writer.shutdown(wait=False)

    def learn(self) -> None:
        """Reads the addresses anew."""
        rows = active_mailboxes()
        self.by_address = {row.address: row for row in rows}
        self.first = rows[0] if rows else None

    def mailbox_of(self, address: str) -> Mailbox | None:
        """Plus addresses belong to their mailbox; postmaster@ of our domains to the first one (RFC 5321)."""
        local, _at, host = base_address(address).rpartition("@")
        found = self.by_address.get(f"{local}@{host}") or self.by_address.get(f"{local.split('+')[0]}@{host}")
        is_ours = local == "postmaster" and any(known.endswith(f"@{host}") for known in self.by_address)
        return found or (self.first if is_ours else None)

    def enter(self, peer: str) -> bool:
        """A place for one more connection, if there is one; nobody but a server of this machine gets most of
        them. `leave` in any case.
        """
        self.peers[peer] += 1
        is_house = peer in LOOPBACK
        return self.peers.total() <= MAX_SESSIONS and (is_house or self.peers[peer] <= MAX_OF_ONE_PEER)

    def leave(self, peer: str) -> None:
        self.peers[peer] -= 1
        self.peers += Counter()  # who has none is forgotten

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()

    async def _listen(self, is_settled: threading.Event) -> None:
        for protocol, where in (("SMTP", settings.SMTP_LISTEN), ("LMTP", settings.LMTP_LISTEN)):
            if where is None:
                continue
            try:
                if protocol not in self.servers:
                    server = await self.loop.create_server(partial(self._session, protocol), *where)
                    self.servers[protocol] = server
            except OSError as error:
                state = (Mailbox.State.UNREACHABLE, f"{where[0]}:{where[1]}: {error.strerror}")
                if self.state != state:
                    logger.warning("No mail is received by %s at %s", protocol, state[1])
                self.state = state
                break
            self.state = (Mailbox.State.LIVE, "")
        is_settled.set()

    def _session(self, protocol: str) -> "SMTP":
        from helpdesk.server.smtp_session import (
            LmtpSession,
            SmtpSession,
        )  # aiosmtpd comes with the first mail

        kind = LmtpSession if protocol == "LMTP" else SmtpSession
        return kind(self, loop=self.loop)

    async def handle_RCPT(
        self, server: "SMTP", session: "Session", envelope: "Envelope", address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if self.mailbox_of(address) is None:
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: "SMTP", session: "Session", envelope: "Envelope") -> str:
        await self.loop.run_in_executor(self.writer, close_old_connections)
        answer = await self.loop.run_in_executor(self.writer, self._keep, envelope)
        is_lmtp = type(server).__name__ == "LmtpSession"  # one answer per recipient (RFC 2033)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if is_lmtp else answer

    async def handle_exception(self, error: Exception) -> str:
        logger.error("A mail session failed", exc_info=error)
        return NOT_NOW

    def _keep(self, envelope: "Envelope") -> str:
        """In the writer's thread."""
        try:
            check_room()
            store_many(mails=self._mails(envelope), now=timezone.now())
        except Exception as error:  # whatever it was: the sender keeps the mail
            if isinstance(error, NoRoom) or is_full(error):
                self._say(Mailbox.State.FULL, str(error))
                return NO_ROOM
            logger.exception("A mail could not be kept; its sender tries again.")
            return NOT_NOW
        if self.state[0] == Mailbox.State.FULL:
            self._say(Mailbox.State.LIVE, "")
        return ACCEPTED

    def _mails(self, envelope: "Envelope") -> list[RawMail]:
        """One per mailbox it was sent to."""
        to: dict[int, list[str]] = {}
        rows: dict[int, Mailbox] = {}
        for address in envelope.rcpt_tos:
            if mailbox := self.mailbox_of(address):
                rows[mailbox.pk] = mailbox
                to.setdefault(mailbox.pk, []).append(address)
        if not rows:
            raise LookupError("The mailbox was turned off while its mail came in.")
        content: Any = envelope.content
        return [
            RawMail(
                raw=bytes(content),
                source=MailIn.Source.SMTP,
                mailbox=row,
                envelope_from=envelope.mail_from or "",
                envelope_to=to[pk],
            )
            for pk, row in rows.items()
        ]

    def _say(self, state: str, words: str) -> None:
        self.state = (state, words)
        try:
            self.tell(state, words)
        except Exception:  # on a full disk even this may fail; the page looks at the disk itself
            logger.exception("The state of the mailboxes could not be written.")


def check_room() -> None:
    """NoRoom while the disk has less than its reserve."""
    if not has_room():
        raise NoRoom(_("Less than %(mb)d MB are free.") % {"mb": reserve_mb()})


def is_full(error: BaseException) -> bool:
    """Did the disk, or a limit of the system, refuse to take more?"""
    if isinstance(error, OSError):
        return error.errno in FULL
    words = str(error)
    return isinstance(error, OperationalError) and any(sign in words for sign in FULL_WORDS)
