"""Programs that a test starts, talks about by what they print, and ends by their own process group."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TypeVar

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds; costs nothing where all is well, and lets a busy machine be slow
Found = TypeVar("Found")


def wait_for(found: Callable[[], Found | None], what: str, seconds: float = PATIENCE) -> Found:
    """The first result of ``found`` that says something (an empty list does not); AssertionError in time."""
    end = time.monotonic() + seconds
    while True:
        if result := found():
            return result
        if time.monotonic() > end:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(0.02)


def _ports() -> Iterator[int]:
    """Below the ports that the system gives to callers, and for each worker of a run others."""
    first = 10_000 + 5_000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 20_000
    start = os.getpid() * 17
    return (first + (start + number) % 5_000 for number in count())


_PORTS = _ports()


def free_port() -> int:
    """A loopback port that nobody listens on now, and that is given out once."""
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


class Process:
    """A program whose output is read by a thread.

    Output goes through a pipe: the Windows CPython under Wine 8 refuses a regular file as a standard stream.
    """

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self._tells_where = "PYTHONFAULTHANDLER" in environment
        self._process = subprocess.Popen(
            [str(word) for word in command],
            env=dict(environment),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                self.lines.append(line.decode("utf-8", "replace").rstrip())

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def expect(self, text: str, seconds: float = PATIENCE, *, since: int = 0) -> str:
        """The first line with ``text`` (from line ``since`` on), also when it was printed before the call."""
        end = time.monotonic() + seconds
        while True:
            ended = not self.is_running
            if ended:
                self._reader.join(1)
            if hit := next((line for line in self.lines[since:] if text in line), None):
                return hit
            if ended:
                raise AssertionError(f"Ended with {self._process.returncode} before {text!r}:\n{self.output}")
            if time.monotonic() > end:
                self._tell_where()
                raise AssertionError(f"No {text!r} within {seconds} s:\n{self.output}")
            time.sleep(0.02)

    def _tell_where(self) -> None:
        """Where each thread of a Python stands goes to the output, as faulthandler has it at an abort."""
        if self._tells_where:
            self._process.send_signal(signal.SIGABRT)
            self.wait(10)

    def wait(self, seconds: float = PATIENCE) -> int:
        code = self._process.wait(seconds)
        self._reader.join(1)
        return code

    def kill(self) -> None:
        """Like a power cut: SIGKILL to the program and to what it started."""
        self._signal(signal.SIGKILL)
        self.wait(10)

    def stop(self, seconds: float = 10) -> int:
        """Ask politely, then insist. The exit code."""
        self._signal(signal.SIGTERM)
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._process.returncode

    def _signal(self, number: signal.Signals) -> None:
        if self.is_running:
            os.killpg(self._process.pid, number)
