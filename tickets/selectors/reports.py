"""Reports: tables of a time, with the lists behind their numbers, the same for page, file and mail."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agents.models import Client
from agents.selectors import clients_visible_to
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import organisation_time_zone
from tickets.domain.counted import KEPT, MISSED
from tickets.domain.figures import LIVE, Sums, summed, user_scope_of, who_of
from tickets.domain.reports import ReportKind, share
from tickets.domain.status import UNFINISHED
from tickets.domain.survey import Rating
from tickets.models import FigureDay, TicketFigure, TimeEntry
from tickets.models.labels import PRIORITY_CHOICES, RATING_CHOICES, hours_words, span_words
from tickets.selectors.access import scope_of_all
from tickets.selectors.figures import COUNTED, NOTHING, REPORTED, clients_of, figures_of, whose_of

SHOWN_BARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """`first` to `last` by the house's clock, `who` as the dashboard asks ("", "team", "me")."""

    first: date
    last: date
    who: str = ""
    client: Client | None = None

    @property
    def days(self) -> tuple[date, date]:
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class Cell:
    """`filters` of the list with exactly so many tickets; `days` names the filter for the report's time."""

    text: str
    is_number: bool = True
    days: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    #: What `text` has for programs, with a point.
    number: float | None = None

    @property
    def shown(self) -> str:
        """In the manner of the reader's language."""
        return self.text if self.number is None else number_format(self.number, 2)

    @property
    def is_linked(self) -> bool:
        return bool(self.days or self.filters)


@dataclass(frozen=True, slots=True)
class Measure:
    """One bar of the report's chart."""

    label: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    kind: ReportKind
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    bars: Sequence[Measure]
    #: What the chart shows, in words.
    told: str

    def as_texts(self) -> list[list[str]]:
        """The table with its head, as for a spreadsheet."""
        return [[*self.columns], *([cell.text for cell in row] for row in self.rows)]


def report_of(user: User, kind: ReportKind, scope: ReportScope) -> Report:
    """What this user may see of it: of the clients whose tickets they see and may report on, of one role or
    of two. Where they see more tickets than are counted, only what is of one client leads to its list.
    """
    made = _MAKERS[kind](user, scope)
    if scope.client or scope_of_all(user, REPORTED) == scope_of_all(user, COUNTED):
        return made
    return replace(made, rows=[[_of_one_client(cell) for cell in row] for row in made.rows])


def _of_one_client(cell: Cell) -> Cell:
    return cell if "client" in cell.filters else replace(cell, days="", filters={})


def report_title(kind: ReportKind) -> str:
    return {
        ReportKind.TECHNICIANS: _("Technicians"),
        ReportKind.CLIENTS: _("Clients"),
        ReportKind.TARGETS: _("Service targets"),
        ReportKind.TIME: _("Time"),
        ReportKind.SATISFACTION: _("Satisfaction"),
    }[kind]


def _technicians(user: User, scope: ReportScope) -> Report:
    whose = whose_of(user, scope.who)
    people = User.objects.filter(is_active=True).order_by("full_name", "id")
    shown = [one for one in people if whose is None or user_scope_of(one.pk) in whose]
    figures = figures_of(
        user,
        first=scope.first,
        last=scope.last,
        people=[user_scope_of(one.pk) for one in shown],
        client=scope.client.pk if scope.client else None,
        whose=whose,
        to=REPORTED,
    )
    rows, bars = [], []
    for one in shown:
        key = user_scope_of(one.pk)
        live, over = figures.live_of.get(key, NOTHING), figures.total_of.get(key, NOTHING)
        mine = {"assignee": str(one.pk)}
        unfinished = sum(live[status] for status in UNFINISHED)
        rows.append(
            [
                Cell(one.full_name, is_number=False),
                Cell(str(unfinished), filters=mine),
                Cell(str(over["created"]), days="created", filters=mine),
                Cell(str(over["resolved"]), days="resolved", filters=mine),
                *_timed_cells(over, mine),
            ]
        )
        bars.append(Measure(one.full_name, over["resolved"], str(over["resolved"])))
    columns = [_("Technician"), _("Unfinished now"), _("Created"), _("Resolved"), *_timed_columns()]
    return Report(ReportKind.TECHNICIANS, columns, rows, _longest(bars), _("Resolved by each technician"))


