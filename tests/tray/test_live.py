"""The live connection as the agent's thread keeps it, with lines of the test's own."""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.process import wait_for
from tests.tray.fakes import MACHINE, FakeDesk, MemoryStore, refusal
from tray_agent import live
from tray_agent.api import ApiError, Offline
from tray_agent.engine import Engine
from tray_agent.line import WebSocketLine
from tray_agent.live import DISABLED, REPLACED, TOO_SLOW, Live, soon
from tray_agent.outbox import Outbox
from tray_agent.ports import Line, LineEnded

HELLO = {"t": "hello", "v": 1, "state": "verified", "me_version": "v2", "heartbeat_seconds": 0.02}


class FakeLine:
    """What the desk says is put in; an int ends it with that code."""

    def __init__(self, *said: dict[str, Any] | int) -> None:
        self.waiting: queue.SimpleQueue[dict[str, Any] | int] = queue.SimpleQueue()
        self.told: list[str] = []
        for each in said:
            self.waiting.put(each)

    def hear(self, seconds: float | None = None) -> dict[str, Any]:
        said = self.waiting.get()
        if isinstance(said, int):
            raise LineEnded(said)
        return said

    def say(self, kind: str) -> None:
        self.told.append(kind)

    def end(self) -> None:
        self.waiting.put(1006)


class Exchange:
    """Opens the lines that it holds, one after the other; troubles are raised."""

    def __init__(self, *lines: FakeLine | ApiError | Offline) -> None:
        self.lines, self.asked = list(lines), 0

    def __call__(self) -> Line:
        self.asked += 1
        found = self.lines.pop(0) if self.lines else Offline("none left")
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def keep() -> Iterator[Callable[[Exchange], Live]]:
    kept: list[Live] = []

    def start(exchange: Exchange) -> Live:
        kept.append(Live(exchange, heard=lambda said: None, lost=lambda code: None))
        kept[-1].start()
        return kept[-1]

    yield start
    for each in kept:
        each.stop()


Keep = Callable[[Exchange], Live]


def test_a_restart_of_the_desk_is_over_for_every_agent_within_five_seconds() -> None:
    assert max(soon(tries) for tries in range(live.PATIENT_AFTER) for _ in range(5)) < 4
    assert soon(10**6) <= 40


def test_agents_do_not_come_back_all_at_once() -> None:
    waits = [soon(5) for _ in range(200)]
    assert max(waits) > 1.8 * min(waits)


