"""The hotkey by pynput: the way out when another program has the combination.

It sees every key, so it is only the second choice.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from tray_agent.combination import Combination

DEBOUNCE_SECONDS = 0.4
PATIENCE_SECONDS = 3 if sys.platform == "win32" else 0.3
"""How long to wait for a message loop to end. Under X it ends with the next event only, if one comes."""


class ListenerHotkey:
    way = "pynput"

    def __init__(self, combination: Combination, pressed: Callable[[], None]) -> None:
        self._combination, self._pressed, self._last = combination, pressed, 0.0
        self._keys: Any = None

    def start(self) -> None:
        from pynput import keyboard  # needs a display at import

        self._keys = keyboard.GlobalHotKeys({_name_of(self._combination): self._fire})
        self._keys.start()
        self._keys.wait()

    def _fire(self) -> None:
        """On the listener's thread: hand on and return at once, a slow hook is taken away by the system."""
        now = time.monotonic()
        if now - self._last > DEBOUNCE_SECONDS:
            self._pressed()
        self._last = now

    def stop(self) -> None:
        if self._keys is not None:
            self._keys.stop()
            if threading.current_thread() is not self._keys:
                self._keys.join(PATIENCE_SECONDS)


def _name_of(combination: Combination) -> str:
    """Like "<ctrl>+<shift>+<f9>"."""
    parts = str(combination).replace("win", "cmd").split("+")
    return "+".join(part if len(part) == 1 else f"<{part}>" for part in parts)
