"""Mails are parsed in a child process with a limit on time and memory: a mail can only harm the child."""

import atexit
import os
import pickle
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import tickets
from tickets.domain.mail.child import write_frame
from tickets.domain.mail.letter import Letter, read
from tickets.domain.mail.mime import MAX_HEADER_BYTES, split_head
from tickets.domain.mail.parse import parse
from tickets.domain.mail.parsed import ParsedMail

MAX_SECONDS = 10
FRAME_BYTES = 1024 * 1024
FRAME_MAILS = 32
Read = tuple[ParsedMail, Letter]
_ROOT = str(Path(tickets.__file__).parent.parent)


class ParserFailed(Exception):
    """The child died or was too slow; the words say which."""


class _Child:
    """Started at the first frame, again after each failure; one frame at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, raws: Sequence[bytes], max_seconds: float) -> list[Read]:
        frame = pickle.dumps(list(raws), protocol=5)
        with self._lock:
            for is_fresh in (False, True):  # an idle child may have ended since: once more with a new one
                process, was_running = self._running(max_seconds)
                try:
                    return self._exchange(process, frame, max_seconds)
                except OSError as error:
                    self._end()
                    if is_fresh or not was_running:
                        raise ParserFailed("the parser died: out of memory or crashed") from error
                except ParserFailed:
                    self._end()
                    raise
        raise ParserFailed("the parser does not start")  # pragma: no cover — the loop returns or raises

    def end(self) -> None:
        with self._lock:
            self._end()

    def _running(self, max_seconds: float) -> tuple[subprocess.Popen[bytes], bool]:
        if self._process is not None and self._process.poll() is None:
            return self._process, True
        self._end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tickets.domain.mail.child", str(int(max_seconds * FRAME_MAILS) + 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _ROOT, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        return self._process, False

    def _exchange(self, process: subprocess.Popen[bytes], frame: bytes, max_seconds: float) -> list[Read]:
        if process.stdin is None or process.stdout is None:  # pragma: no cover — both are pipes
            raise BrokenPipeError
        write_frame(process.stdin, frame)
        deadline = time.monotonic() + max_seconds
        head = _read(process.stdout.fileno(), 8, deadline)
        answer = _read(process.stdout.fileno(), int.from_bytes(head, "big"), deadline)
        return pickle.loads(answer)  # type: ignore[no-any-return] # noqa: S301 — from our own child

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError), process:  # what was still to be flushed goes to a child that is gone
            process.kill()


def _read(descriptor: int, length: int, deadline: float) -> bytes:
    pieces: list[bytes] = []
    while length:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise ParserFailed("the parser took too long")
        piece = os.read(descriptor, min(length, 1024 * 1024))
        if not piece:
            raise BrokenPipeError
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


_child = _Child()
atexit.register(_child.end)


def read_many(raws: Sequence[bytes], *, max_seconds: float = MAX_SECONDS) -> list[Read]:
    """Read in order; a mail that kills the parser or exceeds its time is `is_unparsed` and says why."""
    found: list[Read] = []
    for frame in _frames(raws):
        try:
            found += _child.ask(frame, max_seconds)
        except ParserFailed:
            found += [_read_alone(raw, max_seconds) for raw in frame]
    return found


def parse_many(raws: Sequence[bytes], *, max_seconds: float = MAX_SECONDS) -> list[ParsedMail]:
    """The same without the letters."""
    return [mail for mail, _letter in read_many(raws, max_seconds=max_seconds)]


def parse_in_process(raws: Sequence[bytes]) -> list[ParsedMail]:
    """The same without child and limits: for tests."""
    return [parse(raw) for raw in raws]


def read_in_process(raws: Sequence[bytes]) -> list[Read]:
    """`read_many` without child and limits: for tests."""
    return [read(raw) for raw in raws]


def end_parser() -> None:
    """Stop the child; the next mail starts another."""
    _child.end()


def _frames(raws: Sequence[bytes]) -> Iterator[list[bytes]]:
    frame: list[bytes] = []
    size = 0
    for raw in raws:
        if frame and (len(frame) >= FRAME_MAILS or size + len(raw) > FRAME_BYTES):
            yield frame
            frame, size = [], 0
        frame.append(raw)
        size += len(raw)
    if frame:
        yield frame


def _read_alone(raw: bytes, max_seconds: float) -> Read:
    """If even alone it fails, its header may still say from whom it came and about what."""
    try:
        return _child.ask([raw], max_seconds)[0]
    except ParserFailed as error:
        reason = str(error)
    head = split_head(raw[: MAX_HEADER_BYTES // 4])[0]
    try:
        mail = _child.ask([head + b"\n\n"], max_seconds)[0][0]
    except ParserFailed:
        mail = ParsedMail()
    return _unparsed(mail, reason), Letter()


def _unparsed(mail: ParsedMail, reason: str) -> ParsedMail:
    return replace(mail, text="", html="", files=(), is_unparsed=True, problems=(*mail.problems, reason))
