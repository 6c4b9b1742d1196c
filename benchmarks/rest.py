"""The whole desk at rest: memory, second start, idle CPU; and heartbeats against a bare ASGI answer."""

import http.client
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.load import pipeline
from benchmarks.report import emit
from benchmarks.servers import (
    ROOT,
    desk_variables,
    environment,
    free_port,
    run_python,
    server,
    wait_until_open,
)

ROUNDS = 5
SECONDS = 1.5
SETTLE_SECONDS = 5
IDLE_SECONDS = 5


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="deskbell-bench-") as folder:
        data, bare = Path(folder) / "desk", Path(folder) / "bare"
        bare.mkdir()
        port, bare_port = free_port(), free_port()
        variables = desk_variables(data, port) | {"DEMO": "1"}
        emit("first_start", _start(port, variables), "s")
        second = statistics.median(_start(port, variables) for _ in range(3))
        emit("second_start", second, "s", ratio=round(second / 5, 3), goal="< 5")
        credential = run_python("benchmarks.seed", "profiles", "1", variables=variables).split()[0]
        with server("manage.py", "serve", port=port, variables=variables) as pid:
            _memory(psutil.Process(pid), port)
            with server(
                *("-m", "benchmarks.bare.serve", str(bare_port)),
                port=bare_port,
                variables=environment(DATA_DIR=str(bare)),
            ):
                _heartbeats(port, bare_port, credential)


def _start(port: int, variables: dict[str, str]) -> float:
    """Seconds from the command to the first answer; ends it again."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], env=variables, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_open(port, process)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(10)


def _memory(process: psutil.Process, port: int) -> None:
    time.sleep(SETTLE_SECONDS)
    fresh = process.memory_info().rss / 1024**2
    emit("rss_after_start", fresh, "MB", ratio=round(fresh / 150, 3), goal="<= 150")
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/sign-in/")
        connection.getresponse().read()
        connection.close()
    time.sleep(SETTLE_SECONDS)
    used = process.memory_full_info()
    emit("rss_at_rest", used.rss / 1024**2, "MB", ratio=round(used.rss / 1024**2 / 150, 3), goal="<= 150")
    emit("pss_at_rest", used.pss / 1024**2, "MB")
    before = process.cpu_times()
    time.sleep(IDLE_SECONDS)
    after = process.cpu_times()
    busy = after.user + after.system - before.user - before.system
    emit("idle_cpu", busy / IDLE_SECONDS * 100, "% of a core")


def _heartbeats(port: int, bare_port: int, credential: str) -> None:
    def request(path: str) -> bytes:
        body = b'{"signed_in": true}'
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Agent {credential}\r\n"
            f"Deskbell-Agent-Version: 0.1.0\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    rounds = []
    for _ in range(ROUNDS):
        ours = pipeline(port, request("/api/agent/v1/heartbeat"), clients=4, depth=32, seconds=SECONDS)
        bare = pipeline(bare_port, request("/thin"), clients=4, depth=32, seconds=SECONDS)
        rounds.append((ours, bare))
    ratio = statistics.median(ours / bare for ours, bare in rounds)
    emit("heartbeats", statistics.median(ours for ours, _ in rounds), "1/s")
    emit("thin_asgi", statistics.median(bare for _, bare in rounds), "1/s")
    emit("heartbeat_vs_thin_asgi", ratio, "ratio", ratio=round(ratio, 3), goal=">= 0.50")
