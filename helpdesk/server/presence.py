"""Who is there: heartbeats wait in memory and reach the database in one statement every FLUSH_SECONDS."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

FLUSH_SECONDS = 2

logger = logging.getLogger(__name__)

# profile pk: when it was heard, and whether its Windows user is still signed in
Seen = dict[int, tuple[datetime, bool]]


class Presence:
    """A buffer: a profile that beats twice between two flushes is written once."""

    def __init__(self, record: Callable[[Seen], Awaitable[None]]) -> None:
        self.record = record
        self.seen: Seen = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._flush_for_ever())

    def note(self, profile_id: int, at: datetime, *, signed_in: bool) -> None:
        self.seen[profile_id] = (at, signed_in)

    async def flush(self) -> None:
        batch, self.seen = self.seen, {}
        if not batch:
            return
        try:
            await self.record(batch)
        except Exception:  # a full disk must not end the beating: the next flush tries again
            logger.exception(
                "Presence of %d profiles was not written; it is kept for the next time.", len(batch)
            )
            self.seen = batch | self.seen

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        await self.flush()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()
