"""The parser as a process of its own: frames of raw mails on stdin, frames of what they say on stdout.

A frame is its length (8 bytes, big endian) and a pickle: list[bytes] in, a list of
(ParsedMail, Letter) out. It knows no Django, no database and no secret; it ends when idle, when its stdin
closes, or by its own alarm.
"""

import os
import pickle
import resource
import select
import signal
import sys
from typing import IO

from tickets.domain.mail.letter import read

IDLE_SECONDS = 60
MAX_MEMORY_BYTES = 1024 * 1024 * 1024


def read_frame(stream: IO[bytes]) -> bytes:
    """One frame; empty at the end of the stream. A pipe gives 64 KiB at a time."""
    length = int.from_bytes(_exactly(stream, 8), "big")
    return _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    pieces: list[bytes] = []
    while length and (piece := stream.read(length)):
        pieces.append(piece)
        length -= len(piece)
    return b"" if length else b"".join(pieces)


def write_frame(stream: IO[bytes], content: bytes) -> None:
    stream.write(len(content).to_bytes(8, "big"))
    stream.write(content)
    stream.flush()


def serve(inbox: IO[bytes], outbox: IO[bytes], *, idle_seconds: float, max_seconds: int) -> None:
    """Answer frames until nothing more comes."""
    while select.select([inbox], [], [], idle_seconds)[0]:
        frame = read_frame(inbox)
        if not frame:
            return
        signal.alarm(max_seconds)  # should the parent be gone, nobody else would end a parse without end
        raws: list[bytes] = pickle.loads(frame)  # noqa: S301 — from our own parent
        write_frame(outbox, pickle.dumps([read(raw) for raw in raws], protocol=5))
        signal.alarm(0)


def main(max_seconds: int) -> None:  # pragma: no cover — runs in the child only
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(os.fdopen(0, "rb", buffering=0), outbox, idle_seconds=IDLE_SECONDS, max_seconds=max_seconds)


if __name__ == "__main__":  # pragma: no cover — runs in the child only
    main(int(sys.argv[1]))
