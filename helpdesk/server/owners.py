"""Whose credentials these are: what is asked in the same moment goes into one query.

After a restart thousands of agents come back within seconds; a query each would keep the pages waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from helpdesk.server.credentials import Owner

AT_ONCE = 200

LookUp = Callable[[Sequence[str]], Awaitable[Mapping[str, Owner]]]


class Owners:
    """Belongs to the event loop. One query at a time, so that one thread of the pool is enough."""

    def __init__(self, look_up: LookUp) -> None:
        self.look_up = look_up
        self._asked: dict[str, asyncio.Future[Owner | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def of(self, digest: str) -> Owner | None:
        """As the database has it now, or a moment later."""
        answer = self._asked.get(digest)
        if answer is None:
            answer = self._asked[digest] = asyncio.get_running_loop().create_future()
        if self._task is None:
            self._task = asyncio.create_task(self._answer())
        return await asyncio.shield(answer)

    async def _answer(self) -> None:
        try:
            while self._asked:
                digests = list(self._asked)[:AT_ONCE]
                asked = {digest: self._asked.pop(digest) for digest in digests}
                try:
                    found = await self.look_up(digests)
                except Exception as trouble:  # noqa: BLE001 (each who asks hears of it)
                    for answer in asked.values():
                        answer.set_exception(trouble)
                        answer.exception()  # who asked may have gone
                    continue
                for digest, answer in asked.items():
                    answer.set_result(found.get(digest))
        finally:
            self._task = None
