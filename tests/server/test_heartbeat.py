"""The thin door for heartbeats: the running desk, then its cache and throttle with a clock of their own."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from requests import Response

from helpdesk.core.events import Event, hub
from helpdesk.server.credentials import Credentials, Owner, TooManyStrangers
from helpdesk.server.presence import Presence, Seen
from tests.server.desk import Desk, until

PATH = "/api/agent/v1/heartbeat"
HEADERS = {"Deskbell-Agent-Version": "0.1.0"}


@pytest.fixture
def profile(desk: Desk) -> dict[str, Any]:
    answer: dict[str, Any] = desk.post("/probe/profile/", {"state": "enabled"}).json()
    return answer


def beat(desk: Desk, credential: str, fields: object = None, **headers: str) -> Response:
    given = {"Authorization": f"Agent {credential}", **HEADERS, **headers}
    return desk.post(PATH, fields if fields is not None else {"signed_in": True}, headers=given)


def test_a_heartbeat_tells_the_state_and_how_often_to_come_back(desk: Desk, profile: dict[str, Any]) -> None:
    answer = beat(desk, profile["credential"])
    assert answer.status_code == 200
    assert set(answer.json()) == {"state", "me_version", "heartbeat_seconds", "minimum_version"}
    assert (answer.json()["state"], answer.json()["heartbeat_seconds"]) == ("enabled", 30)


def test_presence_is_in_the_database_within_a_few_seconds(desk: Desk, profile: dict[str, Any]) -> None:
    beat(desk, profile["credential"])
    path = f"/probe/profile/{profile['id']}/"
    until(lambda: desk.get(path).json()["last_seen_at"] is not None, "the presence", 4)
    assert desk.get(path).json()["signed_out_at"] is None


def test_a_sign_out_is_remembered(desk: Desk, profile: dict[str, Any]) -> None:
    beat(desk, profile["credential"], {"signed_in": False})
    path = f"/probe/profile/{profile['id']}/"
    until(lambda: desk.get(path).json()["signed_out_at"] is not None, "the sign-out", 4)


def test_a_change_by_a_technician_shows_in_the_very_next_heartbeat(
    desk: Desk, profile: dict[str, Any]
) -> None:
    before = beat(desk, profile["credential"]).json()
    desk.post(f"/probe/profile/{profile['id']}/", {"state": "disabled"})
    after = beat(desk, profile["credential"]).json()
    assert after["state"] == "disabled"
    assert after["me_version"] != before["me_version"]


def test_a_credential_that_was_taken_away_is_refused_at_once(desk: Desk, profile: dict[str, Any]) -> None:
    """A30: a reset profile does not go on by what the front remembers."""
    assert beat(desk, profile["credential"]).status_code == 200
    desk.post(f"/probe/profile/{profile['id']}/", {"credential_hash": None})
    assert beat(desk, profile["credential"]).status_code == 401


def test_an_unknown_credential_gets_a_problem(desk: Desk) -> None:
    answer = beat(desk, "dba_" + "A" * 43)
    assert (answer.status_code, answer.json()["code"]) == (401, "credential-unknown")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["", "Bearer x", "Agent", "Agent ", "Agent \xff", "agent dba_x"])
def test_a_strange_authorization_is_an_unknown_credential(desk: Desk, header: str) -> None:
    answer = desk.post(
        PATH, {}, headers={"Authorization": header, "X-Forwarded-For": f"198.51.100.{len(header)}"}
    )
    assert answer.status_code == 401


def test_guessing_credentials_is_throttled_by_address_but_known_agents_go_on(
    desk: Desk, profile: dict[str, Any]
) -> None:
    """A20, A29: the address is the one that the trusted proxy saw."""
    crowd = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
    assert beat(desk, profile["credential"], **crowd).status_code == 200
    codes = [beat(desk, f"dba_{n:043d}", **crowd).status_code for n in range(41)]
    assert set(codes) == {401, 429}
    late = beat(desk, "dba_" + "Z" * 43, **{"X-Forwarded-For": "7.7.7.7, 203.0.113.9"})
    assert (late.status_code, late.json()["code"]) in ((429, "too-many"), (401, "credential-unknown"))
    assert beat(desk, profile["credential"], **crowd).status_code == 200


@pytest.mark.parametrize("version", ["0.0.9", "0", "new", "-1"])
def test_an_agent_older_than_the_minimum_is_told_where_the_new_one_is(
    desk: Desk, profile: dict[str, Any], version: str
) -> None:
    answer = beat(desk, profile["credential"], **{"Deskbell-Agent-Version": version})
    assert (answer.status_code, answer.json()["code"]) == (426, "agent-too-old")
    assert answer.json()["minimum_version"] == "0.1.0"
    assert answer.json()["download_url"].startswith(desk.url)


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"signed_in": "yes"}', b"[" * 3000, b" " * 10_000])
def test_a_malformed_heartbeat_is_told_how_one_looks(
    desk: Desk, profile: dict[str, Any], body: bytes
) -> None:
    headers = {"Authorization": f"Agent {profile['credential']}", **HEADERS}
    answer = desk.post(PATH, headers=headers, data=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_heartbeat_is_sent_with_post(desk: Desk) -> None:
    assert desk.get(PATH).status_code == 405


def test_an_agent_that_does_not_say_its_version_is_new_enough(desk: Desk, profile: dict[str, Any]) -> None:
    answer = desk.post(PATH, {}, headers={"Authorization": f"Agent {profile['credential']}"})
    assert answer.status_code == 200


class Book:
    """A look-up that counts, and a clock that a test turns."""

    def __init__(self) -> None:
        self.owners = {"dba_ada": Owner(1, "ref-ada", "verified", "v1")}
        self.asked: list[str] = []
        self.time = 1000.0
        self.credentials = Credentials(self.look_up, lambda: self.time)

    async def look_up(self, credential: str) -> Owner | None:
        self.asked.append(credential)
        return self.owners.get(credential)

    def ask(self, credential: str, address: str = "192.0.2.1") -> Owner | None:
        return asyncio.run(self.credentials.owner_of(credential, lambda: address))


@pytest.fixture
def book() -> Book:
    return Book()


def test_a_known_agent_costs_one_look_up_in_fifteen_seconds(book: Book) -> None:
    assert [book.ask("dba_ada") for _ in range(3)] == [book.owners["dba_ada"]] * 3
    assert book.asked == ["dba_ada"]
    book.time += 14.9
    book.ask("dba_ada")
    assert len(book.asked) == 1
    book.time += 0.2
    book.ask("dba_ada")
    assert len(book.asked) == 2


def test_an_event_about_the_profile_makes_the_door_look_again(book: Book) -> None:
    book.ask("dba_ada")
    book.credentials.forget(Event(1, "profile", "ref-bob"))
    book.ask("dba_ada")
    assert len(book.asked) == 1
    book.credentials.forget(Event(2, "profile", "ref-ada"))
    book.ask("dba_ada")
    assert len(book.asked) == 2


def test_what_changed_during_the_look_up_is_not_remembered(book: Book) -> None:
    plain = book.look_up

    async def slow(credential: str) -> Owner | None:
        owner = await plain(credential)
        hub.put("profile", "ref-ada")
        return owner

    book.credentials.look_up = slow
    book.ask("dba_ada")
    book.credentials.look_up = plain
    book.ask("dba_ada")
    assert len(book.asked) == 2


def test_the_twenty_first_guess_in_a_minute_does_not_reach_the_database(book: Book) -> None:
    book.time = 1200.0
    for number in range(20):
        assert book.ask(f"dba_{number}") is None
    with pytest.raises(TooManyStrangers) as refusal:
        book.ask("dba_20")
    assert refusal.value.retry_after_seconds == 60
    assert len(book.asked) == 20
    assert book.ask("dba_21", "192.0.2.2") is None
    book.time += 60
    assert book.ask("dba_20") is None


def test_one_wrong_agent_that_repeats_itself_is_throttled_too(book: Book) -> None:
    book.time = 1200.0
    for _ in range(20):
        assert book.ask("dba_old") is None
    with pytest.raises(TooManyStrangers):
        book.ask("dba_old")
    assert len(book.asked) == 1


def test_an_agent_that_was_known_passes_a_closed_throttle(book: Book) -> None:
    book.time = 1200.0
    book.ask("dba_ada")
    for number in range(20):
        book.ask(f"dba_{number}")
    book.time += 20
    assert book.ask("dba_ada") is not None


def test_presence_that_could_not_be_written_is_kept_for_the_next_time() -> None:
    written: list[Seen] = []
    at = datetime(2026, 11, 22, 10, tzinfo=UTC)

    class FullDisk:
        async def record(self, seen: Seen) -> None:
            if not written:
                written.append({})
                raise OSError("disk full")
            written.append(seen)

        async def keep(self, profile_ids: Sequence[int]) -> None:
            raise AssertionError("nobody is connected")

        async def depart(self, left: Mapping[int, datetime]) -> None:
            raise AssertionError("nobody left")

    async def run() -> None:
        presence = Presence(FullDisk())
        presence.note(1, at, signed_in=True)
        await presence.flush()
        presence.note(2, at, signed_in=False)
        await presence.close()
        await presence.flush()

    asyncio.run(run())
    assert written[1:] == [{1: (at, True), 2: (at, False)}]
