"""A redis-server of a test's own on a loopback port; it keeps nothing."""

import shutil

import redis

from tests.hosts.process import Process, free_port, wait_for

PROGRAM = shutil.which("redis-server")


class RedisServer:
    """Started at once. `kill` and `start` may follow each other; the port stays."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        assert PROGRAM is not None
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = Process([PROGRAM, *words, "--daemonize", "no"], {})
        with redis.Redis(port=self.port) as client:
            wait_for(lambda: _answers(client), "an answer of Redis", 20)

    def kill(self) -> None:
        self.process.kill()

    def close(self) -> None:
        self.process.stop()


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
