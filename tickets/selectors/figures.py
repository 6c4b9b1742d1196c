"""The sums behind the dashboard and the reports."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import uuid4

from django.core.cache import cache
from django.db.models import Q, QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from tickets.domain.counted import KEPT, MISSED, Counted
from tickets.domain.figures import ALL, LIVE, NOBODY, Sums, summed, team_scope_of, user_scope_of
from tickets.domain.filters import ME, TEAM
from tickets.models import FigureDay, StartChoice, TicketFigure
from tickets.selectors.access import scope_of_all


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of one choice of tickets in a time: by day, together (`total`), and for each scope of people what
    it has now and what it added. Read only: others may look at the same.
    """

    by_day: Mapping[date, Sums]
    live: Sums
    total: Sums
    live_of: Mapping[str, Sums]
    total_of: Mapping[str, Sums]
    #: The same key, the same figures; None where nothing says when they change.
    key: Hashable = None

    def on(self, day: date) -> Sums:
        return self.by_day.get(day, NOTHING)


NOTHING: Final = Sums()
#: Who counts tickets sees them; who reports on them may do so besides.
COUNTED: Final = (Permission.TICKETS_VIEW,)
REPORTED: Final = (*COUNTED, Permission.REPORTS_VIEW)
_VERSION: Final = "figures:version"
_MOST_KEPT: Final = 8
_kept: dict[tuple[object, ...], Figures] = {}


def figures_of(
    user: User,
    *,
    first: date,
    last: date,
    people: Collection[str],
    client: int | None = None,
    whose: Collection[str] | None = None,
    version: str = "",
    to: Collection[Permission] = COUNTED,
) -> Figures:
    """One query. `whose` scopes of people and teams to sum up, None for everybody; `people` are told apart.

    Only clients for which the user holds all of `to` count. A choice of both clients and people is counted
    from the tickets of those people that still count in this time. No query where the sums of this `version`
    are at hand.
    """
    clients = clients_of(user, client, to=to)
    told = frozenset({*people, *(whose or ()), NOBODY})
    chosen = frozenset({ALL} if whose is None else whose)
    key = (_epoch(), version, clients, chosen, told, first, last)
    if version and key in _kept:
        return _kept[key]
    if clients is None:
        rows = _sums(told | chosen, first, last)
    else:
        rows = _counted_anew(clients, whose, first, last)
    figures = _put_together(rows, chosen, key if version else None)
    if version:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = figures
    return figures


def _epoch() -> str:
    """Changes when the cache is emptied."""
    return str(cache.get_or_set(_VERSION, lambda: uuid4().hex, timeout=None))


def whose_of(user: User, who: str) -> frozenset[str] | None:
    """The scopes of "me" and "team" (one query): oneself; one's teams and who is in them. None is all."""
    if who == ME:
        return frozenset({user_scope_of(user.pk)})
    if who != TEAM:
        return None
    pairs = Team.members.through.objects.filter(team__members=user.pk).values_list("team_id", "user_id")
    return frozenset(scope for team, one in pairs for scope in (team_scope_of(team), user_scope_of(one)))


def counted_as(asked: Counted) -> QuerySet[TicketFigure, int]:
    """The numbers of the tickets that stand behind a figure."""
    found = Q()
    for name in ("created", "resolved", "answered", "rated"):
        if days := getattr(asked, name):
            found &= Q(**{f"{name}_on__range": days})
    for told, column in ((asked.first, "answer"), (asked.solved, "solve")):
        if told in {KEPT, MISSED}:
            found &= Q(**{f"{column}_kept": told == KEPT})
        elif told:
            found &= Q(**{f"{column}_minutes__isnull": False})
    return TicketFigure.objects.filter(found).order_by().values_list("number", flat=True)


def clients_of(
    user: User, client: int | None, *, to: Collection[Permission] = COUNTED
) -> frozenset[int] | None:
    """For which the user holds all of `to`. None is every ticket, also those of no client."""
    visible = scope_of_all(user, to)
    if client is None:
        return visible
    return frozenset({client}) if visible is None else visible & {client}


Row = tuple[str, date, Mapping[str, int]]


def _sums(scopes: Collection[str], first: date, last: date) -> Iterator[Row]:
    rows = FigureDay.objects.filter(Q(day__range=(first, last)) | Q(day=LIVE), scope__in=sorted(scopes))
    return iter(rows.order_by().values_list("scope", "day", "counts"))


def _counted_anew(
    clients: Collection[int], whose: Collection[str] | None, first: date, last: date
) -> Iterator[Row]:
    """From the tickets themselves."""
    rows = TicketFigure.objects.filter(client__in=sorted(clients), last_on__gte=first)
    for row in rows if whose is None else rows.filter(who__in=sorted({*whose, NOBODY})):
        for day, word in row.facts.words():
            if day == LIVE or first <= day <= last:
                yield from ((scope, day, {word: 1}) for scope in (ALL, row.who))


def _put_together(rows: Iterator[Row], chosen: Collection[str], key: Hashable) -> Figures:
    by_day: dict[date, Sums] = defaultdict(Sums)
    live_of: dict[str, Sums] = defaultdict(Sums)
    total_of: dict[str, Sums] = defaultdict(Sums)
    for scope, day, counts in rows:
        if scope in chosen:
            by_day[day].update(counts)
        (live_of if day == LIVE else total_of)[scope].update(counts)
    live = by_day.pop(LIVE, Sums())
    return Figures(dict(by_day), live, summed(by_day.values()), dict(live_of), dict(total_of), key)


def starts_at_dashboard(user: User) -> bool:
    """Does the user want to see the dashboard first?"""
    return StartChoice.objects.filter(user=user).exists()
