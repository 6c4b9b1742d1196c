"""Business hours, service targets and the clocks of tickets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from tickets.domain.conditions import Row, read_rows
from tickets.domain.hours import ALWAYS, Closure, Hours, Span
from tickets.domain.priority import Priority
from tickets.domain.targets import ClockKind, Limit, Promise, Run, TargetSpec, Unit
from tickets.models.labels import CLOCK_CHOICES, PRIORITY_CHOICES, UNIT_CHOICES
from tickets.models.tag import Tag
from tickets.models.ticket import Ticket


class Calendar(models.Model):
    """When somebody works. `week`: minutes of each day, Monday first: `[[[480, 720], [780, 1080]], ...]`."""

    name = models.CharField(max_length=80, unique=True)
    #: Empty is the zone of the organisation.
    zone = models.CharField(max_length=64, blank=True, default="")
    week: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="calendar_has_a_name"),)

    def __str__(self) -> str:
        return self.name

    def hours(self, house_zone: str) -> Hours:
        """For reckoning; reads the days off unless they are prefetched."""
        week = tuple(tuple(Span(*span) for span in day) for day in self.week)
        return Hours(self.zone or house_zone, week, tuple(day.closure for day in self.days_off.all()))


class DayOff(models.Model):
    """Days on which a calendar is closed, from minute `start` to minute `end` of each."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days_off")
    first = models.DateField()
    last = models.DateField()
    start = models.PositiveSmallIntegerField(default=0)
    end = models.PositiveSmallIntegerField(default=24 * 60)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("first", "id")
        verbose_name_plural = "days off"
        constraints = (
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="day_off_in_order"),
            models.CheckConstraint(
                condition=Q(start__lt=models.F("end"), end__lte=24 * 60), name="day_off_within_the_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.first}"

    @property
    def closure(self) -> Closure:
        return Closure(self.first, self.last, Span(self.start, self.end))


class ServiceTarget(models.Model):
    """What is promised to some clients. `promises`: priority to `{"first": [30, "min"], ..., "warn": 15}`."""

    name = models.CharField(max_length=80, unique=True)
    #: None is around the clock.
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, null=True, blank=True, related_name="targets", db_index=False
    )
    position = models.PositiveIntegerField(default=0)
    clients = models.ManyToManyField("agents.Client", blank=True, related_name="+")
    tag = models.ForeignKey(Tag, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    #: What a field that the desk added must say, as in the address of a list: "field-impact.is.high".
    own = models.CharField(max_length=300, blank=True, default="")
    promises: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    #: What happens when one is missed.
    tells_people = models.BooleanField(default=True)
    goes_on_top = models.BooleanField(default=True)
    raises_priority = models.BooleanField(default=False)

    class Meta:
        ordering = ("position", "id")
        constraints = (models.CheckConstraint(condition=~Q(name=""), name="target_has_a_name"),)

    def __str__(self) -> str:
        return self.name

    def promise(self, priority: str) -> Promise:
        return read_promise(self.promises.get(priority, {}))

    def spec(self, house_zone: str) -> TargetSpec:
        """For reckoning; wants calendar, its days off, clients and tag prefetched."""
        return TargetSpec(
            key=self.pk,
            hours=self.calendar.hours(house_zone) if self.calendar else ALWAYS,
            promises={priority: self.promise(priority) for priority in Priority},
            clients=frozenset(client.pk for client in self.clients.all()),
            tag=self.tag.name if self.tag else "",
            position=self.position,
            own=self.own_row,
        )

    @property
    def own_parts(self) -> dict[str, str]:
        """As it is typed: the key of the field, how it is asked, and what it must say."""
        row = self.own_row
        key = row.own[1] if row and row.own else ""
        return {"own": key, "own_op": row.op.value if row else "", "own_value": row.value if row else ""}

    @property
    def own_row(self) -> Row | None:
        return read_rows([self.own], me=0, now=None)[0] if self.own else None


def read_promise(row: Mapping[str, Any]) -> Promise:
    limits = {
        kind.value: Limit(pair[0], Unit(pair[1])) for kind in ClockKind if (pair := row.get(kind.value))
    }
    return Promise(**limits, warn_minutes=row.get("warn", 0))


class TicketClock(models.Model):
    """One promise for one ticket, with the limit as it was given: later changes of the target leave it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    target = models.ForeignKey(ServiceTarget, models.CASCADE, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=7, choices=CLOCK_CHOICES)
    priority = models.CharField(max_length=8, choices=PRIORITY_CHOICES)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=4, choices=UNIT_CHOICES)
    warn_minutes = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    #: `[[paused, resumed or null], ...]` as ISO times, from which everything can be worked out again.
    pauses: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    paused_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    is_on_top = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["due_at"], name="clocks_to_miss", condition=Q(met_at=None, missed_at=None)),
            models.Index(fields=["warn_at"], name="clocks_to_warn", condition=Q(met_at=None, warned_at=None)),
            models.Index(fields=["due_at", "ticket"], name="clocks_on_top", condition=Q(is_on_top=True)),
            models.Index(fields=["target", "due_at"], name="clocks_of_target"),
            models.Index(
                fields=["due_at", "ticket"],
                name="clocks_by_due",
                condition=Q(met_at=None, due_at__isnull=False),
            ),
            models.Index(
                fields=["ticket"], name="clocks_missed", condition=Q(met_at=None, missed_at__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["ticket", "kind"], name="one_running_clock_of_a_kind", condition=Q(met_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of #{self.ticket_id}"

    @property
    def limit(self) -> Limit:
        return Limit(self.amount, Unit(self.unit))

    @property
    def run(self) -> Run:
        pauses = ((_time(start), _time(end) if end else None) for start, end in self.pauses)
        return Run(self.started_at, tuple(pauses), self.met_at)

    @run.setter
    def run(self, run: Run) -> None:
        self.pauses = [[start.isoformat(), end and end.isoformat()] for start, end in run.pauses]
        self.paused_at, self.met_at = run.paused_at, run.met_at


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
