"""A log file in the data folder, and lines on stdout for who watches (DESKBELL_TRACE=1). Never a secret."""

import contextlib
import logging
import os
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path

log = logging.getLogger("deskbell")
_one_at_a_time = threading.Lock()


def set_up(folder: Path) -> None:
    handler = RotatingFileHandler(folder / "agent.log", maxBytes=500_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(threadName)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def trace(text: str) -> None:
    log.info("%s", text)
    if os.environ.get("DESKBELL_TRACE"):
        say(text)


def say(text: str) -> None:
    """To who started us, if somebody listens: a windowed program has no stdout."""
    if sys.stdout is not None:
        # print() writes text and line end apart: two threads would mix their lines.
        with _one_at_a_time, contextlib.suppress(OSError, ValueError):
            print(text, flush=True)
