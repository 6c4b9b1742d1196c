"""The lines: live connections of tray agents to this process, and who hears what over them.

All of it belongs to the event loop; `attach` lets the bus hand over from any thread.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from helpdesk.core.bus import bus
from helpdesk.core.lines import EVERYBODY, FOLLOW, TELL
from helpdesk.server.answers import Send
from helpdesk.server.credentials import Owner

QUEUE_LENGTH = 500
QUEUE_BYTES = 64 * 1024
LAST_WORDS_SECONDS = 0.5

#: Why a line was ended, as the agent hears it (RFC 6455 leaves 4000 to 4999 to us).
MALFORMED, UNKNOWN, DISABLED, TOO_SLOW, REPLACED, TOO_MANY = 4400, 4401, 4403, 4408, 4409, 4429
DONE = 1000


class Line:
    """One agent's connection. A task writes only while something waits, so a line at rest costs little."""

    __slots__ = ("digest", "is_ending", "owner", "send", "topics", "waiting", "waiting_bytes", "writer")

    def __init__(self, send: Send, owner: Owner, digest: str) -> None:
        self.send, self.owner, self.digest = send, owner, digest
        self.waiting: deque[str] | None = None
        self.waiting_bytes = 0
        self.writer: asyncio.Task[None] | None = None
        self.topics: frozenset[str] = frozenset()
        self.is_ending = False

    def tell(self, text: str) -> None:
        """Never waits and keeps a bounded rest: who does not read is cut off (TOO_SLOW)."""
        if self.is_ending:
            return
        if self.waiting is None:
            self.waiting = deque()
        if len(self.waiting) >= QUEUE_LENGTH or self.waiting_bytes + len(text) > QUEUE_BYTES:
            self.end(TOO_SLOW)
            return
        self.waiting.append(text)
        self.waiting_bytes += len(text)
        if self.writer is None:
            self.writer = asyncio.create_task(self._write(self.waiting))

    def end(self, code: int) -> None:
        """The agent hears the code, if it reads; what waits is told before, unless it was too much."""
        if self.is_ending:
            return
        self.is_ending = True
        if code == TOO_SLOW and self.writer is not None:
            self.writer.cancel()
            self.writer = None
        if code == TOO_SLOW or self.waiting is None:
            self.waiting = deque()
        self.writer = asyncio.create_task(self._end(code, self.waiting, self.writer))

    async def _write(self, waiting: deque[str]) -> None:
        try:
            while waiting:
                text = waiting.popleft()
                await self.send({"type": "websocket.send", "text": text})
                self.waiting_bytes -= len(text)
        except (OSError, RuntimeError):  # it has gone, or is being closed; its door sees that, too
            waiting.clear()
        if not self.is_ending:
            self.waiting = self.writer = None

    async def _end(self, code: int, waiting: deque[str], writer: asyncio.Task[None] | None) -> None:
        try:
            if writer is not None:
                await asyncio.wait({writer}, timeout=LAST_WORDS_SECONDS)
                writer.cancel()
            await self.send({"type": "websocket.close", "code": code})
        except (OSError, RuntimeError):  # gone already, or closed by the other side
            waiting.clear()


class Lines:
    """The registry: one line for each profile, bounded by address and in all."""

    def __init__(self, *, most: int, most_per_address: int) -> None:
        self.most, self.most_per_address = most, most_per_address
        self.by_ref: dict[str, Line] = {}
        self.by_topic: dict[str, set[Line]] = {}
        self.places: Counter[str] = Counter()
        self.taken = 0
        self._leave: list[Callable[[], None]] = []

    # --- places ---
    def has_room(self) -> bool:
        return self.taken < self.most

    def has_room_for(self, address: str) -> bool:
        return self.places[address] < self.most_per_address

    def take_place(self, address: str) -> None:
        """From the first byte of an upgrade on, whoever it is; `give_back` when it ends."""
        self.taken += 1
        self.places[address] += 1

    def give_back(self, address: str) -> None:
        self.taken -= 1
        self.places[address] -= 1
        if not self.places[address]:
            del self.places[address]

    # --- who is there ---
    def add(self, line: Line) -> None:
        """A second connection of a profile takes the place of the first."""
        before = self.by_ref.get(line.owner.ref)
        self.by_ref[line.owner.ref] = line
        if before is not None:
            self._forget_topics(before)
            before.end(REPLACED)

    def remove(self, line: Line) -> bool:
        """True if nobody has taken its place: the profile is no longer connected here."""
        self._forget_topics(line)
        if self.by_ref.get(line.owner.ref) is not line:
            return False
        del self.by_ref[line.owner.ref]
        return True

    def __len__(self) -> int:
        return len(self.by_ref)

    def __iter__(self) -> Iterator[Line]:
        return iter(tuple(self.by_ref.values()))

    # --- telling ---
    def tell(self, refs: Iterable[str], text: str) -> None:
        for ref in refs:
            if line := self.by_ref.get(ref):
                line.tell(text)

    def tell_topic(self, topic: str, text: str) -> None:
        lines: Iterable[Line] = self if topic == EVERYBODY else tuple(self.by_topic.get(topic, ()))
        for line in lines:
            line.tell(text)

    def follow(self, ref: str, topic: str) -> None:
        if line := self.by_ref.get(ref):
            line.topics |= {topic}
            self.by_topic.setdefault(topic, set()).add(line)

    def unfollow(self, ref: str, topic: str) -> None:
        if line := self.by_ref.get(ref):
            line.topics -= {topic}
            self._drop(line, topic)

    # --- the bus ---
    def attach(self) -> None:
        loop = asyncio.get_running_loop()

        def on_loop(deed: Callable[[Mapping[str, Any]], None]) -> Callable[[Mapping[str, Any]], None]:
            def hand_over(body: Mapping[str, Any]) -> None:
                loop.call_soon_threadsafe(deed, body)

            return hand_over

        self._leave = [bus.listen(TELL, on_loop(self._told)), bus.listen(FOLLOW, on_loop(self._followed))]

    def detach(self) -> None:
        while self._leave:
            self._leave.pop()()

    def _told(self, body: Mapping[str, Any]) -> None:
        if "to" in body:
            self.tell(body["to"], body["text"])
        else:
            self.tell_topic(body["topic"], body["text"])

    def _followed(self, body: Mapping[str, Any]) -> None:
        (self.follow if body["on"] else self.unfollow)(body["ref"], body["topic"])

    def _forget_topics(self, line: Line) -> None:
        for topic in line.topics:
            self._drop(line, topic)
        line.topics = frozenset()

    def _drop(self, line: Line, topic: str) -> None:
        followers = self.by_topic.get(topic, set())
        followers.discard(line)
        if not followers:
            self.by_topic.pop(topic, None)
