"""What an answer may hold or miss without ending the thread that keeps this profile online."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tray.fakes import MACHINE, FakeDesk, MemoryStore
from tray_agent.api import ApiError, Offline
from tray_agent.engine import Engine
from tray_agent.model import TicketDraft
from tray_agent.outbox import Outbox

Question = Callable[[Engine, Callable[[str, str], None]], None]


def wait_for(found: Callable[[], bool], what: str, seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, f"no {what}"
        time.sleep(0.01)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def engine(desk: FakeDesk, tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(
        desk=lambda _: desk, store=MemoryStore(), machine=MACHINE, outbox=Outbox(tmp_path / "outbox.db")
    )
    yield engine
    engine.stop()


def beats_on(desk: FakeDesk) -> None:
    before = desk.calls.count("heartbeat")
    wait_for(lambda: desk.calls.count("heartbeat") > before + 1, "further heartbeat")


def test_the_network_may_go_between_a_wrong_token_and_reading_the_tries_left(
    engine: Engine, desk: FakeDesk
) -> None:
    engine.start()
    wait_for(lambda: "me" in desk.calls, "reading of me")
    desk.troubles = {
        "confirm": [ApiError(422, {"code": "wrong-token", "detail": "No."})],
        "me": [Offline("gone")],
    }
    answers: list[tuple[str, str]] = []
    engine.confirm("AAAA-BBBB", lambda code, sentence: answers.append((code, sentence)))
    wait_for(lambda: bool(answers), "answer to the window")
    assert answers == [("wrong-token", "No.")]
    beats_on(desk)


@pytest.mark.parametrize(
    "answer", [{}, {"results": None}, {"results": [{"number": 1}]}, {"results": [{"updated_at": "x"}]}]
)
def test_a_strange_list_of_tickets_is_a_sentence(
    engine: Engine, desk: FakeDesk, answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "tickets", lambda: answer)
    engine.start()
    said: list[str] = []
    engine.my_tickets(lambda _rows, sentence: said.append(sentence))
    wait_for(lambda: bool(said), "answer to the window")
    assert said[0].startswith("The desk gave an answer")
    beats_on(desk)


@pytest.mark.parametrize("seconds", ["soon", [], -5, 0, 1e300, float("nan")])
def test_a_strange_interval_neither_ends_nor_storms(
    engine: Engine, desk: FakeDesk, seconds: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[float] = []

    def heartbeat(*, signed_in: bool = True) -> dict[str, Any]:
        calls.append(time.monotonic())
        return {"state": "verified", "me_version": "v2", "heartbeat_seconds": seconds}

    monkeypatch.setattr(desk, "heartbeat", heartbeat)
    engine.start()
    said: list[str] = []
    engine.confirm("AAAA", lambda code, _sentence: said.append(code))
    wait_for(lambda: bool(said), "answer to the window")
    time.sleep(0.1)  # a storm would make hundreds
    assert 1 <= len(calls) <= 3


def test_a_full_disk_when_the_network_comes_back_ends_no_report(
    engine: Engine, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_outbox: Outbox) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Outbox, "hurry", full)
    monkeypatch.setattr("tray_agent.engine.FIRST_WAIT", 0.01)
    desk.troubles = {"heartbeat": [Offline("gone")]}
    engine.start()
    wait_for(lambda: engine.me.may_open_tickets, "reading of me")
    beats_on(desk)


def test_whatever_a_report_or_a_question_dies_of_the_next_one_comes(
    engine: Engine, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tray_agent.engine.FIRST_WAIT", 0.001)
    desk.troubles = {"heartbeat": [RuntimeError("a")], "confirm": [RuntimeError("b")]}  # type: ignore[list-item]
    engine.start()
    beats_on(desk)
    said: list[str] = []
    engine.confirm("AAAA", lambda code, _sentence: said.append(code))
    wait_for(lambda: bool(said), "answer to the window")
    assert said == ["strange-answer"]
    beats_on(desk)


def test_a_proxy_that_answers_for_a_desk_that_starts_again_costs_no_minutes(
    engine: Engine, desk: FakeDesk
) -> None:
    desk.troubles["heartbeat"] = [ApiError(502, {}) for _ in range(12)]
    desk.troubles["heartbeat"].append(ApiError(503, {"retry_after_seconds": 90}))
    waits = [engine._one_beat(desk) for _ in range(13)]
    assert max(waits[:12]) <= 30
    assert waits[12] == 90


def test_later_means_later_also_when_the_network_comes_back(desk: FakeDesk, tmp_path: Path) -> None:
    now = [1000.0]
    outbox = Outbox(tmp_path / "outbox.db")
    engine = Engine(
        desk=lambda _: desk, store=MemoryStore(), machine=MACHINE, outbox=outbox, clock=lambda: now[0]
    )
    desk.troubles = {"open_ticket": [ApiError(429, {"code": "too-many", "retry_after_seconds": 600})]}
    engine.submit(TicketDraft("Slow down"))
    engine.send_once()
    outbox.hurry()
    now[0] += 599
    engine.send_once()
    assert desk.calls.count("open_ticket") == 1
    now[0] += 700
    engine.send_once()
    assert desk.calls.count("open_ticket") == 2
    assert outbox.counts() == (0, 0)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (30, 30),
        ("30", 30),
        (-1, 0),
        ("soon", 0),
        (None, 0),
        (float("nan"), 0),
        (float("inf"), 86_400),
        ([], 0),
    ],
)
def test_a_strange_wait_is_never_for_ever(asked: object, seconds: float) -> None:
    assert ApiError(429, {"code": "too-many", "retry_after_seconds": asked}).retry_after == seconds
