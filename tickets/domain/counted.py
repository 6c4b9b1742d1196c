"""Which tickets stand behind a number of the dashboard or of a report, as a list is asked for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

#: First and last day, both included, by the house's clock.
Days = tuple[date, date]
DAYS = ("created", "resolved", "answered", "rated")
PROMISES = ("first", "solved")
#: The parameters of a list's address.
NAMES = (*DAYS, *PROMISES)
KEPT, MISSED, TIMED = "kept", "missed", "timed"
DAYS_RULE = "2026-11-22, 2026-11-01..2026-11-30"
PROMISE_RULE = f"{KEPT}, {MISSED}, {TIMED}"


@dataclass(frozen=True, slots=True)
class Counted:
    """None and "" ask for nothing. `first`, `solved`: the promise was kept, missed, or its time is known."""

    created: Days | None = None
    resolved: Days | None = None
    answered: Days | None = None
    rated: Days | None = None
    first: str = ""
    solved: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in NAMES)


def read_counted(last: Callable[[str], str], wrong: Callable[[str, str], Exception]) -> Counted:
    """`last` gives the value of a parameter, `wrong` makes the error that names one and what it may be."""
    found: dict[str, Days | str | None] = {}
    for name in DAYS:
        if text := last(name):
            found[name] = _days(text)
            if not found[name]:
                raise wrong(name, DAYS_RULE)
    for name in PROMISES:
        if text := last(name):
            if text not in {KEPT, MISSED, TIMED}:
                raise wrong(name, PROMISE_RULE)
            found[name] = text
    return Counted(**found)  # type: ignore[arg-type]


def days_text(first: date, last: date) -> str:
    """As it stands in an address."""
    return f"{first}" if first == last else f"{first}..{last}"


def _days(text: str) -> Days | None:
    first, dots, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last if dots else first)
    except ValueError:
        return None
    return days if days[0] <= days[1] else None
