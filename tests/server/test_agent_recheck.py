"""What many agents hear in the same moment, and what was missed while one came."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from helpdesk.core.events import hub
from helpdesk.server import agent_door
from helpdesk.server.agent_door import AgentDoor
from helpdesk.server.answers import Message
from helpdesk.server.credentials import Credentials, Owner, touched_since
from helpdesk.server.lines import Line, Lines
from helpdesk.server.owners import Owners
from helpdesk.server.presence import Presence


def test_a_new_name_of_the_house_is_told_by_and_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each agent that hears of it asks the API at once."""
    monkeypatch.setattr(agent_door, "AT_ONCE", 2)
    told: list[Message] = []
    paused: list[float] = []
    version = "v1"

    async def send(message: Message) -> None:
        told.append(message)

    async def look_up(digests: Sequence[str]) -> Mapping[str, Owner]:
        return {one: Owner(int(one), one, "enabled", version) for one in digests}

    async def run() -> None:
        nonlocal version
        unused: Any = None
        lines, owners = Lines(most=9, most_per_address=9), Owners(look_up)
        door = AgentDoor(
            lines,
            credentials=Credentials(unused),
            owners=owners,
            presence=Presence(unused),
            address_of=unused,
            run=unused,
        )
        for number in "12345":
            lines.add(Line(send, Owner(int(number), number, "enabled", "v1"), number))
        real = asyncio.sleep

        async def sleep(seconds: float) -> None:
            paused.append(seconds)
            await real(0)

        monkeypatch.setattr("asyncio.sleep", sleep)
        await door.recheck_all()
        version = "v2"
        await door.recheck_all()
        await real(0)

    asyncio.run(run())
    assert len(told) == 5
    assert paused == [0, 0, 0, 0.01, 0.01, 0.005]


def test_where_the_wire_was_torn_every_profile_may_have_changed() -> None:
    before = hub.last_id
    assert not touched_since(before, "x")
    hub.forget()
    assert touched_since(before, "x")
