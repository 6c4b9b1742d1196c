"""What strangers and bad agents try on the live connection of tray agents."""

import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.server.agent_line import PATH, VERSION, RawLine, end_of, heard, line_of
from tests.server.desk import Desk

Profile = dict[str, Any]
UPGRADE = {
    **VERSION,
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Version": "13",
}


@pytest.fixture
def profile(desk: Desk) -> Profile:
    return new_profile(desk)


def new_profile(desk: Desk) -> Profile:
    answer: Profile = desk.post("/probe/profile/", {"state": "enabled"}).json()
    return answer


def refused(desk: Desk, credential: str, **headers: str) -> int:
    with pytest.raises(InvalidStatus) as refusal, line_of(desk, credential, **headers):
        pass
    return refusal.value.response.status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a16_a_foreign_page_opens_no_line(desk: Desk, profile: Profile, headers: dict[str, str]) -> None:
    assert refused(desk, profile["credential"], **headers) == 403


def test_a16_a_browser_without_a_credential_opens_no_line_either(desk: Desk) -> None:
    ada = desk.sign_in("ada.ws@deskbell.example")
    cookies = "; ".join(f"{name}={value}" for name, value in ada.cookies.items())
    assert refused(desk, "", Origin=desk.url, Cookie=cookies) == 401


def test_a17_a_credential_in_the_address_counts_for_nothing(desk: Desk, profile: Profile) -> None:
    secret = profile["credential"]
    for query in (f"?credential={secret}", f"?access_token={secret}", f"?Authorization=Agent%20{secret}"):
        assert desk.get(PATH + query, headers=UPGRADE).status_code == 401


def test_a29_strangers_get_no_line_and_guessing_is_throttled(desk: Desk) -> None:
    """A20, too: the address is the one that the trusted proxy saw."""
    crowd = {"X-Forwarded-For": "6.6.6.6, 203.0.113.77"}
    codes = [refused(desk, f"dba_{number:043d}", **crowd) for number in range(41)]
    assert (codes[0], codes[-1]) == (401, 429)


@pytest.mark.parametrize(
    ("method", "query", "more"),
    [("POST", "", "Content-Length: 2\r\n\r\nhi"), ("GET", "?x=" + "a" * 9000, "\r\n")],
)
def test_a25_an_upgrade_that_is_none_is_answered_and_ended(
    desk: Desk, method: str, query: str, more: str
) -> None:
    """Else strangers hold as many connections as they like, and say nothing more."""
    head = "".join(f"{name}: {value}\r\n" for name, value in UPGRADE.items())
    with socket.create_connection(("127.0.0.1", desk.port), timeout=10) as line:
        line.sendall(f"{method} {PATH}{query} HTTP/1.1\r\nHost: desk\r\n{head}{more}".encode())
        heard = b""
        while part := line.recv(1000):
            heard += part
    assert heard.startswith(b"HTTP/1.1 400 ")


