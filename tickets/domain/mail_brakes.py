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
PER_CLIENT_SHORT = 300
IN_ALL_SHORT = 1000
CULPRIT = 0.75  # a mailbox that sent this share of too much is stopped alone


class Refusal(StrEnum):
    CONFIRMED = "confirmed"
    ADDRESS = "address"
    CLIENT = "client"
    MAILBOX = "mailbox"
    STOPPED = "stopped"


@dataclass(slots=True)
class Brakes:
    """What went out lately, and what this batch adds. Addresses and subjects are compared without case.

    `in_all` is without the mailboxes in `stopped`. `by_mailbox` and `by_client` may stay empty as long as the
    whole is far from a limit; `by_mailbox` then holds every mailbox that could go on alone.
    """

    short: Counter[str] = field(default_factory=Counter)
    long: Counter[str] = field(default_factory=Counter)
    in_all: int = 0
    by_mailbox: Counter[str] = field(default_factory=Counter)
    by_client: Counter[int] = field(default_factory=Counter)
    confirmed: set[tuple[str, str]] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    is_stopped: bool = False

    def take(
        self, to: str, *, confirms: str = "", mailbox: str = "", client: int | None = None
    ) -> Refusal | None:
        """Counts one mail to this address, or says why it must not go. `confirms`: which subject; `mailbox`:
        whose From; `client`: whose ticket.
        """
        to, topic = to.lower(), (to.lower(), confirms.casefold())
        if confirms and topic in self.confirmed:
            return Refusal.CONFIRMED
        if self.short[to] >= PER_ADDRESS_SHORT or self.long[to] >= PER_ADDRESS_LONG:
            return Refusal.ADDRESS
        if client is not None and self.by_client[client] >= PER_CLIENT_SHORT:
            return Refusal.CLIENT
        self._look_for_floods()
        if mailbox in self.stopped:
            return Refusal.MAILBOX
        if self.is_stopped:
            return Refusal.STOPPED
        self.short[to] += 1
        self.long[to] += 1
        self.in_all += 1
        self.by_mailbox[mailbox] += 1
        if client is not None:
            self.by_client[client] += 1
        if confirms:
            self.confirmed.add(topic)
        return None

    def _look_for_floods(self) -> None:
        """Stops the mailbox that sent nearly all of it, as long as there is another one; else everything."""
        while self.in_all >= IN_ALL_SHORT and not self.is_stopped:
            going = {name: n for name, n in self.by_mailbox.items() if name and name not in self.stopped}
            worst = max(going, key=going.__getitem__, default="")
            if len(going) > 1 and going[worst] >= CULPRIT * self.in_all:
                self.stopped.add(worst)
                self.in_all -= going[worst]
            else:
                self.is_stopped = True
