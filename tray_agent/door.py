"""How a second start hands its wish to the first where there are no Unix sockets.

A loopback port that obeys only who knows the word in a file of this user.
"""

import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

Cipher = Callable[[bytes], bytes]
LONGEST = 256


class Door:
    def __init__(self, path: Path, *, seal: Cipher, unseal: Cipher) -> None:
        self._path, self._seal, self._unseal = path, seal, unseal
        self._socket: socket.socket | None = None

    def open(self, on_command: Callable[[str], None]) -> None:
        word = secrets.token_urlsafe(16)
        self._socket = socket.create_server(("127.0.0.1", 0))
        port = self._socket.getsockname()[1]
        part = self._path.with_suffix(".new")
        part.touch(mode=0o600)
        part.write_bytes(self._seal(json.dumps({"port": port, "word": word}).encode()))
        part.replace(self._path)
        threading.Thread(
            target=self._listen, args=(self._socket, word, on_command), name="door", daemon=True
        ).start()

    def _listen(self, door: socket.socket, word: str, on_command: Callable[[str], None]) -> None:
        while True:
            try:
                caller, _address = door.accept()
            except OSError:
                return  # closed
            with caller, suppress(OSError, ValueError):
                caller.settimeout(2)
                with caller.makefile("rb") as lines:
                    said, _, command = lines.readline(LONGEST).decode("ascii").strip().partition(" ")
                if hmac.compare_digest(said, word):
                    on_command(command)
                    caller.sendall(b"ok\n")

    def tell(self, command: str) -> bool:
        try:
            way = json.loads(self._unseal(self._path.read_bytes()))
            with socket.create_connection(("127.0.0.1", way["port"]), 2) as caller:
                caller.sendall(f"{way['word']} {command}\n".encode("ascii"))
                return caller.recv(8) == b"ok\n"
        except (OSError, ValueError, KeyError):
            return False

    def close(self) -> None:
        if self._socket is not None:
            self._path.unlink(missing_ok=True)
            self._socket.close()
