"""How another thread wakes the main loop: by a pipe where Tk can watch one, else by a slow poll."""

import contextlib
import os
import queue
import signal
import sys
import tkinter as tk
from collections.abc import Callable

from tray_agent.trace import log

POLL_MS = 100
"""Windows only: Tk cannot watch a pipe there. Costs well below 0.5 % of a core."""


class Mailbox:
    """Deeds from any thread, done on the main thread in their order."""

    def __init__(self) -> None:
        self._deeds: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._reader = self._writer = -1
        self._is_open = False

    def put(self, deed: Callable[[], None]) -> None:
        self._deeds.put(deed)
        if self._writer >= 0:
            with contextlib.suppress(OSError):  # full: the loop is awake already
                os.write(self._writer, b"\0")

    def open(self, root: tk.Tk) -> None:
        self._is_open = True
        if sys.platform == "win32":
            self._poll(root)
            return
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        root.createfilehandler(self._reader, tk.READABLE, self._woken)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)  # else SIGTERM waits for the next event
        self._writer = writer
        root.after(0, self.work_off)

    def close(self, root: tk.Tk) -> None:
        self._is_open = False
        if sys.platform != "win32":
            writer, self._writer = self._writer, -1
            signal.set_wakeup_fd(-1)
            root.deletefilehandler(self._reader)
            os.close(writer)
            os.close(self._reader)

    def work_off(self) -> None:
        while self._is_open:
            try:
                deed = self._deeds.get_nowait()
            except queue.Empty:
                return
            try:
                deed()
            except Exception:  # noqa: BLE001 (one failed deed must not end the loop)
                log.exception("a posted deed failed")

    def _poll(self, root: tk.Tk) -> None:
        if self._is_open:
            self.work_off()
            root.after(POLL_MS, self._poll, root)

    def _woken(self, *_: object) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._reader, 4096)
        self.work_off()
