"""Load on the loopback, bounded in time: threads with kept connections, or pipelined small requests."""

import http.client
import itertools
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Request = tuple[str, bytes, dict[str, str]]


@dataclass
class Result:
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def p50_ms(self) -> float:
        return sorted(self.times)[len(self.times) // 2] * 1000


def post_for(port: int, clients: int, seconds: float, make: Callable[[int], Request]) -> Result:
    """`make(n)` gives path, body and headers of the n-th POST; anything but 201 is a failure."""
    result, numbers, end = Result(), itertools.count(), time.perf_counter() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while (started := time.perf_counter()) < end:
            path, body, headers = make(next(numbers))
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 201:
                result.times.append(time.perf_counter() - started)
            else:
                result.failures.append(answer.status)
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    return result


def pipeline(port: int, request: bytes, *, clients: int, depth: int, seconds: float) -> float:
    """Answers a second for one small request that is always answered with 200 and the same length."""
    with socket.create_connection(("127.0.0.1", port), 5) as probe:
        probe.sendall(request)
        time.sleep(0.2)
        first = probe.recv(65536)
    if not first.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"Not the answer that was expected: {first[:200]!r}")
    counts, end = [0] * clients, time.perf_counter() + seconds

    def client(index: int) -> None:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            while time.perf_counter() < end:
                line.sendall(request * depth)
                left = depth * len(first)
                while left > 0:
                    left -= len(line.recv(min(left, 1 << 18)))
                counts[index] += depth

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(index,)) for index in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)
