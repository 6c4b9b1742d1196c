"""uvicorn's HTTP with an end to its patience: by itself it waits for ever for a head of any length."""

import asyncio

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Counted from the second packet on; the first one may hold a body too.
MAX_HEAD_BYTES = 64 * 1024


class GuardedProtocol(HttpToolsProtocol):
    """Hangs up on who sends nothing, a head by drops, or one without end: strangers must not hold a
    connection, nor the memory, that others need.
    """

    deadline: asyncio.TimerHandle | None = None
    reads_head = False
    head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.reads_head, self.head_bytes = True, 0
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        self.reads_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        began_before = self.reads_head
        super().data_received(data)
        if began_before and self.reads_head:
            self.head_bytes += len(data)
            if self.head_bytes > MAX_HEAD_BYTES:
                self.transport.abort()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self.deadline = self.loop.call_later(settings.PATIENCE_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