def _clients(user: User, scope: ReportScope) -> Report:
    """Clients with anything in this time; "my team" and "me" are counted from their tickets."""
    visible, counted = clients_visible_to(user), _counted(user, scope)
    if counted is not None:  # to see a client is not yet to see its tickets (A12)
        visible = visible.filter(pk__in=sorted(counted))
    names = {client.pk: client for client in visible.order_by("name")}
    sums = _sums_of_clients(user, scope, names)
    rows, bars = [], []
    for pk, client in names.items():
        over, live = sums.get(pk, (NOTHING, NOTHING))
        if not over and not live:
            continue
        theirs = {"client": str(client.public_id)}
        unfinished = sum(live[status] for status in UNFINISHED)
        rows.append(
            [
                Cell(client.name, is_number=False),
                Cell(str(unfinished), filters=theirs),
                Cell(str(over["created"]), days="created", filters=theirs),
                Cell(str(over["resolved"]), days="resolved", filters=theirs),
                *_timed_cells(over, theirs),
            ]
        )
        bars.append(Measure(client.name, over["created"], str(over["created"])))
    columns = [_("Client"), _("Unfinished now"), _("Created"), _("Resolved"), *_timed_columns()]
    return Report(ReportKind.CLIENTS, columns, rows, _longest(bars), _("New tickets of each client"))


def _counted(user: User, scope: ReportScope) -> frozenset[int] | None:
    return clients_of(user, scope.client.pk if scope.client else None, to=REPORTED)


_Sums = dict[int, tuple[Sums, Sums]]


def _sums_of_clients(user: User, scope: ReportScope, clients: Collection[int]) -> _Sums:
    """Client -> (sum of the time, what is there now)."""
    found: dict[int, list[tuple[date, Mapping[str, int]]]] = defaultdict(list)
    whose = whose_of(user, scope.who)
    if whose is None:
        scopes = {f"c{pk}": pk for pk in clients}
        kept = FigureDay.objects.filter(Q(day__range=scope.days) | Q(day=LIVE), scope__in=sorted(scopes))
        for name, day, counts in kept.order_by().values_list("scope", "day", "counts"):
            found[scopes[name]].append((day, counts))
    else:
        for row in TicketFigure.objects.filter(who__in=sorted(whose), last_on__gte=scope.first):
            if row.client is not None and row.client in clients:
                found[row.client].extend((day, {word: 1}) for day, word in row.facts.words())
    return {
        pk: (
            summed(counts for day, counts in rows if scope.first <= day <= scope.last),
            summed(counts for day, counts in rows if day == LIVE),
        )
        for pk, rows in found.items()
    }


def _timed_columns() -> list[str]:
    return [
        *(_("First answer, median"), _("First answer in time"), _("First answer late")),
        *(_("Solution, median"), _("Solved in time"), _("Solved late")),
    ]


def _timed_cells(over: Sums, filters: Mapping[str, str]) -> list[Cell]:
    cells = []
    for letter, days, promise in (("f", "answered", "first"), ("r", "resolved", "solved")):
        median = over.median(letter)
        kept, missed = over[f"{letter}-kept"], over[f"{letter}-missed"]
        cells += [
            Cell("–" if median is None else span_words(median)),
            Cell(str(kept), days=days, filters={**filters, promise: KEPT}),
            Cell(str(missed), days=days, filters={**filters, promise: MISSED}),
        ]
    return cells


def _targets(user: User, scope: ReportScope) -> Report:
    """How often promises were kept, by priority."""
    asked = _figures(user, scope)
    first = _kept(asked, "answered_on", "answer_kept", scope)
    solved = _kept(asked, "resolved_on", "solve_kept", scope)
    rows, bars = [], []
    for value, label in reversed(PRIORITY_CHOICES):
        cells = [Cell(str(label), is_number=False)]
        for found, days, promise in ((first, "answered", "first"), (solved, "resolved", "solved")):
            kept, missed = found[value, True], found[value, False]
            cells += [
                Cell(str(kept), days=days, filters={"priority": value, promise: KEPT}),
                Cell(str(missed), days=days, filters={"priority": value, promise: MISSED}),
                Cell(share(kept, kept + missed)),
            ]
        rows.append(cells)
        ended = first[value, True] + first[value, False]
        bars.append(Measure(str(label), 100 * first[value, True] / (ended or 1), cells[3].text))
    columns = [
        *(_("Priority"), _("First answer in time"), _("First answer late"), _("Kept")),
        *(_("Solved in time"), _("Solved late"), _("Kept")),
    ]
    return Report(ReportKind.TARGETS, columns, rows, bars, _("First answers in time, in percent"))


