"""A tray agent's connection as a test drives it: a real WebSocket, or raw bytes after the upgrade."""

import base64
import json
import os
import socket
import struct
from typing import Any, Self

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.server.desk import Desk

PATH = "/api/agent/v1/live"
VERSION = {"Deskbell-Agent-Version": "0.1.0"}
SECONDS = 20


def line_of(desk: Desk, credential: str, **headers: str) -> ClientConnection:
    """Upgraded; raises InvalidStatus where it is refused."""
    given = {"Authorization": f"Agent {credential}", **VERSION, **headers}
    url = f"ws://127.0.0.1:{desk.port}{PATH}"
    return connect(
        url, additional_headers=given, compression=None, proxy=None, open_timeout=SECONDS, close_timeout=1
    )


def heard(line: ClientConnection) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(line.recv(timeout=SECONDS))
    return said


def consume(line: ClientConnection) -> None:
    while True:
        line.recv(timeout=SECONDS)


def end_of(line: ClientConnection) -> int:
    """The code with which the desk ended it; what it said before is passed over."""
    with pytest.raises(ConnectionClosed) as end:
        consume(line)
    assert end.value.rcvd is not None, "cut without a code"
    return end.value.rcvd.code


class RawLine:
    """An upgraded connection without manners: it reads when the test does, and sends what it is given."""

    def __init__(self, desk: Desk, credential: str, *, sent_early: bytes = b"", small: bool = False) -> None:
        self.socket = socket.socket()
        if small:  # before the connection: what the kernel keeps for us is little
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(SECONDS)
        self.socket.connect(("127.0.0.1", desk.port))
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Agent {credential}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + sent_early)
        self.status = int(self.socket.recv(12, socket.MSG_WAITALL).split()[1])

    def send(self, data: bytes, *, opcode: int = 1, is_last: bool = True, length: int | None = None) -> None:
        """`length`: what the head says, if it is not the truth."""
        said = len(data) if length is None else length
        size = struct.pack("!B", 0x80 | said) if said < 126 else struct.pack("!BQ", 0xFF, said)
        self.socket.sendall(bytes([opcode | 0x80 * is_last]) + size + bytes(4) + data)

    def is_cut(self) -> bool:
        """True when the desk hangs up, before the patience of the socket ends."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
