"""Request bodies: read on the event loop, small ones kept in memory, larger ones spooled to a file."""

import asyncio
from tempfile import SpooledTemporaryFile

from django.conf import settings

from helpdesk.server.answers import Message, Receive, Scope, header

MAX_BODY_BYTES = 60 * 1024 * 1024
MAX_MEMORY_BYTES = 1024 * 1024
DRAIN_SECONDS = 10


class BodyTooLarge(Exception):
    """The client announced or sent more than MAX_BODY_BYTES."""


class ClientGone(Exception):
    """The client hung up before its body was complete."""


class ClientSilent(Exception):
    """The client is there, but sent nothing for PATIENCE_SECONDS."""


Body = SpooledTemporaryFile[bytes]


async def read_body(scope: Scope, receive: Receive) -> tuple[Body, int]:
    """The whole body, rewound, and its length in bytes. The caller closes the file."""
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        await drain(receive)
        raise BodyTooLarge
    body: Body = SpooledTemporaryFile(max_size=MAX_MEMORY_BYTES)  # noqa: SIM115  (handed on open)
    length = 0
    try:
        while True:
            message = await next_message(receive)
            chunk = message.get("body", b"")
            length += len(chunk)
            if length > MAX_BODY_BYTES:
                await drain(receive)
                raise BodyTooLarge
            body.write(chunk)
            if not message.get("more_body"):
                body.seek(0)
                return body, length
    except BaseException:
        body.close()
        raise


async def drain(receive: Receive) -> None:
    """Throw the rest away for a while, so that a client that writes before it reads sees the answer."""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while (await next_message(receive)).get("more_body"):
                pass
    except (TimeoutError, ClientSilent):
        return


async def next_message(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(settings.PATIENCE_SECONDS):
            message = await receive()
    except TimeoutError as silence:
        raise ClientSilent from silence
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message