def _kept(
    figures: QuerySet[TicketFigure], day: str, kept: str, scope: ReportScope
) -> Counter[tuple[str, bool]]:
    rows = figures.filter(**{f"{day}__range": scope.days, f"{kept}__isnull": False}).order_by()
    counted = rows.values_list("priority", kept).annotate(n=Count("pk"))
    return Counter({(priority, is_kept): n for priority, is_kept, n in counted})


def _time(user: User, scope: ReportScope) -> Report:
    """What technicians noted, by client and technician; nothing that was deleted or not yet confirmed."""
    zone = ZoneInfo(organisation_time_zone())
    start = datetime.combine(scope.first, time(0), zone)
    end = datetime.combine(scope.last + timedelta(days=1), time(0), zone)
    entries = TimeEntry.objects.filter(
        started_at__gte=start, started_at__lt=end, deleted_at=None, is_asked=False
    )
    if (clients := _counted(user, scope)) is not None:
        entries = entries.filter(ticket__client__in=sorted(clients))
    whose = whose_of(user, scope.who)
    if whose is not None:
        entries = entries.filter(user__in=[int(key[1:]) for key in whose if key.startswith("u")])
    found = entries.order_by("ticket__client__name", "user_name").values_list(
        "ticket__client__name", "user_name"
    )
    rows, by_person = [], Counter[str]()
    for client, person, seconds, billable, tickets in found.annotate(
        total=Sum("seconds"),
        billable=Sum("seconds", filter=Q(is_billable=True)),
        tickets=Count("ticket", distinct=True),
    ):
        texts = (str(tickets), hours_words(seconds // 60), hours_words((billable or 0) // 60))
        rows.append(
            [
                Cell(client or _("No client"), is_number=False),
                Cell(person, is_number=False),
                *map(Cell, texts),
                Cell(f"{seconds / 3600:.2f}", number=seconds / 3600),
            ]
        )
        by_person[person] += seconds
    columns = [
        *(_("Client"), _("Technician"), _("Tickets"), _("Time"), _("Billable")),
        _("Hours as a number"),
    ]
    bars = [Measure(name, n / 3600, hours_words(n // 60)) for name, n in by_person.items()]
    return Report(ReportKind.TIME, columns, rows, _longest(bars), _("Time of each technician"))


def _satisfaction(user: User, scope: ReportScope) -> Report:
    """What customers said, by who had the ticket."""
    rated = _figures(user, scope).filter(rated_on__range=scope.days).order_by()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for who, rating, n in rated.values_list("who", "rating").annotate(n=Count("pk")):
        counts[who][rating] = n
    names = dict(User.objects.values_list("pk", "full_name"))
    rows, bars = [], []
    for who, said in sorted(counts.items(), key=lambda pair: -pair[1].total()):
        person = int(who[1:]) if who.startswith("u") else 0
        name = names.get(person) or (_("Nobody") if who == who_of(None, None) else _("A team"))
        whose = {"assignee": str(person)} if person in names else {}
        rows.append(
            [
                Cell(name, is_number=False),
                *(
                    Cell(str(said[value]), days="rated" if whose else "", filters=whose | {"rating": value})
                    if whose
                    else Cell(str(said[value]))
                    for value, _label in RATING_CHOICES
                ),
                Cell(share(said[Rating.HAPPY], said.total())),
            ]
        )
        part = 100 * said[Rating.HAPPY] / said.total()
        bars.append(Measure(name, part, share(said[Rating.HAPPY], said.total())))
    columns = [_("Technician"), *(str(label) for _value, label in RATING_CHOICES), _("Happy")]
    told = _("Happy customers of each technician, in percent")
    return Report(ReportKind.SATISFACTION, columns, rows, bars[:SHOWN_BARS], told)


def _figures(user: User, scope: ReportScope) -> QuerySet[TicketFigure]:
    """The tickets of a scope as they are counted."""
    found = TicketFigure.objects.all()
    clients, whose = _counted(user, scope), whose_of(user, scope.who)
    if clients is not None:
        found = found.filter(client__in=sorted(clients))
    return found if whose is None else found.filter(who__in=sorted(whose))


def _longest(bars: list[Measure]) -> list[Measure]:
    """The highest first, without those that are nothing."""
    return sorted((bar for bar in bars if bar.value), key=lambda bar: -bar.value)[:SHOWN_BARS]


_MAKERS: dict[ReportKind, Callable[[User, ReportScope], Report]] = {
    ReportKind.TECHNICIANS: _technicians,
    ReportKind.CLIENTS: _clients,
    ReportKind.TARGETS: _targets,
    ReportKind.TIME: _time,
    ReportKind.SATISFACTION: _satisfaction,
}
