"""GET /live/: server-sent events for open pages. They carry a name and a reference, never content.

A page that hears of something reads it again through its selector, so rights are checked there once more.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from helpdesk.core.bus import TORN
from helpdesk.core.events import Event, hub
from helpdesk.server.answers import Receive, Scope, Send, hang_up, header, is_ours, problem
from helpdesk.server.readers import Rights

PING_SECONDS = 15
RECHECK_SECONDS = 60
STALLED_SECONDS = 30
QUEUE_LENGTH = 200
STREAMS_PER_USER = 10

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
RESYNC = b"event: resync\ndata: \n\n"
PING = b": ping\n\n"
CLOSE = b""

LookUp = Callable[[str], Awaitable[Rights | None]]


class Reader:
    """One open page: what it may hear, and what it has not taken yet."""

    def __init__(self, rights: Rights) -> None:
        self.rights = rights
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LENGTH)

    def offer(self, event: Event, frame: bytes) -> None:
        if event.name == TORN:
            self._start_over(RESYNC)
            return
        if not self.rights.cover(event):
            return
        if event.name == "user":
            self.close()
            return
        if self.queue.full():
            self._start_over(RESYNC)
            return
        self.queue.put_nowait(frame)

    def close(self) -> None:
        self._start_over(CLOSE)

    def _start_over(self, frame: bytes) -> None:
        """What waits is dropped: the reader is too slow for it, or must not have it."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(frame)


class LiveStreams:
    """All open streams of this process, fed by one subscription to the event hub."""

    def __init__(self, look_up: LookUp) -> None:
        self.look_up = look_up
        self.readers: set[Reader] = set()
        self.streams: Counter[int] = Counter()
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        loop = asyncio.get_running_loop()

        def hand_over(event: Event) -> None:
            loop.call_soon_threadsafe(self._deliver, event)

        self._unsubscribe = hub.subscribe(hand_over)

    def close(self) -> None:
        self._unsubscribe()
        for reader in self.readers:
            reader.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cookies = "; ".join(value.decode("latin1") for key, value in scope["headers"] if key == b"cookie")
        if scope["method"] != "GET":
            await _refuse(send, 405, "method-not-allowed", "Live events are read with GET.")
            return
        if not is_ours(scope):
            await _refuse(send, 403, "foreign-page", "Live events are for the pages of this desk.")
            return
        before = hub.last_id
        rights = await self.look_up(cookies)
        if rights is None:
            await _refuse(send, 401, "signed-out", "Sign in to hear live events.")
            return
        if self.streams[rights.user_id] >= STREAMS_PER_USER:
            await _refuse(send, 429, "too-many-streams", "Close some of your open pages first.")
            return
        reader = Reader(rights)
        self.streams[rights.user_id] += 1
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            # No await in these lines: an event is either replayed or delivered, never both, never neither.
            missed = self._missed(reader.rights, _last_heard(scope))
            self.readers.add(reader)
            if any(e.name == "user" and rights.cover(e) for e in hub.since(before) or ()):
                reader.close()  # rights changed while they were looked up: the page asks again
            await self._follow(reader, cookies, missed, receive, send)
        finally:
            self.readers.discard(reader)
            self.streams[rights.user_id] -= 1
            if not self.streams[rights.user_id]:
                del self.streams[rights.user_id]

    async def _follow(
        self, reader: Reader, cookies: str, missed: bytes, receive: Receive, send: Send
    ) -> None:
        gone = asyncio.ensure_future(hang_up(receive))
        pump = asyncio.ensure_future(self._pump(reader, cookies, missed, send))
        try:
            await asyncio.wait({gone, pump}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            pump.cancel()
            await asyncio.gather(gone, pump, return_exceptions=True)

    async def _pump(self, reader: Reader, cookies: str, missed: bytes, send: Send) -> None:
        await _write(send, missed)
        loop = asyncio.get_running_loop()
        recheck_at = loop.time() + RECHECK_SECONDS
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    frame = await reader.queue.get()
            except TimeoutError:
                frame = PING
            if loop.time() >= recheck_at:
                recheck_at = loop.time() + RECHECK_SECONDS
                if await self.look_up(cookies) != reader.rights:
                    frame = CLOSE
            if frame == CLOSE:
                await send({"type": "http.response.body", "body": b""})
                return
            await _write(send, frame)

    def _deliver(self, event: Event) -> None:
        frame = self._frame(event)
        for reader in tuple(self.readers):
            reader.offer(event, frame)

    def _frame(self, event: Event) -> bytes:
        ref = event.ref.replace("\n", " ").replace("\r", " ")
        return f"id: {hub.life}-{event.id}\nevent: {event.name}\ndata: {ref}\n\n".encode()

    def _missed(self, rights: Rights, last_id: str) -> bytes:
        """The greeting, and what a returning page did not hear: a resync when that is no longer known."""
        greeting = f"retry: 2000\nid: {hub.position}\n\n".encode()
        if not last_id:
            return greeting
        life, _, number = last_id.partition("-")
        is_ours = life == hub.life and number.isdecimal() and len(number) < 19
        events = hub.since(int(number)) if is_ours else None
        if events is None:
            return greeting + RESYNC
        heard = (event for event in events if event.name != "user" and rights.cover(event))
        return greeting + b"".join(self._frame(event) for event in heard)


def _last_heard(scope: Scope) -> str:
    """What the browser says when it comes back by itself, else where its page stood when it was written."""
    asked: str = parse_qs(scope["query_string"].decode("latin1")).get("after", [""])[0]
    return header(scope, b"last-event-id") or asked


async def _write(send: Send, frame: bytes) -> None:
    async with asyncio.timeout(STALLED_SECONDS):
        await send({"type": "http.response.body", "body": frame, "more_body": True})


async def _refuse(send: Send, status: int, code: str, detail: str) -> None:
    title = {401: "Not signed in", 403: "Not from here", 405: "Not this way"}.get(
        status, "Too many open pages"
    )
    await problem(send, status=status, code=code, title=title, detail=detail)
