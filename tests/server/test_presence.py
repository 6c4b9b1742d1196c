"""What the buffer of presence writes for agents that come, stay, leave and return."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.server.presence import KEEP_FLUSHES, Presence, Seen

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GRACE = timedelta(seconds=8)


class Book:
    """Where it is written; the first `failures` times the disk is full."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.now = failures, NOON
        self.seen: list[int] = []
        self.kept: list[int] = []
        self.left: list[int] = []
        self.presence = Presence(self, connected=lambda: range(1, 31), grace=GRACE, clock=lambda: self.now)

    async def record(self, seen: Seen) -> None:
        self._write(self.seen, seen)

    async def keep(self, profile_ids: Sequence[int]) -> None:
        self._write(self.kept, profile_ids)

    async def depart(self, left: Mapping[int, datetime]) -> None:
        self._write(self.left, left)

    def _write(self, page: list[int], profile_ids: Sequence[int] | Mapping[int, object]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        page.extend(profile_ids)


def play(story: Callable[[Book], Awaitable[None]], failures: int = 0) -> Book:
    async def run() -> Book:
        book = Book(failures)
        await story(book)
        return book

    return asyncio.run(run())


def test_who_leaves_is_written_after_the_grace_and_once() -> None:
    async def story(book: Book) -> None:
        book.presence.leave(7, NOON)
        book.now = NOON + GRACE - timedelta(seconds=1)
        await book.presence.flush()
        assert book.left == []
        book.now = NOON + GRACE
        await book.presence.flush()
        await book.presence.flush()

    assert play(story).left == [7]


def test_who_is_back_within_the_grace_never_left() -> None:
    async def story(book: Book) -> None:
        book.presence.leave(7, NOON)
        book.presence.come(7, NOON + timedelta(seconds=3))
        book.now = NOON + 2 * GRACE
        await book.presence.flush()

    book = play(story)
    assert (book.seen, book.left) == ([7], [])


def test_a_departure_that_could_not_be_written_is_kept_for_the_next_time() -> None:
    async def story(book: Book) -> None:
        book.presence.leave(7, NOON - GRACE)
        for _ in range(3):
            await book.presence.flush()

    assert play(story, failures=2).left == [7]


def test_each_who_is_connected_is_written_once_in_a_round() -> None:
    async def story(book: Book) -> None:
        for _ in range(KEEP_FLUSHES):
            await book.presence.keep()

    assert sorted(play(story).kept) == list(range(1, 31))


def test_a_server_that_ends_lets_nobody_leave() -> None:
    async def story(book: Book) -> None:
        book.presence.leave(7, NOON - GRACE)
        book.presence.come(8, NOON)
        await book.presence.close()

    book = play(story)
    assert (book.seen, book.left) == ([8], [])


def test_who_comes_is_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.server.presence.FLUSH_SECONDS", 300)

    async def story(book: Book) -> None:
        book.presence.start()
        book.presence.come(7, NOON)
        async with asyncio.timeout(60):
            while not book.seen:
                await asyncio.sleep(0.01)
        await book.presence.close()

    assert play(story).seen == [7]
