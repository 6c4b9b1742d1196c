"""One deed for many tickets: what it does to each of them, and why it leaves some."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tickets.domain.rules import Action, Do
from tickets.domain.status import UNFINISHED, Status, may_move

#: So many at a time: what takes longer than a breath wants a rule.
MAX_TICKETS: Final = 500
#: Who takes the tickets: `me`, nobody (empty), `17` a technician, `team-3` a team.
ME: Final = "me"
TEAM: Final = "team-"


class Deed(StrEnum):
    ASSIGN = "assign"
    STATUS = "status"
    PRIORITY = "priority"
    TAG = "tag"
    UNTAG = "untag"
    MERGE = "merge"
    CLOSE = "close"
    SPAM = "spam"


class Why(StrEnum):
    """Why a ticket is left as it is."""

    READ_ONLY = "read-only"
    MERGED = "merged"
    CLOSED = "closed"
    SAME = "same"
    NO_MOVE = "no-move"
    NOT_THEIRS = "not-theirs"
    CHANGED = "changed"
    TARGET = "target"
    CHILDREN = "children"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts of one ticket."""

    number: int
    status: Status
    priority: str
    assignee: str
    """As the choices name it: empty, `17` or `team-3`."""
    client: int | None
    tags: frozenset[str]
    """Case-folded."""
    is_merged: bool
    may_edit: bool
    open_children: int = 0
    """Right below it, besides those that are chosen, too, and can be finished."""
    is_unfilled: bool = False
    """A field is empty that is needed before a ticket is finished."""


@dataclass(frozen=True, slots=True)
class Task:
    """A deed with its value. `clients`: whose tickets the new assignee may work on, None: everybody's."""

    deed: Deed
    value: str = ""
    clients: Collection[int | None] | None = None

    @property
    def words(self) -> list[str]:
        """Of tags: each once, as typed."""
        typed = (" ".join(word.split()) for word in self.value.split(","))
        return list({word.casefold(): word for word in typed if word}.values())

    def why_not(self, one: Facts) -> Why | None:
        """Why this ticket is left as it is; None: it is done."""
        if not one.may_edit:
            return Why.READ_ONLY
        if one.is_merged:
            return Why.MERGED
        if one.status is Status.CLOSED and self.deed is not Deed.MERGE:
            return Why.SAME if self.deed is Deed.CLOSE else Why.CLOSED
        return self._is_idle(one)

    def _is_idle(self, one: Facts) -> Why | None:
        words = {word.casefold() for word in self.words}
        same = {
            Deed.ASSIGN: one.assignee == self.value,
            Deed.STATUS: one.status == self.value,
            Deed.PRIORITY: one.priority == self.value,
            Deed.TAG: words <= one.tags,
            Deed.UNTAG: not words & one.tags,
        }
        if same.get(self.deed, False):
            return Why.SAME
        if self.deed is Deed.STATUS and not may_move(one.status, Status(self.value)):
            return Why.NO_MOVE
        if self.deed is Deed.ASSIGN and self.clients is not None and one.client not in self.clients:
            return Why.NOT_THEIRS
        if self._finishes(one) and (one.is_unfilled or one.open_children):
            return Why.FIELDS if one.is_unfilled else Why.CHILDREN
        return Why.TARGET if self.deed is Deed.MERGE and str(one.number) == self.value else None

    def _finishes(self, one: Facts) -> bool:
        ends = self.deed is Deed.CLOSE or (self.deed is Deed.STATUS and Status(self.value) not in UNFINISHED)
        return ends and one.status in UNFINISHED

    def actions(self) -> list[Action]:
        """What it does to one ticket; nothing for the deeds that are more than changes."""
        do, value = _DOS.get(self.deed), self.value
        if self.deed is Deed.ASSIGN and not value:
            return [Action(Do.UNASSIGN)]
        if self.deed is Deed.ASSIGN and value.startswith(TEAM):
            return [Action(Do.ASSIGN_TEAM, value.removeprefix(TEAM))]
        if do in {Do.ADD_TAGS, Do.REMOVE_TAGS}:
            return [Action(do, tuple(self.words))]
        return [Action(do, Status.CLOSED.value if self.deed is Deed.CLOSE else value)] if do else []


_DOS: Final = {
    Deed.ASSIGN: Do.ASSIGN_USER,
    Deed.STATUS: Do.SET_STATUS,
    Deed.CLOSE: Do.SET_STATUS,
    Deed.PRIORITY: Do.SET_PRIORITY,
    Deed.TAG: Do.ADD_TAGS,
    Deed.UNTAG: Do.REMOVE_TAGS,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task does: the tickets that it changes, and the others by reason."""

    done: list[int]
    left: dict[Why, list[int]]


def outcome_of(task: Task, tickets: Iterable[Facts]) -> Outcome:
    done: list[int] = []
    left: dict[Why, list[int]] = {}
    for one in tickets:
        why = task.why_not(one)
        (left.setdefault(why, []) if why else done).append(one.number)
    return Outcome(done, left)
