"""Which profile a credential belongs to: looked up once, then known for a while.

Only SHA-256 digests are kept, here as in the database (A27).
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from helpdesk.core.bus import TORN
from helpdesk.core.events import Event, hub

KNOWN_SECONDS = 15
MAX_KNOWN = 50_000
STRANGE_PER_MINUTE = 20
MAX_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Owner:
    """What a heartbeat needs to know of a profile. `ref` is its public id."""

    profile_id: int
    ref: str
    state: str
    me_version: str


@dataclass(slots=True)
class _Entry:
    owner: Owner | None
    until: float
    was_good: bool


class TooManyStrangers(Exception):
    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class StrangerThrottle:
    """Unknown credentials per address in a fixed window of a minute; kept in memory, bounded."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.window = 0
        self.counts: dict[str, int] = {}

    def is_closed(self, address: str) -> bool:
        self._turn()
        return self.counts.get(address, 0) >= STRANGE_PER_MINUTE

    def count(self, address: str) -> None:
        self._turn()
        if address in self.counts or len(self.counts) < MAX_ADDRESSES:
            self.counts[address] = self.counts.get(address, 0) + 1

    def seconds_left(self) -> int:
        return max(1, int((self.window + 1) * 60 - self.clock()))

    def _turn(self) -> None:
        window = int(self.clock() // 60)
        if window != self.window:
            self.window, self.counts = window, {}


class Credentials:
    """A cache in front of one look-up. A "profile" event makes it forget that profile at once."""

    def __init__(
        self,
        look_up: Callable[[str], Awaitable[Owner | None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.look_up = look_up
        self.clock = clock
        self.throttle = StrangerThrottle(clock)
        self.entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self.digests: dict[str, bytes] = {}

    async def owner_of(self, credential: str, address_of: Callable[[], str]) -> Owner | None:
        """The owner, None for an unknown credential; TooManyStrangers for an address that guesses."""
        digest = sha256(credential.encode()).digest()
        entry = self.entries.get(digest)
        if entry is not None and self.clock() < entry.until:
            if entry.owner is None:
                self._count_stranger(address_of())
            return entry.owner
        address = address_of()
        # An agent that was known before is never shut out by a neighbour behind the same address.
        if not (entry and entry.was_good) and self.throttle.is_closed(address):
            raise TooManyStrangers(self.throttle.seconds_left())
        before = hub.last_id
        owner = await self.look_up(credential)
        if owner is None:
            self._count_stranger(address)
        if owner is None or not touched_since(before, owner.ref):
            self._keep(digest, owner)
        return owner

    def forget(self, event: Event) -> None:
        if event.name == TORN:
            self._forget_all()
            return
        digest = self.digests.get(event.ref)
        entry = self.entries.get(digest) if digest else None
        if entry is not None:
            entry.until = 0

    def _forget_all(self) -> None:
        """Changes may have been missed."""
        for entry in self.entries.values():
            entry.until = 0

    def _count_stranger(self, address: str) -> None:
        if self.throttle.is_closed(address):
            raise TooManyStrangers(self.throttle.seconds_left())
        self.throttle.count(address)

    def _keep(self, digest: bytes, owner: Owner | None) -> None:
        self.entries[digest] = _Entry(owner, self.clock() + KNOWN_SECONDS, owner is not None)
        self.entries.move_to_end(digest)
        if owner is not None:
            self.digests[owner.ref] = digest
        while len(self.entries) > MAX_KNOWN:
            _, old = self.entries.popitem(last=False)
            if old.owner is not None:
                self.digests.pop(old.owner.ref, None)


def touched_since(event_id: int, ref: str) -> bool:
    """True when the profile changed while it was looked up: what was read may be old already."""
    events = hub.since(event_id)
    return events is None or any(
        event.name == TORN or (event.name == "profile" and event.ref == ref) for event in events
    )
