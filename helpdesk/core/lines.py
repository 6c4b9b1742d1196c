"""Small messages to tray agents over their live connections ("lines"), from any process of the desk.

A line is no mailbox: who is not connected hears nothing and asks when it is back. So a message says what to
look at, and the row stays the truth. `helpdesk.server.lines` holds the lines and delivers.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from helpdesk.core.bus import bus

MAX_BYTES: Final = 8 * 1024
TELL, FOLLOW, EVERYBODY = "line-tell", "line-follow", "*"

#: Gets the profile's key, the message and the time; runs in a thread of the pool.
Handler = Callable[[int, Mapping[str, Any], datetime], None]
handlers: dict[str, Handler] = {}


def tell_agents(refs: Iterable[str], kind: str, **fields: Any) -> None:
    """To the agents of these profiles (public ids), after the commit."""
    to = list(refs)
    if to:
        _say(TELL, {"to": to, "text": encode(kind, fields)})


def tell_topic(topic: str, kind: str, **fields: Any) -> None:
    """To every agent that follows the topic, after the commit; EVERYBODY is a topic that all follow."""
    _say(TELL, {"topic": topic, "text": encode(kind, fields)})


def follow(ref: str, topic: str) -> None:
    """The agent of this profile hears of the topic until it leaves it or its line ends."""
    _say(FOLLOW, {"ref": ref, "topic": topic, "on": True})


def unfollow(ref: str, topic: str) -> None:
    _say(FOLLOW, {"ref": ref, "topic": topic, "on": False})


def hears(kind: str) -> Callable[[Handler], Handler]:
    """Registers who takes messages of this kind from agents. The profile is the line's: nobody names another
    (A30). What is not known is ignored, so that a newer agent can say more.
    """

    def register(handler: Handler) -> Handler:
        handlers[kind] = handler
        return handler

    return register


def encode(kind: str, fields: Mapping[str, Any]) -> str:
    """The text of a message; ValueError where it is no small one."""
    text = json.dumps({"t": kind, **fields}, separators=(",", ":"))
    if len(text) > MAX_BYTES:  # ASCII: a sign is a byte
        raise ValueError(f"a message of {len(text)} bytes; send a reference instead")
    return text


def _say(kind: str, body: Mapping[str, Any]) -> None:
    transaction.on_commit(lambda: bus.say(kind, body))
