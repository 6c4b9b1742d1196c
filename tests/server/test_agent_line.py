"""The live connection of a tray agent with a running desk: it is the presence, and it hears at once."""

from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.server.agent_line import end_of, heard, line_of
from tests.server.desk import Desk, until

Profile = dict[str, Any]


def new_profile(desk: Desk, state: str = "enabled") -> Profile:
    answer: Profile = desk.post("/probe/profile/", {"state": state}).json()
    return answer


@pytest.fixture
def profile(desk: Desk) -> Profile:
    return new_profile(desk)


def facts(desk: Desk, profile: Profile) -> dict[str, Any]:
    answer: dict[str, Any] = desk.get(f"/probe/profile/{profile['id']}/").json()
    return answer


def change(desk: Desk, profile: Profile, **fields: Any) -> None:
    desk.post(f"/probe/profile/{profile['id']}/", fields)


def test_it_is_greeted_with_what_a_heartbeat_answers(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        hello = heard(line)
    assert (hello.pop("t"), hello.pop("v"), hello["state"]) == ("hello", 1, "enabled")
    given = {"Authorization": f"Agent {profile['credential']}"}
    assert hello == desk.post("/api/agent/v1/heartbeat", {}, headers=given).json()


def test_the_connection_is_the_presence(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]):
        until(lambda: facts(desk, profile)["is_online"], "online at once", 5)
        with line_of(desk, profile["credential"]):
            pass  # the second takes the place of the first, and leaves
    until(lambda: not facts(desk, profile)["is_online"], "offline after the grace", 15)
    assert facts(desk, profile)["signed_out_at"] is None


def test_a_change_of_state_is_heard_at_once(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        heard(line)
        change(desk, profile, state="waiting_for_token")
        told = heard(line)
    assert (told["t"], told["state"]) == ("me", "waiting_for_token")
    assert told["me_version"]


def test_a_profile_that_is_switched_off_hears_it_and_is_let_go(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        heard(line)
        change(desk, profile, state="disabled")
        assert heard(line)["state"] == "disabled"
        assert end_of(line) == 4403
    with pytest.raises(InvalidStatus) as refused, line_of(desk, profile["credential"]):
        pass
    assert refused.value.response.status_code == 403


def test_a30_a_credential_that_is_taken_away_ends_the_connection(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        heard(line)
        change(desk, profile, credential_hash=None)
        assert end_of(line) == 4401


def test_a_second_connection_of_a_profile_takes_the_place_of_the_first(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as first, line_of(desk, profile["credential"]) as second:
        assert end_of(first) == 4409
        heard(second)
        change(desk, profile, state="off")
        assert heard(second)["state"] == "off"


def test_who_says_good_bye_has_signed_out(desk: Desk, profile: Profile) -> None:
    with line_of(desk, profile["credential"]) as line:
        line.send('{"t": "bye"}')
        assert end_of(line) == 1000
    until(lambda: facts(desk, profile)["signed_out_at"] is not None, "the sign-out", 5)


def test_one_many_and_all_who_follow_a_topic_are_told(desk: Desk) -> None:
    profiles = [new_profile(desk) for _ in range(3)]

    def tell(**wish: Any) -> None:
        desk.post("/probe/tell/", {"kind": "x", "fields": {"n": 1}, **wish}).raise_for_status()

    with ExitStack() as stack:
        lines = [stack.enter_context(line_of(desk, each["credential"])) for each in profiles]
        for line in lines:
            heard(line)
        tell(to=[profiles[0]["ref"], "nobody"])
        tell(ref=profiles[1]["ref"], topic="queue", on=True)
        tell(topic="queue", fields={"n": 2})
        tell(ref=profiles[1]["ref"], topic="queue", on=False)
        tell(topic="queue", fields={"n": 3})
        tell(topic="*", fields={"n": 4})
        said = [
            [heard(line)["n"] for _ in range(count)] for line, count in zip(lines, (2, 2, 1), strict=True)
        ]
    assert said == [[1, 4], [2, 4], [4]]


def test_what_an_agent_says_reaches_its_handler_with_the_profile_of_the_line(
    desk: Desk, profile: Profile
) -> None:
    """A30: whom the message is of stands in the connection, not in the message."""
    with line_of(desk, profile["credential"]) as line:
        line.send('{"t": "something newer"}')
        line.send('{"t": "probe", "fail": true}')
        line.send('{"t": "probe", "word": "hi", "profile_id": 1}')
        log = desk.data / "probe.log"
        until(lambda: log.exists() and f"L {profile['id']} hi" in log.read_text(), "the message", 10)


@pytest.mark.parametrize("said", ["[]", "nonsense", '{"t": 1}', "{}", "[" * 9000, b"\x00\xff", ""])
def test_what_is_no_message_ends_the_connection(desk: Desk, profile: Profile, said: str | bytes) -> None:
    with line_of(desk, profile["credential"]) as line:
        line.send(said)
        assert end_of(line) == 4400


def test_an_agent_that_is_too_old_is_told_so(desk: Desk, profile: Profile) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        line_of(desk, profile["credential"], **{"Deskbell-Agent-Version": "0.0.1"}),
    ):
        pass
    assert refused.value.response.status_code == 426
