"""One HTTP request to a stranger's address (A23)."""

import socket
import ssl
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from helpdesk.core.domain.hang_up import at_most
from helpdesk.core.domain.reach import address_of

TIMEOUT_SECONDS: Final = 10
MAX_ANSWER: Final = 1024


class NotDelivered(Exception):
    """The receiver did not say 2xx; the words say what it said, `status` its number if it said one."""

    def __init__(self, words: str, status: int | None = None) -> None:
        super().__init__(words)
        self.status = status


class _Pinned(HTTPConnection):
    """Connects to the address that was checked, not to the name again (DNS rebinding)."""

    pinned: str = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.pinned, self.port), TIMEOUT_SECONDS)


class _PinnedTls(HTTPSConnection):
    """The same with TLS: the certificate must be the name's."""

    pinned: str = ""

    def connect(self) -> None:
        plain = socket.create_connection((self.pinned, self.port), TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        self.sock = tls = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        tls.do_handshake()


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[str] = ()) -> int:
    """POST to a public address, or one that `allowed` names; follows no redirect. Returns the status, 2xx.

    Raises `NotDelivered`, and what `address_of` raises for a name that leads inside or nowhere.
    """
    status, _answer = exchange("POST", url, body, headers, allowed=allowed)
    if not 200 <= status < 300:
        raise NotDelivered(f"{urlsplit(url).hostname or ''} answered {status}.", status)
    return status


def exchange(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[str] = (),
    most: int = MAX_ANSWER,
) -> tuple[int, bytes]:
    """(status, the first `most` bytes of the answer), whatever the status; otherwise as `post`."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    host = parts.hostname or ""
    connection = (_PinnedTls if is_tls else _Pinned)(host, port, timeout=TIMEOUT_SECONDS)
    connection.pinned = address_of(host, port, allowed=allowed)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with at_most(TIMEOUT_SECONDS, connection):
            connection.request(method, path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(most)
    except (OSError, HTTPException, UnicodeError) as problem:
        raise NotDelivered(f"{host} did not answer: {type(problem).__name__}") from problem
    finally:
        connection.close()
