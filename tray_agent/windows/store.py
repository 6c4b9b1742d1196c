"""DPAPI: what is sealed here can be read by this Windows user on this computer alone."""

import sys

assert sys.platform == "win32"

import ctypes
from ctypes import wintypes
from pathlib import Path

from tray_agent.files import write_whole

ENTROPY = b"deskbell-agent"
NO_QUESTIONS = 1  # CRYPTPROTECT_UI_FORBIDDEN

_crypt = ctypes.WinDLL("crypt32", use_last_error=True)
_kernel = ctypes.WinDLL("kernel32", use_last_error=True)


class Blob(ctypes.Structure):
    _fields_ = [("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char))]


for _function in (_crypt.CryptProtectData, _crypt.CryptUnprotectData):
    _function.argtypes = [
        ctypes.POINTER(Blob), ctypes.c_void_p, ctypes.POINTER(Blob), ctypes.c_void_p, ctypes.c_void_p,
        wintypes.DWORD, ctypes.POINTER(Blob),
    ]  # fmt: skip
_kernel.LocalFree.argtypes = [ctypes.c_void_p]
_kernel.LocalFree.restype = ctypes.c_void_p


def _blob(data: bytes) -> Blob:
    return Blob(
        len(data), ctypes.cast(ctypes.create_string_buffer(data, len(data)), ctypes.POINTER(ctypes.c_char))
    )


def _called(name: str, data: bytes) -> bytes:
    source, entropy, result = _blob(data), _blob(ENTROPY), Blob()
    function = getattr(_crypt, name)
    if not function(
        ctypes.byref(source), None, ctypes.byref(entropy), None, None, NO_QUESTIONS, ctypes.byref(result)
    ):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        return ctypes.string_at(result.data, result.size)
    finally:
        _kernel.LocalFree(result.data)


def seal(data: bytes) -> bytes:
    return _called("CryptProtectData", data)


def unseal(data: bytes) -> bytes:
    """Raises OSError for another user's data, or another computer's."""
    return _called("CryptUnprotectData", data)


class DpapiStore:
    name = "DPAPI"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "credential.dpapi"

    def load(self) -> str:
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return ""
        try:
            return unseal(sealed).decode("ascii")
        except (OSError, UnicodeDecodeError):  # an administrator has reset the Windows password
            return ""

    def save(self, secret: str) -> None:
        write_whole(self._path, seal(secret.encode("ascii")))
