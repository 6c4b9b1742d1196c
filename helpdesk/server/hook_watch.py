"""Webhooks hear of a change a moment after its commit, not at the next round of the minute."""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connections
from django.utils import timezone

from helpdesk.core.events import Event, hub
from tickets.services.hooks import collect_calls

PAUSE_SECONDS = 0.3  # a deed often comes with others: they are looked up together

logger = logging.getLogger(__name__)


class HookWatch:
    """`start` at the start of `serve`, `stop` at its end."""

    def __init__(self) -> None:
        self.changed, self.ending = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._unsubscribe = hub.subscribe(self._hear)
        self.thread.start()

    def stop(self) -> None:
        self._unsubscribe()
        self.ending.set()
        self.changed.set()
        self.thread.join(1)

    def _hear(self, event: Event) -> None:
        if event.name == "ticket":
            self.changed.set()

    def _run(self) -> None:
        try:
            while not self.ending.is_set():
                self.changed.wait()
                self.ending.wait(PAUSE_SECONDS)
                self.changed.clear()
                try:
                    close_old_connections()
                    while not self.ending.is_set() and collect_calls(timezone.now()):
                        pass
                except Exception:  # a locked database must not end the watching; the minute's round helps
                    logger.exception("Looking for what webhooks should hear failed.")
        finally:
            connections.close_all()
