"""Servers that a benchmark starts, waits for and ends by their own process id."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


def environment(**more: str) -> dict[str, str]:
    return {**{name: os.environ[name] for name in KEPT if name in os.environ}, **more}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def server(*command: str, port: int, variables: Mapping[str, str]) -> Iterator[int]:
    """Its process id, as soon as it answers on `port`."""
    process = subprocess.Popen(
        [sys.executable, *command], env=dict(variables), cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        wait_until_open(port, process)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_open(port: int, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    request = b"GET /static/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"The server ended with {process.returncode} before it listened.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
            probe.settimeout(seconds)
            probe.sendall(request)
            if probe.recv(12).startswith(b"HTTP/1.1"):
                return
        time.sleep(0.02)
    raise SystemExit(f"Nothing listens on port {port} after {seconds} s.")


def desk_variables(folder: Path, port: int, **more: str) -> dict[str, str]:
    return environment(
        DATA_DIR=str(folder), PORT=str(port), DEMO="0", SMTP_LISTEN="", LOG_LEVEL="ERROR", **more
    )


def run_python(code_module: str, *arguments: str, variables: Mapping[str, str]) -> str:
    """What `python -m code_module arguments` printed."""
    done = subprocess.run(
        [sys.executable, "-m", code_module, *arguments],
        env=dict(variables),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{code_module} ended with {done.returncode}: {done.stderr[-3000:]}")
    return done.stdout
