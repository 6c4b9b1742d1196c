"""The week of a calendar and its days off as somebody types them; what is wrong keeps its text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.core.forms import ZoneField
from tickets.domain.hours import DAY_MINUTES, WEEKDAYS, Span

DAYS: Sequence[Promise] = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
NINE_TO_FIVE = ("09:00", "17:00")
MOST_SPANS = 8
_TIME = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2}))?")


def read_time(text: str) -> int | None:
    """Minutes since midnight of "8", "8:30", "0830" or "24:00"; None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    minutes = int(found[1]) * 60 + int(found[2] or 0)
    return minutes if int(found[2] or 0) < 60 and minutes <= DAY_MINUTES else None


def write_time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@dataclass(slots=True)
class DayField:
    """One day of the week: open or not, with pairs of texts."""

    number: int
    is_open: bool
    texts: list[tuple[str, str]]
    error: str = ""

    @property
    def label(self) -> str:
        return str(DAYS[self.number])

    @property
    def spans(self) -> list[Span]:
        """Of the pairs that are right; a pair without any text is none."""
        found = []
        for texts in self.texts if self.is_open else ():
            start, end = map(read_time, texts)
            if start is not None and end is not None and start < end:
                found.append(Span(start, end))
        return found

    @property
    def minutes(self) -> int:
        return sum(span.end - span.start for span in self.spans)

    def check(self) -> None:
        written = [texts for texts in self.texts if "".join(texts).strip()] if self.is_open else []
        if self.is_open and not written:
            self.error = _("Say from when until when, like 08:00 to 17:00, or close the day.")
        elif len(self.spans) < len(written):
            self.error = _("Write times like 08:00 to 12:30; the end comes after the start.")


@dataclass(slots=True)
class WeekForm:
    """The seven days. `is_valid` puts a sentence beside each day that is wrong."""

    days: list[DayField]

    @classmethod
    def of(cls, week: Sequence[Sequence[Sequence[int]]]) -> "WeekForm":
        return cls(
            [
                DayField(
                    number,
                    is_open=bool(week[number]),
                    texts=[(write_time(a), write_time(b)) for a, b in week[number]] or [NINE_TO_FIVE],
                )
                for number in range(WEEKDAYS)
            ]
        )

    @classmethod
    def typed(cls, data: QueryDict) -> "WeekForm":
        """With one more empty pair for the day that `more` names."""
        days = []
        for number in range(WEEKDAYS):
            texts = list(zip(data.getlist(f"from-{number}"), data.getlist(f"until-{number}"), strict=False))
            if data.get("more") == str(number):
                texts.append(("", ""))
            day = DayField(number, f"open-{number}" in data, texts[:MOST_SPANS] or [NINE_TO_FIVE])
            days.append(day)
        return cls(days)

    def is_valid(self) -> bool:
        for day in self.days:
            day.check()
        return not any(day.error for day in self.days)

    @property
    def week(self) -> list[list[Span]]:
        return [day.spans for day in self.days]


class CalendarForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)

    def __init__(self, *args: Any, house_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        like = _("Like the organisation (%(zone)s)") % {"zone": house_zone}
        self.fields["zone"] = ZoneField(label=_("Time zone"), empty=like)


class TimeOfDay(forms.CharField):
    """Minutes since midnight; None when nothing is written."""

    def clean(self, value: object) -> int | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        minutes = read_time(text)
        if minutes is None:
            raise forms.ValidationError(_("Write a time like 12:00."))
        return minutes


class DayOffForm(forms.Form):
    first = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    name = forms.CharField(label=gettext_lazy("Why"), max_length=120)
    closes = TimeOfDay(
        label=gettext_lazy("Closed from"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "00:00", "inputmode": "numeric", "size": 5}),
    )
    opens = TimeOfDay(
        label=gettext_lazy("Open again at"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "24:00", "inputmode": "numeric", "size": 5}),
    )

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        data["last"] = data.get("last") or data.get("first")
        start, end = data.get("closes") or 0, data.get("opens") or DAY_MINUTES
        if isinstance(start, int) and isinstance(end, int) and start >= end:
            self.add_error("opens", _("It opens again after it closed."))
        data["start"], data["end"] = start, end
        return data


class HolidayForm(forms.Form):
    """Which public holidays: a country, perhaps a region, a year."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)
