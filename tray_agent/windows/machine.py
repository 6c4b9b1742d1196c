"""Which computer this is and who sits at it."""

import sys

assert sys.platform == "win32"

import ctypes
import hashlib
import os
import winreg
from ctypes import wintypes

from tray_agent.model import Machine

TOKEN_QUERY, TOKEN_USER, NAME_DISPLAY, DNS_HOSTNAME = 0x8, 1, 3, 1
WINDOWS_11 = 22000
KINDS = {1: "workstation", 2: "server", 3: "server"}  # VER_NT_WORKSTATION, _DOMAIN_CONTROLLER, _SERVER


def _registry(path: str, name: str) -> str:
    try:
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path, 0, access) as key:
            return str(winreg.QueryValueEx(key, name)[0])
    except OSError:
        return ""


def machine_id() -> str:
    """A hash of the MachineGuid: the raw one names the computer to others too."""
    raw = _registry(r"SOFTWARE\Microsoft\Cryptography", "MachineGuid") or computer_name()
    return hashlib.sha256(b"deskbell:" + raw.encode()).hexdigest()


def computer_name() -> str:
    size = wintypes.DWORD(256)
    buffer = ctypes.create_unicode_buffer(size.value)
    if (
        ctypes.WinDLL("kernel32").GetComputerNameExW(DNS_HOSTNAME, buffer, ctypes.byref(size))
        and buffer.value
    ):
        return buffer.value
    return os.environ.get("COMPUTERNAME", "computer")


def user_sid() -> str:
    """The SID of the Windows account, like S-1-5-21-...-1001."""
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    advapi = ctypes.WinDLL("advapi32", use_last_error=True)
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.CloseHandle.argtypes = [wintypes.HANDLE]
    kernel.LocalFree.argtypes = [ctypes.c_void_p]
    advapi.OpenProcessToken.argtypes = [wintypes.HANDLE, wintypes.DWORD, ctypes.POINTER(wintypes.HANDLE)]
    advapi.GetTokenInformation.argtypes = [
        wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD, ctypes.POINTER(wintypes.DWORD),
    ]  # fmt: skip
    advapi.ConvertSidToStringSidW.argtypes = [ctypes.c_void_p, ctypes.POINTER(wintypes.LPWSTR)]
    token, size = wintypes.HANDLE(), wintypes.DWORD()
    if not advapi.OpenProcessToken(kernel.GetCurrentProcess(), TOKEN_QUERY, ctypes.byref(token)):
        raise ctypes.WinError(ctypes.get_last_error())
    try:
        advapi.GetTokenInformation(token, TOKEN_USER, None, 0, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        if not advapi.GetTokenInformation(token, TOKEN_USER, buffer, size, ctypes.byref(size)):
            raise ctypes.WinError(ctypes.get_last_error())
        sid = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_void_p))[0]  # SID_AND_ATTRIBUTES begins with it
        text = wintypes.LPWSTR()
        if not advapi.ConvertSidToStringSidW(sid, ctypes.byref(text)):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            return text.value or ""
        finally:
            kernel.LocalFree(text)
    finally:
        kernel.CloseHandle(token)


def display_name() -> str:
    size = wintypes.ULONG(256)
    buffer = ctypes.create_unicode_buffer(size.value)
    if not ctypes.WinDLL("secur32").GetUserNameExW(NAME_DISPLAY, buffer, ctypes.byref(size)):
        return ""
    return buffer.value


def _system() -> tuple[str, str]:
    path = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    build = _registry(path, "CurrentBuild") or str(sys.getwindowsversion().build)
    name = _registry(path, "ProductName").removeprefix("Microsoft ") or "Windows"
    if build.isdigit() and int(build) >= WINDOWS_11:
        name = name.replace("Windows 10", "Windows 11")  # the registry of Windows 11 still says 10
    release = _registry(path, "DisplayVersion") or _registry(path, "ReleaseId")
    return name, f"{release} ({build})".strip()


def this_machine() -> Machine:
    name, version = _system()
    return Machine(
        id=machine_id(),
        name=computer_name(),
        os_name=name,
        os_version=version,
        kind=KINDS.get(sys.getwindowsversion().product_type, "other"),
        sid=user_sid(),
        user_name=os.environ.get("USERNAME", "user"),
        display_name=display_name(),
    )
