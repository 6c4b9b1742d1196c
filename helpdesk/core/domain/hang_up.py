"""A limit for a whole talk with a stranger; the time-out of a socket limits each of its pauses (A23)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection


@contextmanager
def at_most(seconds: float, connection: HTTPConnection) -> Iterator[None]:
    """Hangs up after `seconds`, so that who sends a byte now and then keeps nobody for ever; the reader then
    sees the end of the line.
    """
    timer = threading.Timer(seconds, _hang_up, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(connection: HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # not connected yet, or closed meanwhile
        connection.sock.shutdown(socket.SHUT_RDWR)
