"""Ctrl+F12 by RegisterHotKey: sees this combination only. If another program owns it, pynput listens."""

import sys

assert sys.platform == "win32"

import ctypes
import threading
import time
from collections.abc import Callable
from ctypes import wintypes

from tray_agent.listener import DEBOUNCE_SECONDS, ListenerHotkey
from tray_agent.texts import _
from tray_agent.trace import log

MOD_CONTROL, MOD_NOREPEAT, VK_F12 = 0x0002, 0x4000, 0x7B
WM_QUIT, WM_HOTKEY, WM_USER, PM_NOREMOVE = 0x0012, 0x0312, 0x0400, 0

_user = ctypes.WinDLL("user32", use_last_error=True)
_kernel = ctypes.WinDLL("kernel32")


class WindowsHotkey:
    def __init__(self, pressed: Callable[[], None], notice: Callable[[str], None]) -> None:
        self._pressed, self._notice = pressed, notice
        self.way = "RegisterHotKey"
        self._other: ListenerHotkey | None = None
        self._is_ready, self._error, self._thread_id = threading.Event(), 0, 0
        self._thread = threading.Thread(target=self._run, name="hotkey", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._is_ready.wait(5)
        if not self._error:
            return
        log.warning("RegisterHotKey refused: error %s", self._error)
        self._other = ListenerHotkey(self._pressed)
        self._other.start()
        self.way = self._other.way
        self._notice(
            _("Another program uses it too: both will act. The menu of the icon opens tickets as well.")
        )

    def _run(self) -> None:
        message = wintypes.MSG()
        self._thread_id = _kernel.GetCurrentThreadId()
        # This makes the thread's message queue; without one Wine 8's server crashes at the key press.
        _user.PeekMessageW(ctypes.byref(message), None, WM_USER, WM_USER, PM_NOREMOVE)
        if not _user.RegisterHotKey(None, 1, MOD_CONTROL | MOD_NOREPEAT, VK_F12):
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
        if self._other is not None:
            self._other.stop()
        if self._thread_id and not self._error:
            _user.PostThreadMessageW(self._thread_id, WM_QUIT, 0, 0)
        if self._thread.is_alive():
            self._thread.join(3)
