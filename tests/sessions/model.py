"""A simple model of one request, in plain Python and without tables: what the product must agree with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sessions.errors import (
    AlreadyAssigned,
    CodeUnknown,
    CustomerIsThere,
    KeyUsed,
    LineLost,
    NoNewJoins,
    RequestOver,
)

HOUR = timedelta(hours=1)
SILENCE = timedelta(seconds=15)
Refusal = type[Exception] | None


@dataclass
class Process:
    heard_at: datetime
    is_alive: bool = True

    def counts(self, now: datetime) -> bool:
        return now < self.heard_at + SILENCE


@dataclass
class Model:
    now: datetime
    born: datetime
    #: Which side is there by which process; the number is the connection's.
    there: dict[int, tuple[str, str]] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    ended: str = ""
    assignee: str = ""
    key_until: datetime = field(init=False)
    key_of: str = ""
    is_withdrawn: bool = False
    was_live_at_its_end: bool = False

    def __post_init__(self) -> None:
        self.key_until = self.born + 4 * HOUR

    @property
    def end(self) -> datetime:
        return self.born + 24 * HOUR

    def sides(self) -> set[str]:
        return {side for side, process in self.there.values() if self.processes[process].counts(self.now)}

    def status(self) -> str:
        if self.ended:
            return self.ended
        if len(self.sides()) == 2:
            return "in_progress"
        if self.now >= self.end:
            return "expired"
        return "pending" if self.sides() else "new"

    def note(self) -> None:
        """What was over stays over, and who was silent for too long is gone."""
        self.ended = self.ended or ("expired" if self.status() == "expired" else "")
        self.there = {
            number: (side, process)
            for number, (side, process) in self.there.items()
            if self.processes[process].counts(self.now) and not self.ended
        }

    def later(self, by: timedelta) -> None:
        """Processes that live speak up all the time; the others were heard last when they died."""
        begun = self.now
        if begun < self.end <= begun + by:
            self._pass(self.end)
            self.was_live_at_its_end = len(self.sides()) == 2
        self._pass(begun + by)

    def _pass(self, to: datetime) -> None:
        self.now = to
        for process in self.processes.values():
            if process.is_alive:
                process.heard_at = to
        self.note()

    # What each deed must be refused with.

    def over(self) -> Refusal:
        return RequestOver if self.ended else None

    def join(self, process: str, customer: str = "") -> Refusal:
        if self.ended:
            return RequestOver
        if not self.processes[process].counts(self.now):
            return LineLost
        if self.now >= self.end:
            return NoNewJoins
        is_good = not customer or (self.key_of == customer and not self.is_withdrawn)
        return None if is_good else CodeUnknown

    def use(self) -> Refusal:
        if self.ended or self.now >= self.end:
            return RequestOver if self.ended else NoNewJoins
        if self.is_withdrawn:
            return CodeUnknown
        if self.key_of:
            return KeyUsed
        return None if self.now < self.key_until else CodeUnknown

    def renew(self) -> Refusal:
        if self.ended or self.now >= self.end:
            return RequestOver if self.ended else NoNewJoins
        is_busy = self.key_of and not self.is_withdrawn and "customer" in self.sides()
        return CustomerIsThere if is_busy else None

    def renewed(self) -> bool:
        """Is it a new code? The key is good again for four hours."""
        is_new = bool(self.key_of) or self.is_withdrawn
        self.key_until = min(self.now + 4 * HOUR, self.end)
        self.key_of, self.is_withdrawn = "", False
        return is_new

    def take(self, by: str) -> Refusal:
        return self.over() or (AlreadyAssigned if self.assignee not in ("", by) else None)

    def assign(self, to: str, seen: str) -> Refusal:
        return self.over() or (AlreadyAssigned if self.assignee not in (to, seen) else None)
