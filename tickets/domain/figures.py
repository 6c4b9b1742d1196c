"""What tickets add to the figures of the dashboard and the reports.

A ticket counts in three scopes: everybody's, its client's and its assignee's. In each it adds to the day of
its opening, its first answer, its solution and its rating, and while it is unfinished to what is there now.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from tickets.domain.status import UNFINISHED, Status

ALL: Final = "all"
NOBODY: Final = "nobody"
#: The day under which stands what is there now.
LIVE: Final = date(1, 1, 1)
Counts = Mapping[str, int]


def client_scope_of(client: int) -> str:
    return f"c{client}"


def user_scope_of(user: int) -> str:
    return f"u{user}"


def team_scope_of(team: int) -> str:
    return f"t{team}"


def who_of(assignee: int | None, team: int | None) -> str:
    """The scope of whoever has a ticket."""
    if assignee is not None:
        return user_scope_of(assignee)
    return NOBODY if team is None else team_scope_of(team)


class Facts(NamedTuple):
    """One ticket as it counts; days are those of the house's clock, minutes are open ones where hours count.

    `answer_kept` and `solve_kept` are None where nothing was promised.
    """

    client: int | None
    who: str
    status: str
    priority: str
    source: str
    created_on: date
    is_late: bool = False
    resolved_on: date | None = None
    answered_on: date | None = None
    rated_on: date | None = None
    answer_minutes: int | None = None
    answer_kept: bool | None = None
    solve_minutes: int | None = None
    solve_kept: bool | None = None
    rating: str = ""

    @property
    def is_unfinished(self) -> bool:
        return Status(self.status) in UNFINISHED

    @property
    def scopes(self) -> Iterator[str]:
        yield ALL
        yield self.who
        if self.client is not None:
            yield client_scope_of(self.client)

    @property
    def last_on(self) -> date:
        """After this day it counts nowhere any more."""
        if self.is_unfinished:
            return date.max
        return max(day for day in (self.created_on, self.resolved_on, self.answered_on, self.rated_on) if day)

    def words(self) -> Iterator[tuple[date, str]]:
        """(day, what to count there)."""
        yield self.created_on, "created"
        yield self.created_on, f"s.{self.source}"
        if self.resolved_on:
            yield self.resolved_on, "resolved"
            yield from _timed(self.resolved_on, "r", self.solve_minutes, kept=self.solve_kept)
        if self.answered_on:
            yield from _timed(self.answered_on, "f", self.answer_minutes, kept=self.answer_kept)
        if self.rated_on:
            yield self.rated_on, f"rated.{self.rating}"
        if self.is_unfinished:
            yield LIVE, self.status
            yield LIVE, f"p.{self.priority}"
            if self.who == NOBODY:
                yield LIVE, NOBODY
            if self.is_late:
                yield LIVE, "late"


def _timed(day: date, letter: str, minutes: int | None, *, kept: bool | None) -> Iterator[tuple[date, str]]:
    if minutes is not None:
        yield day, f"{letter}.{step_of(minutes)}"
        if kept is not None:
            yield day, f"{letter}-kept" if kept else f"{letter}-missed"


def step_of(minutes: int) -> int:
    """Rounded down so that few steps remain: to a minute within the first hour, to ten within ten hours, to
    an hour within five days, then to a day.
    """
    for below, width in ((60, 1), (600, 10), (7200, 60)):
        if minutes < below:
            return minutes - minutes % width
    return minutes - minutes % 1440


def changes_between(before: Facts | None, after: Facts | None) -> dict[tuple[str, date], Counter[str]]:
    """(scope, day) -> what changes there when a ticket counts as `after` in place of `before`."""
    found: dict[tuple[str, date], Counter[str]] = {}
    for facts, sign in ((before, -1), (after, 1)):
        if facts:
            words = list(facts.words())
            for scope in facts.scopes:
                for day, word in words:
                    found.setdefault((scope, day), Counter())[word] += sign
    return found


class Sums(Counter[str]):
    """Word -> count; remembers its medians, which charts and tables ask for again and again."""

    def median(self, letter: str) -> int | None:
        """As `median_of`."""
        known: dict[str, int | None] = self.__dict__.setdefault("_medians", {})
        if letter not in known:
            known[letter] = median_of(self, letter)
        return known[letter]


def summed(rows: Iterable[Counts]) -> Sums:
    total = Sums()
    for row in rows:
        total.update(row)
    return total


def median_of(counts: Counts, letter: str) -> int | None:
    """The middle one of the times under this letter, in minutes as `step_of` rounds; None without any."""
    steps = sorted((int(word[2:]), n) for word, n in counts.items() if word.startswith(f"{letter}."))
    left = (sum(n for _, n in steps) + 1) // 2
    for minutes, n in steps:
        left -= n
        if left <= 0:
            return minutes
    return None


def timed_count(counts: Counts, letter: str) -> int:
    """How many times there are under this letter."""
    return sum(n for word, n in counts.items() if word.startswith(f"{letter}."))
