"""One wire through all processes of the desk: what one says, every hearer hears, its own included.

In one process it is a call. With several, `helpdesk.server.relay` carries it over one Redis channel.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger(__name__)

Body = Mapping[str, Any]
Hearer = Callable[[Body], None]
Carry = Callable[[str, Body], None]

#: Said when the wire was torn: whoever counts on having heard everything must look anew.
TORN = "torn"


class Bus:
    """Thread-safe. Bodies are JSON objects. Hearers run in the thread that says or carries: quick."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hearers: dict[str, tuple[Hearer, ...]] = {}
        self._carry: Carry = self.hear

    def say(self, kind: str, body: Body) -> None:
        self._carry(kind, body)

    def hear(self, kind: str, body: Body) -> None:
        """Hand to the hearers of this process."""
        for hearer in self._hearers.get(kind, ()):
            try:
                hearer(body)
            except Exception:
                logger.exception("A hearer of %s failed", kind)

    def listen(self, kind: str, hearer: Hearer) -> Callable[[], None]:
        """From now on; returns what ends it."""
        with self._lock:
            self._hearers[kind] = (*self._hearers.get(kind, ()), hearer)

        def leave() -> None:
            with self._lock:
                self._hearers[kind] = tuple(each for each in self._hearers[kind] if each is not hearer)

        return leave

    def use(self, carry: Carry | None) -> None:
        """Who takes it to all processes; None: there is only this one."""
        self._carry = carry or self.hear


bus = Bus()