def test_it_connects_once_it_is_wanted_and_again_when_the_line_is_lost(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FIRST_WAIT", 0.001)
    last = FakeLine(HELLO)
    exchange = Exchange(Offline("starting"), FakeLine(HELLO, 1012), ApiError(502, {}), last)
    line = keep(exchange)
    assert exchange.asked == 0
    line.want(True)
    wait_for(lambda: exchange.asked == 4 and line.is_open, "the fourth try")
    assert line.stop()
    assert last.told == ["bye"]


@pytest.mark.parametrize(
    "trouble",
    [
        ApiError(400, {}),
        ApiError(404, {}),
        ApiError(200, {}),
        ApiError(501, {}),
        refusal(429, "no-room", retry_after_seconds=60),
        FakeLine(HELLO, REPLACED),
        FakeLine(HELLO, TOO_SLOW),
    ],
)
def test_who_is_sent_away_does_not_hurry(
    keep: Keep, monkeypatch: pytest.MonkeyPatch, trouble: ApiError | FakeLine
) -> None:
    waits: list[float] = []
    exchange = Exchange(trouble)
    kept = keep(exchange)

    def wait(seconds: float) -> None:
        waits.append(seconds)
        kept._ended.set()

    monkeypatch.setattr(kept._awake, "wait", wait)
    kept.want(True)
    wait_for(lambda: bool(waits), "the wait")
    assert waits[0] >= live.PATIENT_WAIT / 2


@pytest.mark.parametrize(
    "no", [refusal(401, "credential-unknown"), refusal(403, "profile-disabled"), FakeLine(HELLO, DISABLED)]
)
def test_who_is_switched_off_waits_until_a_heartbeat_knows_better(
    keep: Keep, no: ApiError | FakeLine
) -> None:
    exchange = Exchange(no, FakeLine(HELLO))
    line = keep(exchange)
    line.want(True)
    wait_for(lambda: not line._wanted.is_set(), "the pause")
    assert exchange.asked == 1
    line.want(True)
    wait_for(lambda: line.is_open, "the second line")


def test_lines_that_carry_nothing_are_tried_seldom(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_WAIT", 0.001)
    exchange = Exchange(*(FakeLine(1006) for _ in range(3)))
    line = keep(exchange)
    waits: list[float] = []
    real = line._awake.wait

    def wait(seconds: float) -> None:
        waits.append(seconds)
        real(min(seconds, 1))

    monkeypatch.setattr(line._awake, "wait", wait)
    line.want(True)
    wait_for(lambda: len(waits) == 3, "three tries")
    assert waits[2] >= live.SELDOM / 2 > max(waits[:2])


def test_who_is_greeted_and_cut_off_again_and_again_slows_down(
    keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_spread", lambda seconds: seconds)
    line = keep(Exchange(*(FakeLine(HELLO, 1006) for _ in range(5))))
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            monkeypatch.setattr(live, "SETTLED_SECONDS", 0)  # the fifth has lasted
        if len(waits) == 5:
            line._ended.set()

    monkeypatch.setattr(line._awake, "wait", wait)
    line.want(True)
    wait_for(lambda: len(waits) == 5, "five lines")
    assert waits == [0.5, 1, 2, 3, 0.5]


# --- with the engine ---
@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def engine(desk: FakeDesk, tmp_path: Path) -> Iterator[tuple[Engine, FakeLine]]:
    line = FakeLine(HELLO)
    made = Engine(
        desk=lambda _: desk,
        line=lambda _: Exchange(line)(),
        store=MemoryStore(),
        machine=MACHINE,
        outbox=Outbox(tmp_path / "outbox.db"),
    )
    yield made, line
    made.stop()


def test_while_the_line_is_open_no_heartbeat_is_sent_and_changes_are_heard_at_once(
    engine: tuple[Engine, FakeLine], desk: FakeDesk
) -> None:
    agent, line = engine
    agent.start()
    assert agent._live is not None
    wait_for(lambda: agent._live and agent._live.is_open, "the line")
    before = desk.calls.count("heartbeat")
    for state in ("enabled", "verified", "waiting_for_token"):
        desk.me_answer = {"state": state, "me_version": state}
        line.waiting.put({"t": "me", "state": state, "me_version": state})
        wait_for(lambda state=state: agent.me.state == state, state)  # type: ignore[misc]
    assert desk.calls.count("heartbeat") <= before + 1
    line.waiting.put({"t": "something newer"})
    agent.stop()
    assert line.told == ["bye"]
    assert "signed out" not in desk.calls


def test_a_lost_line_is_followed_by_heartbeats(
    engine: tuple[Engine, FakeLine], desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tray_agent.engine.LINE_GRACE", 0.01)
    agent, line = engine
    agent.start()
    wait_for(lambda: agent._live and agent._live.is_open, "the line")
    before = desk.calls.count("heartbeat")
    line.waiting.put(1006)
    wait_for(lambda: desk.calls.count("heartbeat") > before + 1, "heartbeats")
    agent.stop()
    assert "signed out" in desk.calls


@pytest.mark.parametrize("trouble", [Offline("gone"), RuntimeError("odd")])
def test_what_cannot_be_read_now_is_found_out_by_heartbeats_beside_the_line(
    engine: tuple[Engine, FakeLine], desk: FakeDesk, trouble: Offline
) -> None:
    agent, line = engine
    agent.start()
    wait_for(lambda: agent._live and agent._live.is_open, "the line")
    desk.troubles["me"] = [trouble, Offline("gone")]
    desk.me_answer = {"state": "enabled", "me_version": "v3"}
    line.waiting.put({"t": "me", "state": "enabled", "me_version": "v3"})
    wait_for(lambda: agent.me.version == "v3", "the state")
    before = desk.calls.count("heartbeat")
    threading.Event().wait(0.2)
    assert desk.calls.count("heartbeat") <= before + 1


# --- the WebSocket itself ---
@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says this to whoever asks, and hangs up; what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            caller, _address = listener.accept()
            with caller:
                asked.append(caller.recv(65536))
                caller.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        thread.join(5)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n{}", 400),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n", 400),
    ],
)
def test_who_knows_no_websockets_refuses(answer: bytes, status: int) -> None:
    with answering(answer) as (url, asked), pytest.raises(ApiError) as no:
        WebSocketLine(url, "dba_x")
    assert (no.value.status, no.value.extra) == (status, {})
    head = asked[0].decode()
    assert head.startswith("GET /api/agent/v1/live HTTP/1.1")
    assert "Authorization: Agent dba_x" in head
    assert "Origin" not in head


def test_a_refusal_of_the_desk_is_read() -> None:
    problem = b'{"code": "no-room"}'
    head = b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: %d\r\n\r\n" % len(problem)
    with answering(head + problem) as (url, _asked), pytest.raises(ApiError) as no:
        WebSocketLine(url, "dba_x")
    assert (no.value.code, no.value.retry_after) == ("no-room", 60)


def test_no_answer_is_offline() -> None:
    with answering(b"") as (url, _asked), pytest.raises(Offline):
        WebSocketLine(url, "dba_x")


def test_nobody_there_is_offline() -> None:
    with pytest.raises(Offline):
        WebSocketLine("http://127.0.0.1:1", "dba_x")


def test_threads_end_with_the_agent(engine: tuple[Engine, FakeLine]) -> None:
    agent, _line = engine
    agent.start()
    agent.stop()
    wait_for(lambda: all(thread.name != "live" for thread in threading.enumerate()) or None, "the end")
