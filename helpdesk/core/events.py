"""What changed, told to open pages: names and ids only, so that rights are checked when the page reads again.

`publish` waits for the commit and tells every process. `hub` is the meeting point in each of them; the live
front subscribes to it. An event named TORN says that others may have been missed.
"""

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from django.db import transaction

from helpdesk.core.bus import TORN, Body, bus

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """With `user_id` only that user hears it; else who sees the client; without one who sees all clients:
    what belongs to no client is for nobody else (A12).
    """

    id: int
    name: str
    ref: str = ""
    client_id: int | None = None
    user_id: int | None = None


Callback = Callable[[Event], None]


class Hub:
    """Thread-safe; remembers the last 1,000 events so that a reader that reconnects misses none."""

    def __init__(self, keep: int = 1000) -> None:
        self._lock = threading.Lock()
        self._ring: deque[Event] = deque(maxlen=keep)
        self._callbacks: list[Callback] = []
        self._last_id = 0
        # Numbers start again with the process: an id of another life leads to a resync.
        self.life = secrets.token_hex(4)

    def put(
        self, name: str, ref: str = "", *, client_id: int | None = None, user_id: int | None = None
    ) -> Event:
        # Callbacks run under the lock so that all of them see the events in one order. They only hand over.
        with self._lock:
            self._last_id += 1
            event = Event(self._last_id, name, ref, client_id, user_id)
            self._ring.append(event)
            for callback in tuple(self._callbacks):
                try:
                    callback(event)
                except Exception:
                    logger.exception("A listener failed on event %s", event.name)
        return event

    def forget(self) -> None:
        """Events may have been missed: readers that return from before now must start over."""
        with self._lock:
            self._ring.clear()
            self.life = secrets.token_hex(4)
        self.put(TORN)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Calls `callback` with every event from now on, in the publishing thread; returns what ends it."""
        with self._lock:
            self._callbacks.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return unsubscribe

    def since(self, event_id: int) -> list[Event] | None:
        """The events after `event_id`, oldest first; None when some are forgotten (then reload all)."""
        with self._lock:
            oldest = self._ring[0].id if self._ring else self._last_id + 1
            if not oldest - 1 <= event_id <= self._last_id:
                return None
            newer = takewhile(lambda event: event.id > event_id, reversed(self._ring))
            return list(newer)[::-1]

    @property
    def last_id(self) -> int:
        return self._last_id

    @property
    def position(self) -> str:
        """Where the stream stands now, as pages name it: "life-number"."""
        return f"{self.life}-{self._last_id}"


hub = Hub()


def publish(name: str, ref: str = "", *, client_id: int | None = None, user_id: int | None = None) -> None:
    """Tells the hubs of all processes after the commit; a rolled-back change is never told."""
    transaction.on_commit(lambda: _tell(name, ref, client_id, user_id))


def _tell(name: str, ref: str, client_id: int | None, user_id: int | None) -> None:
    bus.say("event", {"name": name, "ref": ref, "client_id": client_id, "user_id": user_id})


def _hear(body: Body) -> None:
    hub.put(**body)


bus.listen("event", _hear)
bus.listen(TORN, lambda _body: hub.forget())
