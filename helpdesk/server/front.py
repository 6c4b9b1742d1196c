"""The ASGI front: answers live streams and heartbeats itself, hands all else to Django under WSGI."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from helpdesk.core.events import Event, hub
from helpdesk.server import agent_rows
from helpdesk.server.answers import Receive, Scope, Send
from helpdesk.server.bridge import WsgiBridge
from helpdesk.server.credentials import Credentials, Owner
from helpdesk.server.heartbeat import PATH as HEARTBEAT_PATH
from helpdesk.server.heartbeat import HeartbeatDoor
from helpdesk.server.live import LiveStreams
from helpdesk.server.presence import Presence, Seen
from helpdesk.server.readers import Rights, rights_of_cookies

THREADS = 8
LIVE_PATH = "/live/"

T = TypeVar("T")


class Front:
    """One per process. Its parts start with the server's lifespan and end with it."""

    def __init__(self, application: WSGIApplication) -> None:
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="web")
        self.bridge = WsgiBridge(application, self.pool)
        self.live = LiveStreams(self._rights)
        self.presence = Presence(self._record)
        self.credentials = Credentials(self._owner)
        self.heartbeat = HeartbeatDoor(self.credentials, self.presence, agent_rows.address_of)
        self._unsubscribe: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            path = scope["path"]
            if path == HEARTBEAT_PATH:
                await self.heartbeat(scope, receive, send)
            elif path == LIVE_PATH:
                await self.live(scope, receive, send)
            else:
                await self.bridge(scope, receive, send)
        elif kind == "lifespan":
            await self._lifespan(receive, send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    def close_streams(self) -> None:
        """Open pages would otherwise hold up a server that ends."""
        self.live.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        loop = asyncio.get_running_loop()

        def forget(event: Event) -> None:
            if event.name == "profile":
                loop.call_soon_threadsafe(self.credentials.forget, event)

        self._unsubscribe = hub.subscribe(forget)
        self.live.start()
        self.presence.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._unsubscribe()
        self.live.close()
        await self.presence.close()
        self.pool.shutdown(wait=False)
        await send({"type": "lifespan.shutdown.complete"})

    async def _rights(self, cookies: str) -> Rights | None:
        return await self._in_thread(lambda: rights_of_cookies(cookies))

    async def _owner(self, credential: str) -> Owner | None:
        return await self._in_thread(lambda: agent_rows.owner_of(credential))

    async def _record(self, seen: Seen) -> None:
        await self._in_thread(lambda: agent_rows.record(seen))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        def guarded() -> T:
            close_old_connections()
            try:
                return work()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self.pool, guarded)


def build_application() -> Front:
    """Sets Django up and puts the front before it."""
    return Front(get_wsgi_application())
