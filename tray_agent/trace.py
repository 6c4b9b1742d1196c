"""A log file in the data folder, and lines on stdout for who watches (DESKBELL_TRACE=1). Never a secret in either."""

import contextlib
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

log = logging.getLogger("deskbell")


def set_up(folder: Path) -> None:
    handler = RotatingFileHandler(folder / "agent.log", maxBytes=500_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(threadName)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def trace(text: str) -> None:
    log.info("%s", text)
    if os.environ.get("DESKBELL_TRACE") and sys.stdout is not None:  # a windowed program has no stdout
        with contextlib.suppress(OSError, ValueError):
            print(text, flush=True)
