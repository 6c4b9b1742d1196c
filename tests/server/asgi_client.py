"""Drives an ASGI application by hand: what a server would hand it, and what it answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from helpdesk.server.answers import Message

Application = Callable[[Any, Any, Any], Awaitable[None]]


def scope(method: str = "GET", path: str = "/", **headers: str) -> dict[str, Any]:
    """`user_agent="x"` becomes the header user-agent."""
    target, _, query = path.partition("?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "server": ("127.0.0.1", 8000),
        "client": ("192.0.2.7", 50000),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }


class Exchange:
    """One request. `messages` is what the client sends; after them it stays, or hangs up when `leaves`."""

    def __init__(self, body: Iterable[bytes] = (b"",), *, leaves_early: bool = False) -> None:
        chunks = list(body)
        self.incoming: list[Message] = [
            {"type": "http.request", "body": chunk, "more_body": leaves_early or i < len(chunks) - 1}
            for i, chunk in enumerate(chunks)
        ]
        self.leaves_early = leaves_early
        self.gone = asyncio.Event()
        self.sent: list[Any] = []

    async def receive(self) -> Message:
        if self.incoming:
            return self.incoming.pop(0)
        if not self.leaves_early:
            await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {k.decode(): v.decode() for k, v in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def ask(application: Application, request: dict[str, Any], body: Iterable[bytes] = (b"",)) -> Exchange:
    """The whole exchange, in an event loop of its own."""

    async def run() -> Exchange:
        exchange = Exchange(body)
        async with asyncio.timeout(20):
            await application(request, exchange.receive, exchange.send)
        return exchange

    return asyncio.run(run())
