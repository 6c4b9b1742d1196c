"""Who is there: what is heard waits in memory and reaches the database in one statement every FLUSH_SECONDS.

A heartbeat is noted. Who has a line comes, is kept as long as it is there, and leaves when it has been gone
for the grace; coming and leaving are written soon, so that open lists show it at once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

FLUSH_SECONDS = 2
SOON_SECONDS = 0.1
#: Each connected profile is written again in one of this many flushes; online means heard within 60 seconds.
KEEP_FLUSHES = 12

logger = logging.getLogger(__name__)

# profile pk: when it was heard, and whether its Windows user is still signed in
Seen = dict[int, tuple[datetime, bool]]


class Rows(Protocol):
    """Where it is written."""

    async def record(self, seen: Seen) -> None: ...
    async def keep(self, profile_ids: Sequence[int]) -> None: ...
    async def depart(self, left: Mapping[int, datetime]) -> None: ...


class Presence:
    """A buffer: a profile that is heard twice between two flushes is written once."""

    def __init__(
        self,
        rows: Rows,
        *,
        connected: Callable[[], Iterable[int]] = tuple,
        grace: timedelta = timedelta(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.rows, self.connected, self.grace, self.clock = rows, connected, grace, clock
        self.seen: Seen = {}
        self.left: dict[int, datetime] = {}
        self._round = 0
        self._soon = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._flush_for_ever())

    def note(self, profile_id: int, at: datetime, *, signed_in: bool) -> None:
        # To a tenth of a second: what has the same moment is written with one condition.
        self.seen[profile_id] = (at.replace(microsecond=at.microsecond // 100_000 * 100_000), signed_in)

    def come(self, profile_id: int, at: datetime) -> None:
        self.left.pop(profile_id, None)
        self.note(profile_id, at, signed_in=True)
        self._soon.set()

    def leave(self, profile_id: int, at: datetime) -> None:
        self.left[profile_id] = at

    async def flush(self) -> None:
        """Writes what waits; what cannot be written now is kept for the next time."""
        seen, self.seen = self.seen, {}
        if seen and not await self._is_written(self.rows.record(seen), len(seen)):
            self.seen = seen | self.seen
        due = self.clock() - self.grace
        left = {profile_id: at for profile_id, at in self.left.items() if at <= due}
        if left and await self._is_written(self.rows.depart(left), len(left)):
            self.left = {one: at for one, at in self.left.items() if left.get(one) != at}

    async def keep(self) -> None:
        """Of those who are connected the ones whose turn it is."""
        self._round = (self._round + 1) % KEEP_FLUSHES
        mine = [one for one in self.connected() if one % KEEP_FLUSHES == self._round]
        if mine:
            await self._is_written(self.rows.keep(mine), len(mine))

    async def close(self) -> None:
        """Who is connected now comes back to the next process: nobody leaves."""
        if self._task is not None:
            self._task.cancel()
        self.left.clear()
        await self.flush()

    async def _flush_for_ever(self) -> None:
        while True:
            end = asyncio.get_running_loop().time() + FLUSH_SECONDS
            with contextlib.suppress(TimeoutError):
                while True:
                    async with asyncio.timeout_at(end):
                        await self._soon.wait()
                        await asyncio.sleep(SOON_SECONDS)  # many come together
                    self._soon.clear()
                    await self.flush()
            await self.flush()
            await self.keep()

    async def _is_written(self, writing: Awaitable[None], count: int) -> bool:
        try:
            await writing
        except Exception:  # a full disk must not end the beating
            logger.exception("Presence of %d profiles was not written.", count)
            return False
        return True
