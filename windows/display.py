"""A private X server, because Wine's desktop and the agent's windows need one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


def start_xvfb(size: str) -> tuple["subprocess.Popen[bytes]", str]:
    """The process and its display, like ``:99``; the server picks a free number itself."""
    reader, writer = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writer),
        "-screen",
        "0",
        f"{size}x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    process = subprocess.Popen(
        command, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writer)
    with os.fdopen(reader) as pipe:
        number = pipe.readline().strip()  # to the newline: closing the pipe earlier kills Xvfb
    if not number:
        raise RuntimeError("Xvfb did not start.")
    return process, f":{number}"


@contextmanager
def private_display(size: str) -> Iterator[str]:
    process, display = start_xvfb(size)
    try:
        yield display
    finally:
        process.terminate()
        process.wait(10)
