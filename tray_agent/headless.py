"""Windows that nobody sees: the main loop where no display is to be had, and in tests."""

import queue
from collections.abc import Callable

from tray_agent.model import Me
from tray_agent.trace import log, trace


class HeadlessWindows:
    def __init__(self) -> None:
        self._deeds: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def run(self, on_ready: Callable[[], None]) -> None:
        on_ready()
        while (deed := self._deeds.get()) is not None:
            try:
                deed()
            except Exception:  # noqa: BLE001 (one that fails must not end the loop)
                log.exception("a deed failed")

    def post(self, deed: Callable[[], None]) -> None:
        self._deeds.put(deed)

    def quit(self) -> None:
        self._deeds.put(None)

    def show_settings(self, reason: str = "") -> None:
        trace(f"no display for the settings {reason}".rstrip())

    def show_ticket(self, source: str) -> None:
        trace(f"no display for a ticket by {source}")

    def show_my_tickets(self) -> None:
        trace("no display for the tickets")

    def show_about(self) -> None:
        trace("no display for about")

    def show_notice(self, title: str, text: str) -> None:
        trace(f"notice {title}")

    def update(self, me: Me) -> None:
        """Nothing is shown."""
