"""One agent per Windows session and data folder: a named mutex, which dies with its process."""

import sys

assert sys.platform == "win32"

import ctypes
import hashlib
from collections.abc import Callable
from ctypes import wintypes
from pathlib import Path

from tray_agent.door import Door
from tray_agent.windows.store import seal, unseal

ERROR_ALREADY_EXISTS, ANY_PROCESS = 183, 0xFFFFFFFF

_kernel = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel.CreateMutexW.restype = wintypes.HANDLE
_kernel.CreateMutexW.argtypes = [ctypes.c_void_p, wintypes.BOOL, wintypes.LPCWSTR]
_kernel.CloseHandle.argtypes = [wintypes.HANDLE]


class SingleInstance:
    def __init__(self, folder: Path) -> None:
        place = hashlib.sha256(str(folder.resolve()).lower().encode()).hexdigest()[:16]
        self._name = f"Local\\Deskbell-{place}"
        self._door = Door(folder / "agent.door", seal=seal, unseal=unseal)
        self._mutex: int | None = None

    def claim(self, on_command: Callable[[str], None]) -> bool:
        mutex = _kernel.CreateMutexW(None, 0, self._name)
        if not mutex:
            raise ctypes.WinError(ctypes.get_last_error())
        if ctypes.get_last_error() == ERROR_ALREADY_EXISTS:
            _kernel.CloseHandle(mutex)
            return False
        self._mutex = mutex
        self._door.open(on_command)
        return True

    def tell(self, command: str) -> bool:
        ctypes.WinDLL("user32").AllowSetForegroundWindow(ANY_PROCESS)  # else its window may only flash
        return self._door.tell(command)

    def release(self) -> None:
        self._door.close()
        if self._mutex is not None:
            _kernel.CloseHandle(self._mutex)
            self._mutex = None
