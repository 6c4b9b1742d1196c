"""What `beside` read about time, sleep, links, checklist and own fields, as the page of a ticket shows it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agents.domain.fields import FieldType
from tickets.domain.status import UNFINISHED, Status
from tickets.domain.work import LinkRole, is_idle
from tickets.selectors.beside import Beside, Row, moment


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist."""

    id: int
    text: str
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True, slots=True)
class Sleep:
    """`until` is None: until the customer answers. `since` is the moment of falling asleep."""

    until: datetime | None
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked ticket that the reader may see."""

    role: LinkRole
    number: int
    subject: str
    status: str

    @property
    def is_open(self) -> bool:
        return Status(self.status) in UNFINISHED


@dataclass(frozen=True, slots=True)
class RunningTimer:
    """The reader's timer. `stopped_at`: without a sign of life it ended there."""

    ticket: int
    started_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Time of a timer that stopped by itself: does it count?"""

    id: int
    ticket: int
    started_at: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of the desk with this ticket's value in the one way to write it, "" without one."""

    id: int
    key: str
    name: str
    type: FieldType
    choices: tuple[str, ...]
    is_required: bool
    value: str


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that technicians keep beside a ticket."""

    items: Sequence[Item]
    sleep: Sleep | None
    linked: Sequence[Linked]
    timer: RunningTimer | None
    asked: Sequence[Asked]
    spent: timedelta
    billable: timedelta
    #: Do timers start by themselves for this reader? And has the desk no time tracking at all?
    is_timed: bool
    is_time_off: bool
    fields: Sequence[OwnField]

    @property
    def done(self) -> int:
        return sum(1 for item in self.items if item.done_at)

    @property
    def open_children(self) -> int:
        return sum(1 for one in self.linked if one.role is LinkRole.CHILD and one.is_open)


def work_of(found: Beside, now: datetime) -> Work:
    """No query."""
    spent = {bool(row["is_billable"]): timedelta(seconds=row["seconds"]) for row in found.rows("time")}
    choices = {row["user"] is None: bool(row["is_on"]) for row in found.rows("time_choice")}
    of_desk = choices.get(True, True)
    return Work(
        items=[_item(row) for row in found.rows("checklist")],
        sleep=next((_sleep(row) for row in found.rows("snooze")), None),
        linked=_linked(found),
        timer=next((_timer(row, now) for row in found.rows("timer")), None),
        asked=[_asked(row) for row in found.rows("asked")],
        spent=sum(spent.values(), timedelta()),
        billable=spent.get(True, timedelta()),
        is_timed=of_desk and choices.get(False, True),
        is_time_off=not of_desk,
        fields=[_field(row) for row in found.rows("fields")],
    )


def _item(row: Row) -> Item:
    return Item(row["id"], row["text"], moment(row["done_at"]), row["done_by"])


def _sleep(row: Row) -> Sleep:
    return Sleep(moment(row["until"]), _moment(row["at"]), row["by"] or "")


def _linked(found: Beside) -> list[Linked]:
    arms = {
        "parent": LinkRole.PARENT,
        "children": LinkRole.CHILD,
        "related_out": LinkRole.RELATED,
        "related_in": LinkRole.RELATED,
    }
    return [
        Linked(role, row["number"], row["subject"], row["status"])
        for arm, role in arms.items()
        for row in found.rows(arm)
        if found.may_see(row["client"])
    ]


def _timer(row: Row, now: datetime) -> RunningTimer:
    seen_at = _moment(row["seen_at"])
    return RunningTimer(row["ticket"], _moment(row["started_at"]), seen_at if is_idle(seen_at, now) else None)


def _asked(row: Row) -> Asked:
    return Asked(row["id"], row["ticket"], _moment(row["started_at"]), timedelta(seconds=row["seconds"]))


def _field(row: Row) -> OwnField:
    choices: Any = row["choices"]
    # SQLite gives the text of a JSON column, PostgreSQL its value.
    choices = json.loads(choices) if isinstance(choices, str) else choices
    return OwnField(
        row["id"],
        row["key"],
        row["name"],
        FieldType(row["type"]),
        tuple(choices),
        bool(row["is_required"]),
        row["value"] or "",
    )


def _moment(text: str) -> datetime:
    at = moment(text)
    assert at is not None  # noqa: S101 - the column is never empty
    return at
