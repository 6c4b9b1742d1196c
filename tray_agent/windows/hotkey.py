"""The hotkey by RegisterHotKey: sees its combination only."""

import sys

assert sys.platform == "win32"

import ctypes
import threading
import time
from collections.abc import Callable
from ctypes import wintypes

from tray_agent.combination import VIRTUAL_KEYS, Combination
from tray_agent.listener import DEBOUNCE_SECONDS
from tray_agent.ports import Taken
from tray_agent.trace import log

MODIFIERS, MOD_NOREPEAT = {"alt": 1, "ctrl": 2, "shift": 4, "win": 8}, 0x4000
WM_QUIT, WM_HOTKEY, WM_USER, PM_NOREMOVE = 0x0012, 0x0312, 0x0400, 0

_user = ctypes.WinDLL("user32", use_last_error=True)
_kernel = ctypes.WinDLL("kernel32")


class WindowsHotkey:
    way = "RegisterHotKey"

    def __init__(self, combination: Combination, pressed: Callable[[], None]) -> None:
        self._combination, self._pressed = combination, pressed
        self._is_ready, self._error, self._thread_id = threading.Event(), 0, 0
        self._thread = threading.Thread(target=self._run, name="hotkey", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._is_ready.wait(5)
        if self._error:
            log.warning("RegisterHotKey refused %s: error %s", self._combination, self._error)
            raise Taken(str(self._combination))

    def _run(self) -> None:
        message = wintypes.MSG()
        self._thread_id = _kernel.GetCurrentThreadId()
        # This makes the thread's message queue; without one Wine 8's server crashes at the key press.
        _user.PeekMessageW(ctypes.byref(message), None, WM_USER, WM_USER, PM_NOREMOVE)
        modifiers = sum(MODIFIERS[name] for name in self._combination.modifiers) | MOD_NOREPEAT
        if not _user.RegisterHotKey(None, 1, modifiers, VIRTUAL_KEYS[self._combination.key]):
            self._error = ctypes.get_last_error() or -1
            self._is_ready.set()
            return
        self._is_ready.set()
        last = 0.0
        while _user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            if message.message == WM_HOTKEY:
                now = time.monotonic()
                if now - last > DEBOUNCE_SECONDS:  # Wine 8 ignores MOD_NOREPEAT
                    self._pressed()
                last = now
        _user.UnregisterHotKey(None, 1)

    def stop(self) -> None:
        if self._thread_id and not self._error:
            _user.PostThreadMessageW(self._thread_id, WM_QUIT, 0, 0)
        if self._thread.is_alive():
            self._thread.join(3)
