"""GET /api/agent/v1/live, a WebSocket: one line for each tray agent. While it is there, it is the presence.

The credential stands in the Authorization header, never in the address (A17). Messages are JSON objects
{"t": kind, ...}: "hello" greets, "me" tells of a change, "bye" says that the Windows user signs out; what is
not known is ignored on both sides. Refused before the upgrade with a problem, ended after it with a code.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from agents.domain.profile import State
from agents.domain.secret import digest
from helpdesk.core.bus import TORN
from helpdesk.core.events import Event, hub
from helpdesk.core.lines import Handler, encode, handlers
from helpdesk.server.answers import Message, Receive, Scope, Send, header, is_ours, problem
from helpdesk.server.credentials import Credentials, Owner, StrangerThrottle, TooManyStrangers, touched_since
from helpdesk.server.heartbeat import agent_is_too_old, credential_of, say_too_many, say_too_old, say_unknown
from helpdesk.server.lines import DISABLED, DONE, MALFORMED, TOO_MANY, UNKNOWN, Line, Lines
from helpdesk.server.owners import AT_ONCE, Owners
from helpdesk.server.presence import Presence

PATH = "/api/agent/v1/live"
VERSION = 1
BURST, PER_SECOND = 30, 5
FULL_RETRY_SECONDS = 60
RECHECK_SECONDS = 60
TOLD_PER_SECOND = 200
"""Each of them asks the API what is new: a new name of the house must not keep the pages waiting."""

logger = logging.getLogger(__name__)

Run = Callable[[Handler, int, dict[str, Any]], Awaitable[None]]


class AgentDoor:
    """`run` runs the handler of a message in a thread. `address_of` honours trusted proxies alone (A20)."""

    def __init__(
        self,
        lines: Lines,
        *,
        credentials: Credentials,
        owners: Owners,
        presence: Presence,
        address_of: Callable[[Scope], str],
        run: Run,
    ) -> None:
        self.lines, self.credentials, self.owners, self.presence = lines, credentials, owners, presence
        self.address_of, self.run = address_of, run
        self.comers = StrangerThrottle(time.monotonic)
        self._asking: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        address = self.address_of(scope)
        if await self._refuses_unheard(scope, address, send):
            return
        self.lines.take_place(address)
        try:
            line = await self._let_in(scope, address, send)
            if line is not None:
                try:
                    await self._listen(line, receive)
                finally:
                    self._left(line)
        finally:
            self.lines.give_back(address)

    # --- coming in ---
    async def _refuses_unheard(self, scope: Scope, address: str, send: Send) -> bool:
        """Before anybody asks the database."""
        answer = as_answer(send)
        if not is_ours(scope):
            await _say_foreign(answer)
        elif agent_is_too_old(header(scope, b"deskbell-agent-version")):
            await say_too_old(answer)
        elif not self.lines.has_room():
            await _say_full(answer, 503, "This desk holds no more live connections now.")
        elif not self.lines.has_room_for(address):
            await _say_full(answer, 429, "Too many live connections come from your address.")
        else:
            return False
        return True

    async def _let_in(self, scope: Scope, address: str, send: Send) -> Line | None:
        credential, before = credential_of(scope), hub.last_id
        try:
            owner = await self.credentials.owner_of(credential, lambda: address)
        except TooManyStrangers as refusal:
            await say_too_many(as_answer(send), refusal.retry_after_seconds)
            return None
        if owner is None:
            await say_unknown(as_answer(send))
            return None
        if owner.state == State.DISABLED:
            await _say_disabled(as_answer(send))
            return None
        if self.comers.is_closed(owner.ref):  # who comes again and again costs more than who stays
            await say_too_many(as_answer(send), self.comers.seconds_left())
            return None
        self.comers.count(owner.ref)
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": _greeting(owner)})
        line = Line(send, owner, digest(credential))
        # No await from here on: what changes now is heard by the line.
        self.lines.add(line)
        self.presence.come(owner.profile_id, datetime.now(UTC))
        if touched_since(before, owner.ref):
            self.recheck(line)
        return line

    def _left(self, line: Line) -> None:
        line.is_ending = True
        if self.lines.remove(line):
            self.presence.leave(line.owner.profile_id, datetime.now(UTC))

    # --- what the agent says ---
    async def _listen(self, line: Line, receive: Receive) -> None:
        left, counted_at = float(BURST), time.monotonic()
        while (message := await receive())["type"] == "websocket.receive":
            if line.is_ending:
                continue
            now = time.monotonic()
            left, counted_at = min(BURST, left + (now - counted_at) * PER_SECOND) - 1, now
            if left < 0:
                line.end(TOO_MANY)
                continue
            said = _read(message)
            if said is None:
                line.end(MALFORMED)
            else:
                await self._take(line, said)

    async def _take(self, line: Line, said: dict[str, Any]) -> None:
        kind = said["t"]
        if kind == "bye":
            self.presence.note(line.owner.profile_id, datetime.now(UTC), signed_in=False)
            line.end(DONE)
        elif handler := handlers.get(kind):
            try:
                await self.run(handler, line.owner.profile_id, said)
            except Exception:  # the line outlives one message that could not be taken
                logger.exception("A message %r of an agent failed", kind)

    # --- what changes ---
    def hear(self, event: Event) -> None:
        """A profile changed: its agent hears of it, or is let go, at once."""
        if event.name == TORN:
            self._begin(self.recheck_all())
        elif line := self.lines.by_ref.get(event.ref):
            self.recheck(line)

    def recheck(self, line: Line) -> None:
        self._begin(self._recheck(line))

    def _begin(self, work: Coroutine[Any, Any, object]) -> None:
        task: asyncio.Task[Any] = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def recheck_for_ever(self) -> None:
        """Not all that an agent shows has an event: the name of the house, the address of a person."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self.recheck_all()
            except Exception:  # a database that is away must not end the checking
                logger.exception("The agents that are connected could not be checked.")

    async def recheck_all(self) -> None:
        lines = list(self.lines)
        for start in range(0, len(lines), AT_ONCE):
            part = (self._recheck(line) for line in lines[start : start + AT_ONCE] if not line.is_ending)
            await asyncio.sleep(sum(await asyncio.gather(*part)) / TOLD_PER_SECOND)

    async def _recheck(self, line: Line) -> bool:
        """Was there something to tell?"""
        owner = await self.owners.of(line.digest)
        if owner is None or owner.ref != line.owner.ref:
            line.end(UNKNOWN)
        elif owner != line.owner:
            line.owner = owner
            line.tell(encode("me", {"state": owner.state, "me_version": owner.me_version}))
            if owner.state == State.DISABLED:
                line.end(DISABLED)
            return True
        return False


