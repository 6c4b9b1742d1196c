"""What the front answers by itself: small JSON bodies and RFC 9457 problems."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


async def answer(
    send: Send,
    *,
    status: int,
    body: bytes,
    media_type: bytes = b"application/json",
    headers: Headers | None = None,
) -> None:
    """One whole response; never cached, never sniffed."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media_type),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                (b"x-content-type-options", b"nosniff"),
                *(headers or []),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def problem(
    send: Send,
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    headers: Headers | None = None,
    **extra: object,
) -> None:
    """The same problem details as `helpdesk.core.problems` gives, for what never reaches Django."""
    body = {"type": f"urn:deskbell:problem:{code}", "title": title, "status": status, "detail": detail}
    await answer(
        send,
        status=status,
        body=json.dumps({**body, "code": code, "errors": [], **extra}).encode(),
        media_type=b"application/problem+json",
        headers=headers,
    )


async def say_silent(send: Send) -> None:
    """Somebody announced a body and stopped sending it."""
    await problem(
        send,
        status=408,
        code="too-slow",
        title="Nothing more came",
        detail="The request did not arrive whole. Send it again.",
        headers=[(b"connection", b"close")],
    )


def header(scope: Scope, name: bytes) -> str:
    """The first header of that lower-case name, or ""."""
    return next((value.decode("latin1") for key, value in scope["headers"] if key == name), "")


def is_ours(scope: Scope) -> bool:
    """A page of another origin may not listen, whatever cookies the browser sends along (A16)."""
    origin = header(scope, b"origin")
    if header(scope, b"sec-fetch-site") in ("cross-site", "same-site"):
        return False
    return (
        not origin
        or origin in settings.CSRF_TRUSTED_ORIGINS
        or origin.partition("://")[2] == header(scope, b"host")
    )


async def hang_up(receive: Receive) -> None:
    """Returns when the client has gone. What it still sends is of no interest."""
    while (await receive())["type"] != "http.disconnect":
        pass
