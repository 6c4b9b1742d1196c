"""A service target as somebody types it: a grid of priorities and times, and whom it is for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.domain.fields import FieldOf
from agents.models import Client
from agents.selectors.fields import fields_of
from helpdesk.core.forms import PickMany, near
from tickets.domain.own_values import STEADY
from tickets.domain.priority import Priority
from tickets.domain.targets import MAX_AMOUNT, ClockKind, Limit, Promise, Unit
from tickets.models import Calendar, ServiceTarget
from tickets.models.labels import OP_WORDS, PRIORITY_CHOICES

MOST_WARNING = 7 * 24 * 60


@dataclass(slots=True)
class LimitField:
    """One cell: an amount and its unit, as texts. `name` leads the names of its controls."""

    name: str
    title: str
    label: str
    amount: str
    unit: str

    @property
    def limit(self) -> Limit | None:
        """None for an empty amount. Raises `ValueError` for what is no time."""
        text = self.amount.strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_AMOUNT):
            raise ValueError(text)
        return Limit(int(text), Unit(self.unit))


@dataclass(slots=True)
class PromiseField:
    """One row of the grid."""

    priority: Priority
    cells: list[LimitField]
    warn: str
    error: str = ""
    promise: Promise = field(default_factory=Promise)

    def check(self) -> None:
        try:
            limits = dict(zip((kind.value for kind in ClockKind), (c.limit for c in self.cells), strict=True))
            self.promise = Promise(**limits, warn_minutes=self._warning())
        except ValueError:
            self.error = _("Write whole numbers from 1 to %(most)s, or leave a time empty.") % {
                "most": MAX_AMOUNT
            }

    def _warning(self) -> int:
        text = self.warn.strip() or "0"
        if not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_WARNING):
            raise ValueError(text)
        return int(text)


KIND_NAMES = {
    ClockKind.FIRST: gettext_lazy("First answer within"),
    ClockKind.NEXT: gettext_lazy("Next answer within"),
    ClockKind.RESOLVE: gettext_lazy("Resolve within"),
}
USUAL_UNIT = {ClockKind.FIRST: Unit.HOURS, ClockKind.NEXT: Unit.HOURS, ClockKind.RESOLVE: Unit.HOURS}


@dataclass(slots=True)
class PromiseGrid:
    """Urgent first. `is_valid` puts a sentence beside each row that is wrong."""

    rows: list[PromiseField]

    @classmethod
    def of(cls, target: ServiceTarget | None) -> "PromiseGrid":
        return cls([cls._row(priority, target) for priority in reversed(Priority)])

    @classmethod
    def typed(cls, data: QueryDict) -> "PromiseGrid":
        rows = []
        for priority in reversed(Priority):
            row = cls._row(priority, None)
            for cell in row.cells:
                cell.amount, cell.unit = data.get(cell.name, ""), data.get(f"{cell.name}-unit", "")
            row.warn = data.get(f"{priority}-warn", "")
            rows.append(row)
        return cls(rows)

    @classmethod
    def _row(cls, priority: Priority, target: ServiceTarget | None) -> PromiseField:
        promise = target.promise(priority) if target else Promise()
        label = str(dict(PRIORITY_CHOICES)[priority.value])
        cells = []
        for kind in ClockKind:
            limit = promise.limit(kind)
            cells.append(
                LimitField(
                    name=f"{priority}-{kind}",
                    title=str(KIND_NAMES[kind]),
                    label=f"{label}: {KIND_NAMES[kind]}",
                    amount=str(limit.amount) if limit else "",
                    unit=(limit.unit if limit else USUAL_UNIT[kind]).value,
                )
            )
        return PromiseField(priority, cells, str(promise.warn_minutes or ""))

    def is_valid(self) -> bool:
        for row in self.rows:
            row.check()
        return not any(row.error for row in self.rows)

    @property
    def promises(self) -> dict[Priority, Promise]:
        return {row.priority: row.promise for row in self.rows}


class ClientChoice(PickMany):
    def __init__(self) -> None:
        super().__init__(Client.objects.none(), label=gettext_lazy("Only for these clients"))


class TargetForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    calendar = forms.ModelChoiceField(
        queryset=Calendar.objects.all(),
        label=gettext_lazy("Business hours"),
        empty_label=gettext_lazy("Always, day and night"),
        required=False,
    )
    tag = forms.CharField(label=gettext_lazy("Only for tickets with the tag"), max_length=40, required=False)
    own = forms.ChoiceField(label=gettext_lazy("Only where this field"), required=False)
    own_op = forms.ChoiceField(label=gettext_lazy("Condition"), required=False)
    own_value = forms.CharField(
        label=gettext_lazy("Value"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "A number like 3.5, a day like 2026-11-22, yes or no, or a choice as it is written."
        ),
    )
    clients = ClientChoice()
    tells_people = forms.BooleanField(
        label=gettext_lazy("Tell the assignee, or the whole team"), required=False
    )
    goes_on_top = forms.BooleanField(
        label=gettext_lazy("Put the ticket on top of every list"), required=False
    )
    raises_priority = forms.BooleanField(label=gettext_lazy("Raise the priority by one"), required=False)

    def __init__(self, *args: Any, clients: QuerySet[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clients"].queryset = clients  # type: ignore[attr-defined]
        known = [(field.key, field.name) for field in fields_of(FieldOf.TICKET)]
        chosen = self.initial.get("own")
        if chosen and chosen not in dict(known):  # else the next save would promise it to everybody
            known.append((chosen, f"{chosen} ({_('no longer there')})"))
        self.has_own = bool(known)
        self.fields["own"].choices = [("", _("No field")), *known]  # type: ignore[attr-defined]
        self.fields["own_op"].choices = [(op.value, OP_WORDS[op]) for op in STEADY]  # type: ignore[attr-defined]

    @property
    def whom(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in ("name", "calendar", "tag")]

    @property
    def asked(self) -> Iterable[forms.BoundField]:
        """What a field that the desk added must say; nothing where it added none."""
        return [self[name] for name in ("own", "own_op", "own_value")] if self.has_own else []

    @property
    def deeds(self) -> Iterable[forms.BoundField]:
        return [self[name] for name in ("tells_people", "goes_on_top", "raises_priority")]


class MomentForm(forms.Form):
    """By when? Read in the reader's own time zone."""

    until = forms.DateTimeField(
        label=gettext_lazy("Which tickets breach by"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": gettext_lazy("Write a day and a time, like 2026-11-30 09:00.")},
        validators=[near],
    )
    waiting = forms.BooleanField(
        label=gettext_lazy("Also tickets that wait for the customer, as if the answer came now"),
        required=False,
    )
