"""python -m benchmarks.live_clients PORT WINDOW: tray agents that connect and stay, over real WebSockets.

Credentials come by stdin, one a line, then an empty one. WINDOW handshakes are under way at once. Prints one
JSON object when all are greeted, and ends with stdin.
"""

import asyncio
import base64
import json
import os
import sys
import time

PATH = "/api/agent/v1/live"
PING, TEXT = 0x89, 0x81


class Agent(asyncio.Protocol):
    """The least that the server takes for an agent: it answers pings, reads all, says nothing."""

    __slots__ = ("buffer", "credential", "greeted", "is_up", "messages", "transport")

    def __init__(self, credential: str, greeted: "asyncio.Future[bool]") -> None:
        self.credential, self.greeted = credential, greeted
        self.buffer, self.is_up, self.messages = b"", False, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Agent {self.credential}\r\nDeskbell-Agent-Version: 0.1.0\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_up:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.transport.close()
                return
            self.is_up, self.buffer = True, rest
        while len(self.buffer) >= 2:
            size = self.buffer[1]
            start = 2 if size < 126 else 4
            if size == 126:
                size = int.from_bytes(self.buffer[2:4], "big")
            if len(self.buffer) < start + size:
                return
            kind, said, self.buffer = (
                self.buffer[0],
                self.buffer[start : start + size],
                self.buffer[start + size :],
            )
            self._take(kind, said)

    def _take(self, kind: int, said: bytes) -> None:
        if kind == PING:
            self.transport.write(bytes([0x8A, 0x80 | len(said)]) + bytes(4) + said)
        elif kind == TEXT:
            self.messages += 1
            if not self.greeted.done():
                self.greeted.set_result(True)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.greeted.done():
            self.greeted.set_result(False)


async def main(port: int, window: int, credentials: list[str]) -> None:
    loop = asyncio.get_running_loop()
    places, agents = asyncio.Semaphore(window), []

    async def connect(credential: str) -> bool:
        async with places:
            greeted: asyncio.Future[bool] = loop.create_future()
            agent = Agent(credential, greeted)
            await loop.create_connection(lambda: agent, "127.0.0.1", port)
            agents.append(agent)
            return await greeted

    began, used = time.perf_counter(), time.process_time()
    greeted = await asyncio.gather(*map(connect, credentials))
    facts = {
        "greeted": sum(greeted),
        "seconds": time.perf_counter() - began,
        "client_cpu_seconds": time.process_time() - used,
    }
    print(json.dumps(facts), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    given = iter(sys.stdin.readline, "\n")
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), [line.strip() for line in given]))
