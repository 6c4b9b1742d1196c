"""How much automatic mail is too much: the last wall against loops when no sign betrays a machine."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

SHORT = timedelta(minutes=10)
LONG = timedelta(minutes=600)
DAY = timedelta(days=1)
PER_ADDRESS_SHORT = 10
PER_ADDRESS_LONG = 100
IN_ALL_SHORT = 1000


class Refusal(StrEnum):
    CONFIRMED = "confirmed"
    ADDRESS = "address"
    STOPPED = "stopped"


@dataclass(slots=True)
class Brakes:
    """What went out lately, and what this batch adds. Addresses and subjects are compared without case."""

    short: Counter[str] = field(default_factory=Counter)
    long: Counter[str] = field(default_factory=Counter)
    in_all: int = 0
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    is_stopped: bool = False

    def take(self, to: str, *, confirms: str = "") -> Refusal | None:
        """Counts one mail to this address, or says why it must not go. `confirms`: which subject."""
        to, topic = to.lower(), (to.lower(), confirms.casefold())
        if confirms and topic in self.confirmed:
            return Refusal.CONFIRMED
        if self.short[to] >= PER_ADDRESS_SHORT or self.long[to] >= PER_ADDRESS_LONG:
            return Refusal.ADDRESS
        self.is_stopped |= self.in_all >= IN_ALL_SHORT
        if self.is_stopped:
            return Refusal.STOPPED
        self.short[to] += 1
        self.long[to] += 1
        self.in_all += 1
        if confirms:
            self.confirmed.add(topic)
        return None