def _read(message: Message) -> dict[str, Any] | None:
    text = message.get("text")
    try:
        said = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and isinstance(said.get("t"), str) else None


def _greeting(owner: Owner) -> str:
    return encode(
        "hello",
        {
            "v": VERSION,
            "state": owner.state,
            "me_version": owner.me_version,
            "heartbeat_seconds": settings.AGENT_HEARTBEAT_SECONDS,
            "minimum_version": settings.AGENT_MINIMUM_VERSION,
        },
    )


def as_answer(send: Send) -> Send:
    """What speaks HTTP may refuse an upgrade (ASGI's "WebSocket Denial Response")."""

    async def put(message: Message) -> None:
        await send({**message, "type": f"websocket.{message['type']}"})

    return put


async def _say_foreign(send: Send) -> None:
    await problem(
        send, status=403, code="foreign-page", title="Not from here", detail="This is for tray agents."
    )


async def _say_disabled(send: Send) -> None:
    await problem(
        send,
        status=403,
        code="profile-disabled",
        title="Switched off",
        detail="The agent is switched off for this profile. Report by heartbeats.",
    )


async def _say_full(send: Send, status: int, detail: str) -> None:
    wait: Final = FULL_RETRY_SECONDS
    await problem(
        send,
        status=status,
        code="no-room",
        title="Too many connections",
        detail=f"{detail} Report by heartbeats.",
        headers=[(b"retry-after", str(wait).encode())],
        retry_after_seconds=wait,
    )
