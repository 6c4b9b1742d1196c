"""uvicorn's WebSockets with bounds: on what strangers send before they are let in, on fragments, on answers
that nobody reads, and on how long a connection may take to end.
"""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

MAX_MESSAGE_BYTES = 16 * 1024
MAX_FRAGMENTS = 32
MAX_UNREAD_BYTES = 128 * 1024
PING_SECONDS, PONG_SECONDS = 20, 10
LEAVE_SECONDS = 3


class Inbox:
    """asyncio.Queue for one reader, without its deques: a fifth of what a connection at rest would hold."""

    __slots__ = ("_items", "_waiter")

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._waiter: asyncio.Future[None] | None = None

    def put_nowait(self, item: Any) -> None:  # noqa: ANN401 - as in asyncio
        self._items.append(item)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def empty(self) -> bool:
        return not self._items

    async def get(self) -> Any:  # noqa: ANN401
        while not self._items:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._items.pop(0)


class Gate:
    """asyncio.Event, open at first, that holds nothing while nobody waits."""

    __slots__ = ("_waiters",)

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] | None = None

    def set(self) -> None:
        waiters, self._waiters = self._waiters, None
        for waiter in waiters or ():
            if not waiter.done():
                waiter.set_result(None)

    def clear(self) -> None:
        if self._waiters is None:
            self._waiters = []

    async def wait(self) -> None:
        if self._waiters is not None:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """What it holds of a connection at rest is little: the request is forgotten when it is accepted."""

    ends_at: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Inbox()  # type: ignore[assignment]
        self.writable = Gate()  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """A head that is no WebSocket's (a POST, a body, too long) is answered, not left waiting for ever."""
        super().data_received(data)
        if not self.handshake_initiated and not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            )
            self.transport.close()

    def handle_connect(self, event: Any) -> None:  # noqa: ANN401 - as in the base class
        """Nothing more is read until the application has decided: a stranger cannot fill our memory."""
        super().handle_connect(event)
        if not self.handshake_complete:
            self.transport.pause_reading()

    async def send(self, message: Any) -> None:  # noqa: ANN401
        kind = message["type"]
        if kind == "websocket.close":
            self.writable.set()  # the code waits for no slow reader; `_end_soon` sees to the rest
        await super().send(message)
        if kind == "websocket.accept" and not self.transport.is_closing():
            self.transport.resume_reading()
            self._forget_request()
        elif kind == "websocket.close":
            self._end_soon()
        elif kind == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True  # it was refused, as uvicorn itself does not note

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self._end_soon()

    def handle_cont(self, event: Frame) -> None:
        """A message may come in parts, not in parts without end: empty ones count for no size."""
        if len(self.frames) >= MAX_FRAGMENTS:
            self.frames = []
            self.conn.fail(CloseCode.POLICY_VIOLATION, "too many fragments")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def handle_ping(self) -> None:
        """A pong for each ping: who sends and never reads is let go."""
        if self.transport.get_write_buffer_size() > MAX_UNREAD_BYTES:
            self.transport.abort()
            return
        super().handle_ping()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._end_soon()

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._end_soon()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._end_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.ends_at is not None:
            self.ends_at.cancel()
            self.ends_at = None
        super().connection_lost(exc)

    def _end_soon(self) -> None:
        """Closing waits for what was written; who does not read it must not stay for that."""
        if self.ends_at is None and not self.disconnected:
            self.ends_at = self.loop.call_later(LEAVE_SECONDS, self.transport.abort)

    def _forget_request(self) -> None:
        for said in (self.request, self.response):  # the parser keeps them
            said.headers.clear()
        self.scope["headers"] = []
