"""The ASGI front: answers live streams and heartbeats itself, hands all else to Django under WSGI."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone

from agents.domain.secret import digest, is_credential
from helpdesk.core.bus import TORN
from helpdesk.core.events import Event, hub
from helpdesk.core.lines import Handler
from helpdesk.server import agent_rows
from helpdesk.server.agent_door import PATH as AGENT_PATH
from helpdesk.server.agent_door import AgentDoor
from helpdesk.server.answers import Receive, Scope, Send
from helpdesk.server.bridge import WsgiBridge
from helpdesk.server.credentials import Credentials, Owner
from helpdesk.server.heartbeat import PATH as HEARTBEAT_PATH
from helpdesk.server.heartbeat import HeartbeatDoor
from helpdesk.server.lines import Lines
from helpdesk.server.live import LiveStreams
from helpdesk.server.owners import Owners
from helpdesk.server.presence import Presence, Seen
from helpdesk.server.readers import Rights, rights_of_cookies
from helpdesk.server.relay import the_relay

THREADS = 8
LIVE_PATH = "/live/"

T = TypeVar("T")


class Front:
    """One per process. Its parts start with the server's lifespan and end with it."""

    def __init__(self, application: WSGIApplication) -> None:
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="web")
        self.bridge = WsgiBridge(application, self.pool)
        self.live = LiveStreams(self._rights)
        self.lines = Lines(
            most=settings.AGENT_CONNECTIONS, most_per_address=settings.AGENT_CONNECTIONS_PER_ADDRESS
        )
        self.presence = Presence(
            self,
            connected=lambda: (line.owner.profile_id for line in self.lines),
            grace=timedelta(seconds=settings.AGENT_GRACE_SECONDS),
        )
        self.owners = Owners(self._owners)
        self.credentials = Credentials(self._owner)
        self.heartbeat = HeartbeatDoor(self.credentials, self.presence, agent_rows.address_of)
        self.agents = AgentDoor(
            self.lines,
            credentials=self.credentials,
            owners=self.owners,
            presence=self.presence,
            address_of=agent_rows.address_of,
            run=self._run,
        )
        self.relay = the_relay()
        self._checking: asyncio.Task[None] | None = None
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
        elif scope["path"] == AGENT_PATH:
            await self.agents(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    def close_streams(self) -> None:
        """Open pages would otherwise hold up a server that ends."""
        self.live.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        loop = asyncio.get_running_loop()

        def hear(event: Event) -> None:
            if event.name in ("profile", TORN):
                loop.call_soon_threadsafe(self._hear, event)

        self._unsubscribe = hub.subscribe(hear)
        self.live.start()
        self.lines.attach()
        if self.relay is not None:
            await asyncio.to_thread(self.relay.start)
        self.presence.start()
        self._checking = asyncio.create_task(self.agents.recheck_for_ever())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._checking.cancel()
        self._unsubscribe()
        self.lines.detach()
        if self.relay is not None:
            await asyncio.to_thread(self.relay.stop)
        self.live.close()
        await self.presence.close()
        self.pool.shutdown(wait=False)
        await send({"type": "lifespan.shutdown.complete"})

    async def _rights(self, cookies: str) -> Rights | None:
        return await self._in_thread(lambda: rights_of_cookies(cookies))

    async def _owner(self, credential: str) -> Owner | None:
        return await self.owners.of(digest(credential)) if is_credential(credential) else None

    async def _owners(self, digests: Sequence[str]) -> dict[str, Owner]:
        return await self._in_thread(lambda: agent_rows.owners_of(digests))

    def _hear(self, event: Event) -> None:
        self.credentials.forget(event)
        self.agents.hear(event)

    async def _run(self, handler: Handler, profile_id: int, said: dict[str, Any]) -> None:
        await self._in_thread(lambda: handler(profile_id, said, timezone.now()))

    # --- where presence is written ---
    async def record(self, seen: Seen) -> None:
        await self._in_thread(lambda: agent_rows.record(seen))

    async def keep(self, profile_ids: Sequence[int]) -> None:
        await self._in_thread(lambda: agent_rows.keep(profile_ids))

    async def depart(self, left: Mapping[int, datetime]) -> None:
        await self._in_thread(lambda: agent_rows.depart(left))

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
