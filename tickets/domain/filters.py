"""What a ticket list is asked for: an allow-list, no key or sort order reaches the ORM as given (A13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from tickets.domain.conditions import BadRow, Field, Row, read_rows
from tickets.domain.counted import NAMES as COUNTED_NAMES
from tickets.domain.counted import Counted, read_counted
from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.domain.survey import Rating

#: The word that stands for every status, in the address of a list.
ANY = "any"
NOBODY = "nobody"
ME = "me"
LATE = "late"
YES = "yes"
TEAM = "team"
MAX_QUERY = 200

_Choice = TypeVar("_Choice", bound=StrEnum)


class Sort(StrEnum):
    UPDATED_DOWN = "-updated"
    UPDATED_UP = "updated"
    NUMBER_DOWN = "-number"
    NUMBER_UP = "number"
    SUBJECT_UP = "subject"
    SUBJECT_DOWN = "-subject"
    CLIENT_UP = "client"
    CLIENT_DOWN = "-client"
    STATUS_UP = "status"
    STATUS_DOWN = "-status"
    PRIORITY_UP = "priority"
    PRIORITY_DOWN = "-priority"
    ASSIGNEE_UP = "assignee"
    ASSIGNEE_DOWN = "-assignee"
    DUE_UP = "due"
    DUE_DOWN = "-due"

    @property
    def is_down(self) -> bool:
        return self.startswith("-")

    @property
    def column(self) -> str:
        return self.removeprefix("-")

    @property
    def is_keyed(self) -> bool:
        """A cursor of this order holds a value of the column, too."""
        return self.column not in {"updated", "number"}

    @property
    def by_number(self) -> bool:
        return self in {Sort.NUMBER_DOWN, Sort.NUMBER_UP}


class BadFilter(ValueError):
    """A filter has a value that does not exist. `field` names it, `allowed` what it may be."""

    def __init__(self, field: str, allowed: str) -> None:
        super().__init__(f"{field}: {allowed}")
        self.field = field
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class TicketFilters:
    """Empty sets mean no restriction. `assignee` is a user id; `is_unassigned` asks for tickets of nobody."""

    statuses: frozenset[Status] = frozenset()
    priorities: frozenset[Priority] = frozenset()
    assignee: int | None = None
    is_unassigned: bool = False
    client: UUID | None = None
    device: UUID | None = None
    contact: UUID | None = None
    tag: str = ""
    #: Only tickets with a promise that was missed and is still open.
    is_late: bool = False
    #: Only tickets on which mail of a stranger waits for somebody to decide, finished ones too.
    is_held: bool = False
    #: Only tickets of which a customer said this.
    rating: Rating | None = None
    #: Only tickets of the asker's teams and of who is in them.
    is_of_team: bool = False
    source: Source | None = None
    counted: Counted = field(default_factory=Counted)
    #: What the filter builder asks for besides: all of the rows, or any.
    rows: tuple[Row, ...] = ()
    is_any: bool = False
    query: str = ""
    sort: Sort = Sort.UPDATED_DOWN
    unknown: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def cells(self) -> list[tuple[Status, Priority]]:
        """Every pair of status and priority that is asked for."""
        return [
            (status, priority)
            for status in Status
            if not self.statuses or status in self.statuses
            for priority in Priority
            if not self.priorities or priority in self.priorities
        ]

    def without_states(self) -> "TicketFilters":
        return replace(self, statuses=frozenset(), priorities=frozenset())


#: The parameters of a list, in the order in which they stand in an address.
NAMES = (
    *("status", "priority", "assignee", "client", "device", "contact", "tag", "due", "rating", "held"),
    *("who", "source", *COUNTED_NAMES),
    *("f", "any", "q", "sort"),
)


def read_filters(
    params: Mapping[str, Sequence[str]],
    *,
    me: int,
    now: datetime | None = None,
    default_statuses: frozenset[Status] = UNFINISHED,
) -> TicketFilters:
    """Read the parameters of a list; several values as repeats or with commas. Raises `BadFilter`.

    Names that are not in `NAMES` change nothing; `unknown` tells which, so that the API can refuse them.
    Mail is held on finished tickets as well: who asks for it, or has a row about the status, gets every
    status unless he names some. Days in `f` are those of `now`, by the clock of who asks; days back want one.
    """
    is_held = _is_just("held", _last(params, "held"), YES)
    rows = _rows(params.get("f", ()), me, now)
    is_open = is_held or any(row.field == Field.STATUS for row in rows)
    return TicketFilters(
        statuses=_statuses(_values(params, "status"), frozenset() if is_open else default_statuses),
        priorities=frozenset(_choice("priority", value, Priority) for value in _values(params, "priority")),
        assignee=_assignee(_last(params, "assignee"), me),
        is_unassigned=_last(params, "assignee") == NOBODY,
        client=_uuid(params, "client"),
        device=_uuid(params, "device"),
        contact=_uuid(params, "contact"),
        tag=_last(params, "tag")[:MAX_QUERY],
        is_late=_is_just("due", _last(params, "due"), LATE),
        is_held=is_held,
        rating=_choice("rating", rating, Rating) if (rating := _last(params, "rating")) else None,
        is_of_team=_is_just("who", _last(params, "who"), TEAM),
        source=_choice("source", source, Source) if (source := _last(params, "source")) else None,
        counted=read_counted(lambda name: _last(params, name), BadFilter),
        rows=rows,
        is_any=_is_just("any", _last(params, "any"), YES),
        query=_last(params, "q")[:MAX_QUERY],
        sort=_choice("sort", _last(params, "sort") or Sort.UPDATED_DOWN, Sort),
        unknown=frozenset(params).difference(NAMES),
    )


def _rows(texts: Sequence[str], me: int, now: datetime | None) -> tuple[Row, ...]:
    try:
        return read_rows(texts, me=me, now=now)
    except BadRow as problem:
        raise BadFilter("f", f"field.operator.value; wrong {problem.part}") from None


def _values(params: Mapping[str, Sequence[str]], name: str) -> list[str]:
    return [part for value in params.get(name, ()) for part in value.split(",") if part]


def _last(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name) or ("",)
    return values[-1].replace("\0", "").strip()  # PostgreSQL takes no NUL


def _choice(name: str, value: str, choices: type[_Choice]) -> _Choice:
    try:
        return choices(value)
    except ValueError:
        raise BadFilter(name, ", ".join(choices)) from None


def _statuses(values: list[str], default: frozenset[Status]) -> frozenset[Status]:
    if not values:
        return default
    if ANY in values:
        return frozenset()
    return frozenset(_choice("status", value, Status) for value in values)


def _assignee(value: str, me: int) -> int | None:
    if value in {"", NOBODY}:
        return None
    if value == ME:
        return me
    if value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    raise BadFilter("assignee", f"{ME}, {NOBODY}, a user number")


def _is_just(name: str, value: str, only: str) -> bool:
    if value not in {"", only}:
        raise BadFilter(name, only)
    return value == only


def _uuid(params: Mapping[str, Sequence[str]], name: str) -> UUID | None:
    value = _last(params, name)
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError:
        raise BadFilter(name, "a UUID") from None
