"""Mail in, beside the web server: the receiver and a watcher per IMAP mailbox, in step with the rows."""

import hashlib
import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connections
from django.utils import timezone

from helpdesk.core.events import Event, hub
from helpdesk.server.imap_in import Watcher
from helpdesk.server.smtp_in import Receiver
from tickets.models import Mailbox
from tickets.selectors.mailboxes import active_mailboxes
from tickets.services.mailboxes.rows import WHERE, ensure_first_mailbox
from tickets.services.mailboxes.states import note_state

LOOK_AGAIN_SECONDS = 60  # changes are told; this is for those of another process

logger = logging.getLogger(__name__)


class MailIn:
    """`start` at the start of `serve`, `stop` at its end."""

    def __init__(self) -> None:
        self.receiver = Receiver(self._tell)
        self.watchers: dict[int, tuple[str, Watcher]] = {}
        self.changed = threading.Event()
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        ensure_first_mailbox(now=timezone.now())
        self.receiver.start()
        connections.close_all()  # the main thread asks no more
        self._unsubscribe = hub.subscribe(self._hear)
        self.thread.start()

    def stop(self) -> None:
        self._unsubscribe()
        self.ending.set()
        self.changed.set()
        self.receiver.stop()
        self.thread.join(1)
        for _stamp, watcher in self.watchers.values():
            watcher.stop()
        for _stamp, watcher in self.watchers.values():
            watcher.thread.join(0.5)

    def _hear(self, event: Event) -> None:
        if event.name == "mailbox":
            self.changed.set()

    def _tell(self, state: str, words: str) -> None:
        for mailbox in active_mailboxes():
            if mailbox.kind == Mailbox.Kind.SMTP:
                note_state(mailbox_id=mailbox.pk, state=state, words=words, now=timezone.now())

    def _run(self) -> None:
        try:
            while not self.ending.is_set():
                try:
                    close_old_connections()
                    self._follow(active_mailboxes())
                except Exception:  # a locked database must not end the watching
                    logger.exception("Looking for mailboxes failed; the next try is in a moment.")
                self.changed.wait(LOOK_AGAIN_SECONDS)
                self.changed.clear()
        finally:
            connections.close_all()

    def _follow(self, rows: list[Mailbox]) -> None:
        """Starts, changes and ends the watchers as the rows say."""
        self.receiver.learn()
        self.receiver.listen_again()
        self._tell(*self.receiver.state)
        wanted = {row.pk: row for row in rows if row.kind == Mailbox.Kind.IMAP}
        for pk in self.watchers.keys() - wanted.keys():
            self.watchers.pop(pk)[1].stop()
        for pk, row in wanted.items():
            stamp, watcher = self.watchers.get(pk, ("", None))
            if watcher is None or stamp != stamp_of(row):
                if watcher is not None:
                    watcher.stop()
                watcher = Watcher(pk)
                self.watchers[pk] = (stamp_of(row), watcher)
                watcher.start()
            elif row.state == Mailbox.State.NEVER:
                watcher.knock()


def stamp_of(row: Mailbox) -> str:
    """Changes with whatever decides where to sign in, and how."""
    facts = [*(getattr(row, name) for name in WHERE), row.scope, row.folder, row.secret_sealed]
    return hashlib.sha256(repr(facts).encode()).hexdigest()
