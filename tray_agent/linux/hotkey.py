"""The hotkey by XGrabKey: like RegisterHotKey it sees its combination only, and has it alone."""

import os
import select
import threading
import time
from collections.abc import Callable
from typing import Any

from tray_agent.combination import KEYSYMS, Combination
from tray_agent.listener import DEBOUNCE_SECONDS
from tray_agent.ports import Taken

LOCKS = (0, 1 << 1, 1 << 4, 1 << 1 | 1 << 4)
"""Caps Lock and Num Lock may be on; X takes them for modifiers."""
MODIFIERS = {"shift": 1 << 0, "ctrl": 1 << 2, "alt": 1 << 3, "win": 1 << 6}


class GrabHotkey:
    way = "XGrabKey"

    def __init__(self, combination: Combination, pressed: Callable[[], None]) -> None:
        self._combination, self._pressed = combination, pressed
        self._display: Any = None
        self._ends: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        from Xlib import XK, X, display, error

        self._display = screen = display.Display()
        root = screen.screen().root
        keycode = screen.keysym_to_keycode(XK.string_to_keysym(KEYSYMS[self._combination.key]))
        if not keycode:
            screen.close()
            raise ValueError("this keyboard has no such key")
        refusals = error.CatchError(error.BadAccess)
        wanted = sum(MODIFIERS[name] for name in self._combination.modifiers)
        for locks in LOCKS:
            root.grab_key(keycode, wanted | locks, 0, X.GrabModeAsync, X.GrabModeAsync, onerror=refusals)
        screen.sync()
        if refusals.get_error():
            screen.close()
            raise Taken(str(self._combination))
        self._ends = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(self._ends[0],), name="hotkey", daemon=True)
        self._thread.start()

    def _run(self, end: int) -> None:
        """All talk with the X server is this thread's from now on."""
        from Xlib import X

        last = 0.0
        while True:
            while self._display.pending_events():
                if self._display.next_event().type != X.KeyPress:
                    continue
                self._display.ungrab_keyboard(X.CurrentTime)  # or the keyboard stays ours until the key is up
                self._display.flush()
                now = time.monotonic()
                if now - last > DEBOUNCE_SECONDS:  # a key that is held repeats
                    self._pressed()
                last = now
            ready, _, _ = select.select([self._display.fileno(), end], [], [])
            if end in ready:
                break
        self._display.close()

    def stop(self) -> None:
        if self._ends is None or self._thread is None:
            return
        os.write(self._ends[1], b"\0")
        if threading.current_thread() is not self._thread:
            self._thread.join(3)
        for end in self._ends:
            os.close(end)
        self._ends = None
