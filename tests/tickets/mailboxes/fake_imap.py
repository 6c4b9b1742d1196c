"""A tiny IMAP server in a thread: signs in, chooses a folder, and says what a test wants it to say."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class FakeImap:
    def __init__(self) -> None:
        self.heard: list[str] = []
        self.password = "open sesame"
        self.answers: dict[str, str] = {}  # a command: the words of its refusal, "" to hang up
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _peer = self.listener.accept()
                with suppress(OSError, ValueError), line, line.makefile("rwb", buffering=0) as stream:
                    self._talk(stream)

    def _talk(self, stream: "socket.SocketIO") -> None:
        stream.write(b"* OK [CAPABILITY IMAP4rev1 IDLE] here\r\n")
        while raw := stream.readline():
            tag, command, *words = raw.decode(errors="replace").strip().split(" ")
            self.heard.append(" ".join([command, *words]))
            if command in self.answers:
                if not self.answers[command]:
                    return
                stream.write(f"{tag} NO {self.answers[command]}\r\n".encode())
            elif command == "LOGIN" and self.password not in " ".join(words):
                stream.write(f"{tag} NO [AUTHENTICATIONFAILED] Wrong password.\r\n".encode())
            elif command == "AUTHENTICATE":
                stream.write(b"+ \r\n")
                self.heard.append(stream.readline().decode().strip())
                stream.write(f"{tag} OK in\r\n".encode())
            else:
                stream.write(self._data(command) + f"{tag} OK done\r\n".encode())

    def _data(self, command: str) -> bytes:
        return {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
            "SELECT": b"* 12 EXISTS\r\n* OK [UIDVALIDITY 77] ok\r\n* OK [UIDNEXT 13] ok\r\n",
        }.get(command, b"")


@contextmanager
def fake_imap() -> Iterator[FakeImap]:
    server = FakeImap()
    try:
        yield server
    finally:
        server.listener.close()
