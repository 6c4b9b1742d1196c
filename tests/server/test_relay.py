"""The same words in one process and in two over Redis: who changes something and who holds the connection."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from helpdesk.core.bus import TORN, Bus
from helpdesk.server.relay import Relay
from tests.hosts.process import free_port
from tests.hosts.redis import PROGRAM, RedisServer
from tests.server.agent_line import heard, line_of
from tests.server.desk import Desk, Stream, until

pytestmark = pytest.mark.slow
needs_redis = pytest.mark.skipif(PROGRAM is None, reason="needs redis-server (scripts/debian redis-server)")
Pair = tuple[Desk, Desk]


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture(params=["one process", pytest.param("two over Redis", marks=needs_redis)])
def pair(request: pytest.FixtureRequest, new_desk: Callable[..., Desk]) -> Iterator[Pair]:
    """(where people work, where agents and pages are connected)"""
    if request.param == "one process":
        desk = new_desk()
        yield desk, desk
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    shape = {"EMBEDDED": "0", "REDIS_URL": server.url}
    first = new_desk(**shape)
    second = Desk(first.data, **shape)
    yield first, second
    second.hang_up()
    second.process.stop()


def new_profile(desk: Desk) -> dict[str, Any]:
    answer: dict[str, Any] = desk.post("/probe/profile/", {"state": "enabled"}).json()
    return answer


def test_agents_and_pages_hear_what_happens_elsewhere(pair: Pair) -> None:
    there, here = pair
    profile = new_profile(there)
    page = here.sign_in("ada@deskbell.example").listen()
    with line_of(here, profile["credential"]) as line:
        heard(line)
        there.post(f"/probe/profile/{profile['id']}/", {"state": "off"})
        assert (heard(line)["t"], heard_states(page)) == ("me", [("profile", profile["ref"])])
        there.post("/probe/tell/", {"ref": profile["ref"], "topic": "queue", "on": True})
        there.post("/probe/tell/", {"topic": "queue", "kind": "x", "fields": {"n": 7}})
        assert heard(line)["n"] == 7
        there.post("/probe/tell/", {"to": [profile["ref"]], "kind": "x", "fields": {"n": 8}})
        assert heard(line)["n"] == 8


def heard_states(page: Stream) -> list[tuple[str, str]]:
    until(lambda: any(name == "profile" for name, _ in page.events), "the page")
    return [event for event in page.events if event[0] == "profile"]


@needs_redis
def test_redis_killed_and_back_costs_a_look_anew_and_nothing_else(
    redis_server: RedisServer, new_desk: Callable[..., Desk]
) -> None:
    shape = {"EMBEDDED": "0", "REDIS_URL": redis_server.url}
    here = new_desk(**shape)
    there = Desk(here.data, **shape)
    try:
        profile = new_profile(there)
        page = here.sign_in("ada@deskbell.example").listen()
        with line_of(here, profile["credential"]) as line:
            heard(line)
            redis_server.kill()
            there.post(f"/probe/profile/{profile['id']}/", {"state": "off"}).raise_for_status()
            redis_server.start()
            assert heard(line)["state"] == "off"
            until(lambda: ("resync", "") in page.events, "the page to start over")
    finally:
        there.hang_up()
        there.process.stop()


class Ears:
    def __init__(self, url: str) -> None:
        self.bus, self.heard = Bus(), []  # type: tuple[Bus, list[tuple[str, Any]]]
        self.relay = Relay(url, self.bus)
        self.bus.use(self.relay.carry)
        for kind in ("word", TORN):
            self.bus.listen(kind, lambda body, kind=kind: self.heard.append((kind, body)))  # type: ignore[misc]


def test_without_redis_a_process_hears_itself_and_does_not_wait_long() -> None:
    ears = Ears(f"redis://127.0.0.1:{free_port()}/0")
    began = time.monotonic()
    for number in range(200):
        ears.bus.say("word", {"n": number})
    assert [body["n"] for _, body in ears.heard] == list(range(200))
    assert time.monotonic() - began < 10


@needs_redis
def test_who_could_not_speak_says_first_that_the_wire_was_torn(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.server.relay.AWAY_SECONDS", 0)
    speaker, listener = Ears(redis_server.url), Ears(redis_server.url)
    listener.relay.start()
    redis_server.kill()
    speaker.bus.say("word", {"n": 1})
    redis_server.start()
    until(lambda: (TORN, {}) in listener.heard, "the subscription to be back", 20)
    listener.heard.clear()
    speaker.bus.say("word", {"n": 2})
    until(lambda: len(listener.heard) > 1, "both", 20)
    assert listener.heard == [(TORN, {}), ("word", {"n": 2})]
    for odd in ("nonsense", "5", "[[], {}]"):
        listener.relay._redis.publish(listener.relay.channel, odd)
    speaker.bus.say("word", {"n": 3})
    until(lambda: len(listener.heard) > 2, "the third", 20)
    listener.relay.stop()
