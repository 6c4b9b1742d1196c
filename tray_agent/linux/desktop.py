"""The Linux platform as one object."""

from collections.abc import Callable
from pathlib import Path

from tray_agent.combination import Combination
from tray_agent.linux.hotkey import GrabHotkey
from tray_agent.linux.instance import SingleInstance
from tray_agent.linux.machine import this_machine
from tray_agent.linux.store import best_store
from tray_agent.listener import ListenerHotkey
from tray_agent.ports import Hotkey


class LinuxPlatform:
    def __init__(self, folder: Path) -> None:
        self.machine = this_machine()
        self.store = best_store(folder)
        self.instance = SingleInstance(folder)

    def hotkey(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        return GrabHotkey(combination, pressed)

    def listener(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        return ListenerHotkey(combination, pressed)

    def prepare(self) -> None:
        """Nothing to do under X."""

    def seal(self, data: bytes) -> bytes:
        return data

    def unseal(self, data: bytes) -> bytes:
        return data

    def has_tray(self) -> str:
        from Xlib import display

        screen = display.Display()
        try:
            tray = screen.intern_atom(f"_NET_SYSTEM_TRAY_S{screen.get_default_screen()}")
            return "" if screen.get_selection_owner(tray) else "no tray host runs on this display"
        finally:
            screen.close()
