"""Agents and a real desk: states arrive at once, and nobody has to do anything when the desk is killed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.process import wait_for
from tests.server.desk import Desk
from tests.tray.fakes import MACHINE, MemoryStore
from tray_agent.api import Api
from tray_agent.engine import Engine
from tray_agent.line import WebSocketLine
from tray_agent.outbox import Outbox

pytestmark = pytest.mark.servers
Agent = tuple[Engine, dict[str, Any]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Its heartbeats are so seldom that what is quick came over the live connection."""
    desk = Desk(tmp_path_factory.mktemp("desk"), AGENT_HEARTBEAT_SECONDS="60", AGENT_GRACE_SECONDS="1")
    yield desk
    desk.process.stop()


@pytest.fixture
def agent(desk: Desk, tmp_path: Path) -> Iterator[Callable[[], Agent]]:
    engines: list[Engine] = []

    def start() -> Agent:
        profile = desk.post("/probe/profile/", {"state": "enabled"}).json()
        engine = Engine(
            desk=lambda credential: Api(desk.url, credential),
            line=lambda credential: WebSocketLine(desk.url, credential),
            store=MemoryStore(profile["credential"]),
            machine=MACHINE,
            outbox=Outbox(tmp_path / f"{len(engines)}.db"),
        )
        engines.append(engine)
        engine.start()
        wait_for(lambda: is_live(engine), "the live connection")
        return engine, profile

    yield start
    for engine in engines:
        engine.stop()


def is_live(engine: Engine) -> bool:
    return engine._live is not None and engine._live.is_open


def change(desk: Desk, profile: dict[str, Any], **fields: Any) -> None:
    desk.post(f"/probe/profile/{profile['id']}/", fields).raise_for_status()


def test_a_state_reaches_the_agent_at_once(desk: Desk, agent: Callable[[], Agent]) -> None:
    engine, profile = agent()
    for state in ("off", "waiting_for_token", "enabled"):
        change(desk, profile, state=state)
        wait_for(lambda state=state: engine.me.state == state, state, 20)  # type: ignore[misc]


def test_who_is_switched_off_hears_it_at_once_and_is_back_by_a_heartbeat(
    desk: Desk, agent: Callable[[], Agent], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, profile = agent()
    change(desk, profile, state="disabled")
    wait_for(lambda: engine.me.state == "disabled" and not is_live(engine), "the end", 20)
    change(desk, profile, state="enabled")
    engine._asks.put(lambda _desk: setattr(engine, "_beat_at", 0))  # its next heartbeat is a minute away
    wait_for(lambda: engine.me.state == "enabled" and is_live(engine), "the agent to be back", 20)


def test_an_agent_that_ends_is_signed_out(desk: Desk, agent: Callable[[], Agent]) -> None:
    engine, profile = agent()
    engine.stop()
    path = f"/probe/profile/{profile['id']}/"
    wait_for(lambda: desk.get(path).json()["signed_out_at"], "the sign-out")
    wait_for(lambda: not desk.get(path).json()["is_online"], "offline after the grace")


@pytest.mark.slow
def test_after_kill_9_of_the_desk_all_agents_are_back_by_themselves(
    desk: Desk, agent: Callable[[], Agent]
) -> None:
    agents = [agent() for _ in range(5)]
    for _ in range(3):
        desk.process.kill()
        wait_for(lambda: not any(is_live(engine) for engine, _ in agents), "agents to notice")
        desk.start()
        wait_for(lambda: all(is_live(engine) for engine, _ in agents), "all agents to be back")
    for engine, profile in agents:
        change(desk, profile, state="off")
        wait_for(lambda engine=engine: engine.me.state == "off", "what was changed")  # type: ignore[misc]
        assert desk.get(f"/probe/profile/{profile['id']}/").json()["is_online"]