def test_a25_a_message_is_small(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        line.send("x" * (16 * 1024 + 1))
        assert end_of(line) == 1009


def test_a25_a_frame_that_announces_a_gigabyte_is_not_waited_for(desk: Desk, profile: Profile) -> None:
    with RawLine(desk, profile["credential"]) as line:
        line.send(b"x", length=2**30)
        assert line.is_cut()


@pytest.mark.parametrize("part", [b"", b"x" * 1000])
def test_a25_fragments_without_end_are_cut(desk: Desk, profile: Profile, part: bytes) -> None:
    with RawLine(desk, profile["credential"]) as line:
        line.send(part, is_last=False)
        with suppress(ConnectionError):  # it may be cut before the last of them
            for _ in range(40):
                line.send(part, opcode=0, is_last=False)
        assert line.is_cut()


def test_a_message_in_a_few_fragments_is_one(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        line.send(['{"t":', ' "bye"', "}"])
        assert end_of(line) == 1000


def test_a25_a_flood_of_messages_is_cut(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        with suppress(ConnectionClosed):  # it may be cut before the last of them
            for _ in range(40):
                line.send('{"t": "nothing"}')
        assert end_of(line) == 4429


def test_a25_who_talks_before_being_let_in_is_not_listened_to(desk: Desk) -> None:
    early = b"\x81\xfe\x10\x00" + bytes(4) + b"x" * 4096
    with RawLine(desk, "dba_" + "A" * 43, sent_early=early * 20) as line:
        assert line.status in (401, 429)
        assert line.is_cut()


def test_a25_an_agent_that_never_reads_is_cut_and_nobody_else_notices(desk: Desk) -> None:
    lazy, good = new_profile(desk), new_profile(desk)
    with RawLine(desk, lazy["credential"], small=True) as line, line_of(desk, good["credential"]) as other:
        heard(other)
        before = psutil.Process(desk.process.pid).memory_info().rss
        wish = {"to": [lazy["ref"]], "kind": "x", "fields": {"pad": "y" * 8000}, "times": 2000}
        desk.post("/probe/tell/", wish)
        desk.post("/probe/tell/", {"to": [good["ref"]], "kind": "x", "fields": {"n": 1}})
        assert heard(other)["n"] == 1
        assert psutil.Process(desk.process.pid).memory_info().rss - before < 40 * 2**20
        assert line.is_cut()


def test_a25_pings_whose_answers_nobody_reads_end_the_connection(desk: Desk, profile: Profile) -> None:
    ping = b"\x89\xfd" + bytes(4) + b"p" * 125
    line = RawLine(desk, profile["credential"], small=True)
    with line, pytest.raises(OSError, match=r"reset|[Bb]roken"):
        line.socket.sendall(ping * 500_000)


def test_a25_who_comes_again_and_again_is_sent_away_for_a_while(desk: Desk, profile: Profile) -> None:
    def come() -> int:
        with line_of(desk, profile["credential"]) as line:
            return 101 if heard(line) else 0

    with pytest.raises(InvalidStatus) as refusal:
        assert [come() for _ in range(42)] == []
    assert refusal.value.response.status_code == 429


@pytest.mark.slow
def test_a25_who_answers_no_ping_is_gone_and_who_does_stays(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk(PROBE_PING_SECONDS="1")
    deaf, good = new_profile(desk), new_profile(desk)
    with RawLine(desk, deaf["credential"]) as line, line_of(desk, good["credential"]) as other:
        heard(other)
        assert line.is_cut()
        desk.post("/probe/tell/", {"to": [good["ref"]], "kind": "x", "fields": {"n": 1}})
        assert heard(other)["n"] == 1


@pytest.mark.slow
def test_a25_idle_connections_are_bounded_by_address_and_in_all(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk(AGENT_CONNECTIONS="25", AGENT_CONNECTIONS_PER_ADDRESS="10", TRUSTED_PROXIES="127.0.0.1")
    profiles = [new_profile(desk) for _ in range(26)]

    def place(number: int) -> dict[str, str]:
        return {"X-Forwarded-For": f"203.0.113.{number // 10}"}

    with ExitStack() as held:
        for number, each in enumerate(profiles[:10]):
            held.enter_context(line_of(desk, each["credential"], **place(number)))
        assert refused(desk, profiles[10]["credential"], **place(9)) == 429
        for number, each in enumerate(profiles[10:25], start=10):
            held.enter_context(line_of(desk, each["credential"], **place(number)))
        assert refused(desk, profiles[25]["credential"], **place(99)) == 503
        beat = {"Authorization": f"Agent {profiles[25]['credential']}", **VERSION}
        assert desk.post("/api/agent/v1/heartbeat", {}, headers=beat).status_code == 200
        assert desk.get("/probe/jobs/left/").status_code == 200
    with line_of(desk, profiles[25]["credential"], **place(9)) as line:
        assert heard(line)["t"] == "hello"
