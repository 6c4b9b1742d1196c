"""The Windows platform as one object."""

import sys

assert sys.platform == "win32"

import ctypes
from collections.abc import Callable
from pathlib import Path

from tray_agent.combination import Combination
from tray_agent.listener import ListenerHotkey
from tray_agent.ports import Hotkey
from tray_agent.trace import log
from tray_agent.windows.hotkey import WindowsHotkey
from tray_agent.windows.instance import SingleInstance
from tray_agent.windows.machine import this_machine
from tray_agent.windows.store import DpapiStore, seal, unseal

PER_MONITOR = 2


class WindowsPlatform:
    def __init__(self, folder: Path) -> None:
        self.machine = this_machine()
        self.store = DpapiStore(folder)
        self.instance = SingleInstance(folder)

    def hotkey(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        return WindowsHotkey(combination, pressed)

    def listener(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        return ListenerHotkey(combination, pressed)

    def prepare(self) -> None:
        try:
            ctypes.WinDLL("shcore").SetProcessDpiAwareness(PER_MONITOR)
        except (AttributeError, OSError):
            log.info("this Windows knows no awareness of the monitors' scale")
        ctypes.WinDLL("shell32").SetCurrentProcessExplicitAppUserModelID(ctypes.c_wchar_p("Deskbell.Agent"))

    def seal(self, data: bytes) -> bytes:
        return seal(data)

    def unseal(self, data: bytes) -> bytes:
        return unseal(data)

    def has_tray(self) -> str:
        find = ctypes.WinDLL("user32").FindWindowW
        find.restype = ctypes.c_void_p
        return "" if find(ctypes.c_wchar_p("Shell_TrayWnd"), None) else "no taskbar runs"
