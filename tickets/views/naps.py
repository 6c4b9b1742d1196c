"""The usual moments to sleep until, in words and in the reader's own time."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.domain.sleep import Nap, end_of

_WORDS: dict[Nap, Promise] = {
    Nap.LATER: _("Later today"),
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


def naps() -> list[Offer]:
    local = timezone.localtime()
    return [Offer(nap.value, label, end_of(nap, local)) for nap, label in _WORDS.items()]
