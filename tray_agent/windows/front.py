import sys

assert sys.platform == "win32"

import ctypes
from ctypes import wintypes

QUERY_LIMITED = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION: also for programs of other users

_user = ctypes.WinDLL("user32")
_user.GetForegroundWindow.restype = wintypes.HWND
_user.GetWindowThreadProcessId.argtypes = [wintypes.HWND, ctypes.POINTER(wintypes.DWORD)]
_kernel = ctypes.WinDLL("kernel32")
_kernel.OpenProcess.restype = wintypes.HANDLE
_kernel.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
_kernel.CloseHandle.argtypes = [wintypes.HANDLE]
_kernel.QueryFullProcessImageNameW.argtypes = [
    wintypes.HANDLE, wintypes.DWORD, wintypes.LPWSTR, ctypes.POINTER(wintypes.DWORD),
]  # fmt: skip


def program_in_front() -> str:
    """The program of the foreground window, like "sage.exe"; never the window's title."""
    number = wintypes.DWORD()
    _user.GetWindowThreadProcessId(_user.GetForegroundWindow(), ctypes.byref(number))
    process = _kernel.OpenProcess(QUERY_LIMITED, 0, number)
    if not process:
        return ""
    try:
        size = wintypes.DWORD(1024)
        name = ctypes.create_unicode_buffer(size.value)
        if not _kernel.QueryFullProcessImageNameW(process, 0, name, ctypes.byref(size)):
            return ""
        return name.value.rpartition("\\")[2]
    finally:
        _kernel.CloseHandle(process)
