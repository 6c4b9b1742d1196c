"""The network cable: a loopback forwarder that a test can cut, restore, or cut after the server's answer."""

import contextlib
import socket
import threading


class TcpCut:
    """Forwards every connection to ``port``.

    Cut: new connections are ended at once and running ones with them, as when a cable is pulled.
    ``lose_next_answer``: the next such request reaches the server whole, its answer never reaches the agent.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._lock = threading.Lock()
        self._connections: set[_Connection] = set()
        self._is_cut = False
        self._loses_answer_to = b""
        self.refused = 0
        self.lost_answers = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            running = list(self._connections)
        for connection in running:
            connection.end()

    def restore(self) -> None:
        with self._lock:
            self._is_cut = False

    def lose_next_answer(self, request: bytes) -> None:
        """Drop the first answer to a request that begins like ``request`` (b"POST /path"), then be whole."""
        with self._lock:
            self._loses_answer_to = request

    def close(self) -> None:
        # A thread that waits in accept() keeps the port: wake it first.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def dooms(self, data: bytes) -> bool:
        """Whether the answer to the request that begins with ``data`` is to be lost (once)."""
        with self._lock:
            if not self._loses_answer_to or not data.startswith(self._loses_answer_to):
                return False
            self._loses_answer_to = b""
            return True

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                is_cut = self._is_cut
                self.refused += is_cut
            try:
                far = None if is_cut else socket.create_connection(("127.0.0.1", self._target), 10)
            except OSError:
                far = None
            if far is None:
                near.close()
                continue
            far.settimeout(None)
            connection = _Connection(self, near, far)
            with self._lock:
                self._connections.add(connection)
            connection.start()

    def forget(self, connection: "_Connection") -> None:
        with self._lock:
            self._connections.discard(connection)


class _Connection:
    def __init__(self, cable: TcpCut, near: socket.socket, far: socket.socket) -> None:
        self._cable, self._near, self._far = cable, near, far
        self._is_doomed = threading.Event()

    def start(self) -> None:
        for job in (self._carry_requests, self._carry_answers):
            threading.Thread(target=job, daemon=True).start()

    def end(self) -> None:
        for side in (self._near, self._far):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
            side.close()
        self._cable.forget(self)

    def _carry_requests(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._near.recv(65536):
                if self._cable.dooms(data):
                    self._is_doomed.set()
                self._far.sendall(data)
            self._far.shutdown(socket.SHUT_WR)

    def _carry_answers(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._far.recv(65536):
                if self._is_doomed.is_set():  # the server has committed and answered; nobody will hear it
                    self._cable.lost_answers += 1
                    break
                self._near.sendall(data)
        self.end()
