"""The sums behind the dashboard and the reports."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from tickets.domain.counted import KEPT, MISSED, Counted
from tickets.domain.figures import ALL, LIVE, NOBODY, summed, team_scope_of, user_scope_of
from tickets.domain.filters import ME, TEAM
from tickets.models import FigureDay, StartChoice, TicketFigure
from tickets.selectors.access import client_scope


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of one choice of tickets by day, `LIVE` is now; `by_person`: the same for each scope of people."""

    by_day: dict[date, Counter[str]]
    by_person: dict[str, dict[date, Counter[str]]]

    @property
    def live(self) -> Counter[str]:
        return self.on(LIVE)

    def on(self, day: date) -> Counter[str]:
        return self.by_day.get(day, Counter())

    def over(self, first: date, last: date, person: str = "") -> Counter[str]:
        """The sum of these days, of one person or of all."""
        days = self.by_person.get(person, {}) if person else self.by_day
        return summed(counts for day, counts in days.items() if first <= day <= last)


def figures_of(
    user: User,
    *,
    first: date,
    last: date,
    people: Collection[str],
    client: int | None = None,
    whose: Collection[str] | None = None,
) -> Figures:
    """One query. `whose` scopes of people and teams to sum up, None for everybody; `people` are told apart.

    Only clients that the user sees count. A choice of both clients and people is counted from the tickets of
    those people that still count in this time.
    """
    clients = clients_of(user, client)
    told = {*people, *(whose or ()), NOBODY}
    if clients is None:
        rows = _sums({*told, ALL} if whose is None else told, first, last)
        return _put_together(rows, {ALL} if whose is None else whose)
    return _put_together(_counted_anew(clients, whose, first, last), {ALL} if whose is None else whose)


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


def clients_of(user: User, client: int | None) -> frozenset[int] | None:
    """None is every ticket, also those of no client."""
    visible = client_scope(user, Permission.TICKETS_VIEW)
    if client is None:
        return visible
    return frozenset({client}) if visible is None else visible & {client}


def _sums(scopes: Collection[str], first: date, last: date) -> Iterator[tuple[str, date, Counter[str]]]:
    rows = FigureDay.objects.filter(Q(day__range=(first, last)) | Q(day=LIVE), scope__in=sorted(scopes))
    for scope, day, counts in rows.order_by().values_list("scope", "day", "counts"):
        yield scope, day, Counter(counts)


def _counted_anew(
    clients: Collection[int], whose: Collection[str] | None, first: date, last: date
) -> Iterator[tuple[str, date, Counter[str]]]:
    """From the tickets themselves."""
    rows = TicketFigure.objects.filter(client__in=sorted(clients), last_on__gte=first)
    for row in rows if whose is None else rows.filter(who__in=sorted({*whose, NOBODY})):
        for day, word in row.facts.words():
            if day == LIVE or first <= day <= last:
                for scope in {ALL, row.who}:
                    yield scope, day, Counter({word: 1})


def _put_together(rows: Iterator[tuple[str, date, Counter[str]]], whose: Collection[str]) -> Figures:
    figures = Figures({}, {})
    for scope, day, counts in rows:
        if scope in whose:
            figures.by_day.setdefault(day, Counter()).update(counts)
        figures.by_person.setdefault(scope, {}).setdefault(day, Counter()).update(counts)
    return figures


def starts_at_dashboard(user: User) -> bool:
    """Does the user want to see the dashboard first?"""
    return StartChoice.objects.filter(user=user).exists()
