"""Who has which page open and is writing there: in the memory of the live process, never in the database.

A browser says every few seconds that it is still there; who falls silent is gone. Whoever asks must have
checked that the reader may see the page.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

#: Silence after which somebody is gone, a little more than two beats of a browser.
SILENCE_SECONDS = 45.0
MOST_TABS = 300


@dataclass(frozen=True, slots=True)
class Guest:
    """`doing`: "" for looking, else what they write."""

    user_id: int
    name: str
    doing: str = ""


@dataclass(slots=True)
class _Tab:
    guest: Guest
    heard_at: float


class Company:
    """Thread-safe. A place is any name, like "ticket:7"; a person may be there in several windows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, dict[tuple[int, str], _Tab]] = {}

    def stay(self, place: str, guest: Guest, *, tab: str, now: float) -> bool:
        """The guest is there in that window; True if others now see something else than before."""
        with self._lock:
            before = self._of(place, guest.user_id, now)
            tabs = self._places.setdefault(place, {})
            if len(tabs) < MOST_TABS or (guest.user_id, tab) in tabs:
                tabs[guest.user_id, tab] = _Tab(guest, now)
            return before != self._of(place, guest.user_id, now)

    def leave(self, place: str, user_id: int, *, tab: str, now: float) -> bool:
        """That window is closed; True if others now see something else than before. Safe to repeat."""
        with self._lock:
            before = self._of(place, user_id, now)
            self._places.get(place, {}).pop((user_id, tab), None)
            after = self._of(place, user_id, now)
            if not self._places.get(place):
                self._places.pop(place, None)
            return before != after

    def others(self, place: str, *, besides: int, now: float) -> Sequence[Guest]:
        """Who else is there, by name; one entry a person, writing if any of their windows is."""
        with self._lock:
            ids = {user_id for user_id, _tab in self._fresh(place, now)} - {besides}
            found = (self._of(place, user_id, now) for user_id in ids)
            return sorted((guest for guest in found if guest), key=lambda guest: guest.name)

    def _of(self, place: str, user_id: int, now: float) -> Guest | None:
        guests = [tab.guest for key, tab in self._fresh(place, now).items() if key[0] == user_id]
        return max(guests, key=lambda guest: guest.doing, default=None)

    def _fresh(self, place: str, now: float) -> dict[tuple[int, str], _Tab]:
        tabs = self._places.get(place, {})
        for key in [key for key, tab in tabs.items() if now - tab.heard_at > SILENCE_SECONDS]:
            del tabs[key]
        return tabs


company = Company()
