"""One agent per user and data folder: a lock file, and a socket that takes a second start's wish."""

import contextlib
import fcntl
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

SOCKET = "agent.sock"


class SingleInstance:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: int | None = None
        self._socket: socket.socket | None = None

    @contextlib.contextmanager
    def _address(self) -> Iterator[str]:
        """The socket's path by way of the open folder: a plain one may have 107 characters only."""
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{folder}/{SOCKET}"
        finally:
            os.close(folder)

    def claim(self, on_command: Callable[[str], None]) -> bool:
        """True if we are the first; the lock dies with the process, also by kill."""
        lock = os.open(self._folder / "agent.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return False
        self._lock, path = lock, self._folder / SOCKET
        path.unlink(missing_ok=True)
        self._socket = door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with self._address() as address:
            door.bind(address)
        path.chmod(0o600)
        threading.Thread(target=self._listen, args=(door, on_command), name="instance", daemon=True).start()
        return True

    def _listen(self, door: socket.socket, on_command: Callable[[str], None]) -> None:
        with contextlib.suppress(OSError):
            while command := door.recv(64).decode("ascii", "replace"):
                on_command(command)

    def tell(self, command: str) -> bool:
        """Hand a wish to the running agent; False if none hears it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out, self._address() as address:
            try:
                out.sendto(command.encode("ascii"), address)
            except OSError:
                return False
        return True

    def release(self) -> None:
        (self._folder / SOCKET).unlink(missing_ok=True)
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread
            self._socket.close()
        if self._lock is not None:
            os.close(self._lock)
