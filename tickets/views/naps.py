"""The usual moments to sleep until, in words and in the reader's own time."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.domain.sleep import Nap, end_of

_WORDS: dict[Nap, Promise] = {
    Nap.LATER: _("In 3 hours"),
    Nap.TOMORROW: _("Tomorrow"),
    Nap.MONDAY: _("Monday"),
    Nap.NEXT_MONTH: _("In 30 days"),
    Nap.ANSWER: _("Until the customer answers"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    nap: str
    label: Promise
    until: datetime | None


def naps(local: datetime) -> list[Offer]:
    """Each moment once: on a Sunday, Monday is tomorrow."""
    offers = {end_of(nap, local): nap for nap in reversed(_WORDS)}
    return [Offer(nap.value, _WORDS[nap], until) for until, nap in reversed(offers.items())]
