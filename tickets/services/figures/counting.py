"""The sums are kept in two steps: triggers note which tickets changed, and whoever needs the figures, or the
next minute, counts those anew.

`TicketFigure` holds how a ticket was counted, so that counting it again is exact whatever happened between:
the old is taken off, the new is put on. One row is locked while that is done.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists

from helpdesk.core.jobs import each_minute
from helpdesk.core.rows import ASKED_KEY, Kept
from helpdesk.core.selectors.organisation import organisation_time_zone
from tickets.domain.figures import Facts, changes_between
from tickets.models import FigureChange, FigureDay, FigureState, TicketFigure
from tickets.models.figures import FACTS
from tickets.services.figures.facts import among, facts_of_tickets

#: Changes of one transaction: mails and people wait for no longer than it takes.
PART = 500
#: What somebody who looks at a page waits for at most; the rest is counted within the minute.
PARTS_AT_ONCE = 4
_TOLD = [*FACTS, "last_on"]
_STATE = Kept(
    lambda: FigureState.objects.filter(pk=ASKED_KEY).annotate(waits=Exists(FigureChange.objects.values("pk")))
)


@each_minute
def count_changes(_now: datetime) -> None:
    """Brings the sums up to date. Safe to run twice and in several processes."""
    catch_up(parts=1_000)


def catch_up(*, parts: int = PARTS_AT_ONCE) -> str:
    """Counts the tickets that changed since the last time; one query while there are none. Gives the version
    of the sums, empty while they are in the making.
    """
    state = _look()
    while parts and (state is None or state.waits):  # type: ignore[attr-defined]
        if state is None and not FigureChange.objects.exists():
            break
        parts = parts - 1 if _count_part() else 0
        state = _look()
    return f"{state.zone} {state.position}" if state and not state.stage else ""


def _look() -> FigureState | None:
    return _STATE.first(1)


@transaction.atomic
def _count_part() -> bool:
    state = locked_state()
    if state.stage:  # a recount reaches them later
        return False
    changes = dict(FigureChange.objects.order_by("pk").values_list("pk", "ticket")[:PART])
    FigureChange.objects.filter(pk__in=list(changes)).delete()
    sums: dict[tuple[str, date], Counter[str]] = {}
    for before, after in count_tickets(sorted(set(changes.values())), state.zone):
        for place, words in changes_between(before, after).items():
            sums.setdefault(place, Counter()).update(words)
    add_up({place: words for place, words in sums.items() if any(words.values())})
    FigureState.objects.update(position=state.position + 1)
    return bool(changes)


def locked_state() -> FigureState:
    """Only one counts at a time. The house's clock is taken over as long as nothing is counted by another."""
    FigureState.objects.get_or_create(pk=1, defaults={"zone": organisation_time_zone()})
    return FigureState.objects.select_for_update().get(pk=1)


def count_tickets(numbers: list[int], zone: str) -> list[tuple[Facts | None, Facts | None]]:
    """(as it was counted, as it is) for each ticket; writes down the new."""
    rows = TicketFigure.objects.filter(among("pk", numbers)).values_list("number", *FACTS)
    before = {number: Facts._make(facts) for number, *facts in rows}
    after = facts_of_tickets(numbers, zone)
    changed = [number for number in numbers if before.get(number) != after.get(number)]
    TicketFigure.objects.filter(pk__in=[number for number in changed if number not in after]).delete()
    _write_down({number: after[number] for number in changed if number in after})
    return [(before.get(number), after.get(number)) for number in changed]


def _write_down(counted: Mapping[int, Facts]) -> None:
    """Past the models, which would take longer than all the counting."""
    if not counted:
        return
    changed = ", ".join(f"{name} = excluded.{name}" for name in _TOLD)
    marks = ", ".join(["%s"] * (len(_TOLD) + 1))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {TicketFigure._meta.db_table} (number, {', '.join(_TOLD)}) VALUES ({marks})"  # noqa: S608
            f" ON CONFLICT (number) DO UPDATE SET {changed}",
            [(number, *map(_plain, facts), f"{facts.last_on}") for number, facts in counted.items()],
        )


def _plain(value: Any) -> Any:  # noqa: ANN401 - of any column
    return value.isoformat() if isinstance(value, date) else value


def add_up(sums: Mapping[tuple[str, date], Mapping[str, int]]) -> None:
    """Adds to the sums of each scope and day; words that come to nothing are left out."""
    scopes, days = {scope for scope, _ in sums}, {day for _, day in sums}
    rows = FigureDay.objects.filter(scope__in=scopes, day__in=days)
    found = {(row.scope, row.day): row for row in rows if (row.scope, row.day) in sums}
    for (scope, day), words in sums.items():
        row = found.setdefault((scope, day), FigureDay(scope=scope, day=day))
        total = Counter(row.counts)
        total.update(words)
        row.counts = {word: n for word, n in sorted(total.items()) if n}
    FigureDay.objects.bulk_create(
        found.values(), update_conflicts=True, unique_fields=["scope", "day"], update_fields=["counts"]
    )
