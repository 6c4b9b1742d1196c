"""Watching a mailbox by IMAP: a thread each, that waits in IDLE."""

import imaplib
import logging
import socket
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connections
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from helpdesk.server.imap_fetch import take_new
from helpdesk.server.imap_idle import can_idle, wait_for_news
from helpdesk.server.smtp_in import NoRoom, is_full
from tickets.models import Mailbox
from tickets.services.mailboxes.imap import NotConnected, choose_folder, close, connect, words_of
from tickets.services.mailboxes.states import note_state

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

POLL_SECONDS = 60
REFUSED_PAUSE_SECONDS = 15 * 60  # servers lock out who knocks too often with a wrong password
FULL_PAUSE_SECONDS = 30
FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 5 * 60
KEEP_ALIVE = ((socket.TCP_KEEPIDLE, 120), (socket.TCP_KEEPINTVL, 30), (socket.TCP_KEEPCNT, 4))
NOTE_FOR = timedelta(days=1)
State = Mailbox.State

logger = logging.getLogger(__name__)


class Watcher:
    """`start` once; `knock` ends a pause; `stop` returns at once, the thread follows."""

    def __init__(self, mailbox_id: int) -> None:
        self.mailbox_id = mailbox_id
        self.failures = 0
        self.renewed_at: datetime | None = None  # when the folder began to count anew
        self.box: BaseMailBox | None = None
        self.ending = threading.Event()
        self.awake = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"imap-{mailbox_id}", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def knock(self) -> None:
        self.awake.set()

    def stop(self) -> None:
        """A mail that is just being kept is kept; the line is cut under whatever waits for the server."""
        self.ending.set()
        self.awake.set()
        if box := self.box:
            with suppress(OSError):
                box.client.sock.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            while not self.ending.is_set():
                close_old_connections()
                pause = self._try()
                self.awake.wait(pause)
                self.awake.clear()
        finally:
            connections.close_all()

    def _try(self) -> float:
        """One connection from sign-in to its end. Answers how long to wait before the next."""
        try:
            self._watch()
        except Exception as error:  # noqa: BLE001 (whatever happens, the next try comes)
            return 0 if self.ending.is_set() else self._trouble(error)
        finally:
            if box := self.box:
                self.box = None
                close(box)
        return 0

    def _watch(self) -> None:
        mailbox = Mailbox.objects.get(pk=self.mailbox_id)
        self.box = box = connect(mailbox)
        for option, value in KEEP_ALIVE:
            box.client.sock.setsockopt(socket.IPPROTO_TCP, option, value)
        box.client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        waits = can_idle(box)
        while not self.ending.is_set():
            validity = choose_folder(box, mailbox)
            if mailbox.uid_validity not in (None, validity):
                self.renewed_at = timezone.now()
                logger.warning("The folder of mailbox %d counts anew", self.mailbox_id)
            take_new(box, mailbox, validity)
            self.failures = 0
            self._say(State.LIVE if waits else State.POLLING, self._note())
            if waits:
                wait_for_news(box)
            else:
                self.awake.wait(POLL_SECONDS)
                self.awake.clear()

    def _note(self) -> str:
        """For a day: somebody may wonder why old mails were looked at again."""
        if self.renewed_at is None or timezone.now() - self.renewed_at > NOTE_FOR:
            return ""
        at = date_format(timezone.localtime(self.renewed_at), "j M G:i")
        words = _(
            "The folder was made anew on the server (%(at)s). It was read again, and no mail came in twice."
        )
        return words % {"at": at}

    def _trouble(self, error: Exception) -> float:
        self.failures += 1
        pause: float = min(FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1), LONGEST_PAUSE_SECONDS)
        if isinstance(error, NotConnected):
            self._say(error.state, error.words)
            return REFUSED_PAUSE_SECONDS if error.state == State.REFUSED else pause
        if isinstance(error, NoRoom) or is_full(error):
            self._say(State.FULL, str(error))
            return FULL_PAUSE_SECONDS
        if not isinstance(error, OSError | imaplib.IMAP4.error):
            logger.error("Watching mailbox %d failed", self.mailbox_id, exc_info=error)
        if self.failures > 1:  # servers cut idle lines now and then; that alone is no news
            self._say(State.UNREACHABLE, words_of(error))
        return pause

    def _say(self, state: str, words: str = "") -> None:
        try:
            note_state(mailbox_id=self.mailbox_id, state=state, words=words, now=timezone.now())
        except Exception:  # on a full disk even this may fail; the page looks at the disk itself
            logger.exception("The state of mailbox %d could not be written", self.mailbox_id)
