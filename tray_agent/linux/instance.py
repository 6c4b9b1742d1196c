"""One agent per user and data folder: a lock file, and a socket that takes a second start's wish."""

import contextlib
import fcntl
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path


class SingleInstance:
    def __init__(self, folder: Path) -> None:
        self._lock_path, self._socket_path = folder / "agent.lock", folder / "agent.sock"
        self._lock: int | None = None
        self._socket: socket.socket | None = None

    def claim(self, on_command: Callable[[str], None]) -> bool:
        """True if we are the first; the lock dies with the process, also by kill."""
        self._lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            self._lock = None
            return False
        self._socket_path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._socket_path))
        self._socket_path.chmod(0o600)
        threading.Thread(target=self._listen, args=(on_command,), name="instance", daemon=True).start()
        return True

    def _listen(self, on_command: Callable[[str], None]) -> None:
        with contextlib.suppress(OSError):
            while self._socket is not None:
                if command := self._socket.recv(64).decode("ascii", "replace"):
                    on_command(command)

    def tell(self, command: str) -> bool:
        """Hand a wish to the running agent; False if none hears it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            try:
                out.sendto(command.encode("ascii"), str(self._socket_path))
            except OSError:
                return False
        return True

    def release(self) -> None:
        self._socket_path.unlink(missing_ok=True)
        if self._socket is not None:
            self._socket.close()
        if self._lock is not None:
            os.close(self._lock)
