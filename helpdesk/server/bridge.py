"""Django's WSGI application under an ASGI server: one thread-pool call for an ordinary request.

Django's own ASGI handler serves a fifth of the requests that this does: its pages are synchronous code.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication

from django.http import FileResponse, HttpResponse, HttpResponseBase

from helpdesk.server.answers import Headers, Message, Receive, Scope, Send, hang_up, problem, say_silent
from helpdesk.server.bodies import MAX_BODY_BYTES, Body, BodyTooLarge, ClientGone, ClientSilent, read_body

BLOCK_BYTES = 64 * 1024
SLOW_READER_SECONDS = 30
# httpoxy, and what only a WSGI server may say
DROPPED = frozenset({b"proxy", b"transfer-encoding", b"content-length"})

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    """A response after its first block: `rest` is None when that was all."""

    status: int
    headers: Headers
    block: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]


def build_environ(scope: Scope, body: Body | BytesIO, length: int) -> dict[str, Any]:
    """PEP 3333. Names with an underscore are dropped: `X_Forwarded_For` must not pass for the real one."""
    server = scope.get("server") or ("localhost", 80)
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"].encode())
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "CONTENT_LENGTH": str(length) if length else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if raw_name in DROPPED or b"_" in raw_name:
            continue
        name = raw_name.decode("latin1").upper().replace("-", "_")
        value = raw_value.decode("latin1")
        if name == "CONTENT_TYPE":
            environ[name] = value
            continue
        key = f"HTTP_{name}"
        glue = "; " if name == "COOKIE" else ","
        environ[key] = f"{environ[key]}{glue}{value}" if key in environ else value
    return environ


class Outlet:
    """Where a streamed answer goes: notices a client that hung up (ClientGone) or stalls (TimeoutError)."""

    def __init__(self, receive: Receive, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self.receive = receive
        self.send = send
        self.loop = loop
        self.gone: asyncio.Future[None] | None = None

    async def put(self, message: Message) -> None:
        if self.gone is None:
            self.gone = asyncio.ensure_future(hang_up(self.receive))
        if self.gone.done():
            raise ClientGone
        async with asyncio.timeout(SLOW_READER_SECONDS):
            await self.send(message)

    def put_from_thread(self, message: Message) -> None:
        """Waits until the server has taken it, so that a big answer never piles up in memory."""
        asyncio.run_coroutine_threadsafe(self.put(message), self.loop).result()

    def close(self) -> None:
        if self.gone is not None:
            self.gone.cancel()


class WsgiBridge:
    """An ASGI application for ordinary requests."""

    def __init__(self, application: WSGIApplication, pool: Executor) -> None:
        self.application = application
        self.pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: Body | BytesIO
        try:
            body, length = await read_body(scope, receive) if _has_body(scope) else (BytesIO(), 0)
        except ClientGone:
            return
        except ClientSilent:
            await say_silent(send)
            return
        except BodyTooLarge:
            await _refuse_body(send)
            return
        try:
            await self._respond(build_environ(scope, body, length), receive, send)
        finally:
            body.close()

    async def _respond(self, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        outlet = Outlet(receive, send, loop)
        try:
            answer = await loop.run_in_executor(self.pool, self._call, environ, outlet)
            if answer is None:
                return
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            more = answer.rest is not None
            await send({"type": "http.response.body", "body": answer.block, "more_body": more})
            if more:
                await self._send_rest(answer, outlet)
        finally:
            outlet.close()

    def _call(self, environ: dict[str, Any], outlet: Outlet) -> Answer | None:
        started: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc: object = None) -> None:
            encoded = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
            started.append((int(status[:3]), encoded))

        response = cast("HttpResponseBase", self.application(environ, cast("StartResponse", start_response)))
        status, headers = started[0]
        if environ["REQUEST_METHOD"] == "HEAD":
            response.close()
            return Answer(status, headers, b"", None, response.close)
        if isinstance(response, FileResponse):
            return _open_file_answer(status, headers, response)
        if isinstance(response, HttpResponse):
            response.close()
            return Answer(status, headers, response.content, None, response.close)
        _stream_in_this_thread(status, headers, response, outlet)
        return None

    async def _send_rest(self, answer: Answer, outlet: Outlet) -> None:
        """A file, block by block: no thread waits for a slow reader."""
        loop = asyncio.get_running_loop()
        rest = cast("Iterator[bytes]", answer.rest)
        try:
            while block := await loop.run_in_executor(self.pool, next, rest, b""):
                await outlet.put({"type": "http.response.body", "body": block, "more_body": True})
            await outlet.put({"type": "http.response.body", "body": b""})
        except (ClientGone, TimeoutError):
            logger.info("A reader of a file left before its end.")
        finally:
            await loop.run_in_executor(self.pool, answer.close)


def _open_file_answer(status: int, headers: Headers, response: FileResponse) -> Answer:
    response.block_size = BLOCK_BYTES
    blocks = iter(response)
    first = next(blocks, b"")
    if len(first) < BLOCK_BYTES:
        response.close()
        return Answer(status, headers, first, None, response.close)
    return Answer(status, headers, first, blocks, response.close)


def _stream_in_this_thread(status: int, headers: Headers, response: HttpResponseBase, outlet: Outlet) -> None:
    """A generator may hold a database cursor, which belongs to the thread that made it."""
    try:
        outlet.put_from_thread({"type": "http.response.start", "status": status, "headers": headers})
        for block in cast("Iterable[bytes]", response):
            outlet.put_from_thread({"type": "http.response.body", "body": block, "more_body": True})
        outlet.put_from_thread({"type": "http.response.body", "body": b""})
    except (ClientGone, TimeoutError):
        logger.info("A reader of a streamed answer left before its end.")
    finally:
        response.close()


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def _refuse_body(send: Send) -> None:
    limit = MAX_BODY_BYTES // 1024 // 1024
    await problem(
        send,
        status=413,
        code="body-too-large",
        title="Too much at once",
        detail=f"One request may hold up to {limit} MB. Send fewer or smaller files.",
        headers=[(b"connection", b"close")],
        limit_bytes=MAX_BODY_BYTES,
    )
