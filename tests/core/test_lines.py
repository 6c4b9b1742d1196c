"""Messages to tray agents wait for the commit, are small, and go where the bus says."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from helpdesk.core import lines
from helpdesk.core.bus import Body, Bus, bus

Heard = list[tuple[str, Any]]


@pytest.fixture
def heard() -> Iterator[Heard]:
    said: Heard = []
    bus.use(lambda kind, body: said.append((kind, body)))
    yield said
    bus.use(None)


@pytest.mark.django_db(transaction=True)
def test_a_message_is_told_after_the_commit_and_never_of_what_was_rolled_back(heard: Heard) -> None:
    with transaction.atomic():
        lines.tell_agents(["a"], "x", n=1)
        assert heard == []
    with suppress(ZeroDivisionError), transaction.atomic():
        lines.tell_topic(lines.EVERYBODY, "x")
        raise ZeroDivisionError
    lines.tell_agents([], "x")
    assert heard == [(lines.TELL, {"to": ["a"], "text": '{"t":"x","n":1}'})]


def test_a_message_that_is_not_small_is_refused_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="send a reference"):
        lines.encode("x", {"text": "é" * 2000})


def test_a_hearer_that_fails_keeps_nothing_from_the_others() -> None:
    wire = Bus()
    said: list[Body] = []

    def fail(_body: object) -> None:
        raise OSError

    wire.listen("x", fail)
    leave = wire.listen("x", said.append)
    wire.say("x", {"n": 1})
    leave()
    wire.say("x", {"n": 2})
    assert said == [{"n": 1}]
