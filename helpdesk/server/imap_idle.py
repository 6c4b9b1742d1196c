"""IDLE (RFC 2177): the server speaks up when there is news."""

import imaplib
import select
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from io import BufferedReader

    from imap_tools import BaseMailBox

RENEW_SECONDS = 10 * 60  # RFC 2177 asks for less than 29 minutes; routers forget silent lines sooner

imaplib.Commands.setdefault("IDLE", ("SELECTED",))


def can_idle(box: "BaseMailBox") -> bool:
    """Asked after sign-in: some servers tell more then."""
    found, data = box.client.capability()
    return found == "OK" and b"IDLE" in data[-1].upper().split()


def wait_for_news(box: "BaseMailBox", seconds: float = RENEW_SECONDS) -> None:
    """Returns when the server said anything, or after `seconds`. IMAP4.abort or OSError: the line is gone."""
    client = box.client
    tag = client._command("IDLE")
    has_news = False
    while client._get_response() is not None:
        if client.tagged_commands.get(tag):
            raise client.abort("IDLE was refused")
        has_news = True
    if not has_news and not _is_buffered(client):
        poller = select.poll()
        poller.register(client.sock, select.POLLIN)
        poller.poll(seconds * 1000)
    client.send(b"DONE\r\n")
    box.consume_until_tagged_response(tag)


def _is_buffered(client: imaplib.IMAP4) -> bool:
    """Has news come in one packet with the go-ahead? The socket alone would not tell until the next news."""
    patience = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        with suppress(ssl.SSLWantReadError, BlockingIOError):
            return bool(cast("BufferedReader", client.file).peek(1))
        return False
    finally:
        client.sock.settimeout(patience)
