"""What a person has chosen, kept in the agent's folder, which is theirs alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tray_agent.combination import DEFAULT, Combination, objection
from tray_agent.files import write_whole
from tray_agent.trace import log

VERSION = 1
NAME, KEPT = "preferences.json", "preferences.damaged.json"
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Preferences:
    hotkey: Combination = DEFAULT
    takes_picture: bool = True
    """Is a screenshot taken when a ticket is opened?"""

    def as_json(self) -> dict[str, Any]:
        return {"version": VERSION, "hotkey": str(self.hotkey), "screenshot": self.takes_picture}

    @classmethod
    def from_json(cls, found: object) -> tuple[Self, bool]:
        """With the default for what makes no sense; and whether all of it made sense."""
        if not isinstance(found, dict):
            return cls(), False
        hotkey, takes_picture = found.get("hotkey", str(DEFAULT)), found.get("screenshot", True)
        is_sound = found.get("version") == VERSION and isinstance(takes_picture, bool)
        try:
            wanted = Combination.parse(hotkey)
            if objection(wanted):
                raise ValueError(objection(wanted))
        except (AttributeError, ValueError):
            is_sound, wanted = False, DEFAULT
        return cls(wanted, takes_picture if isinstance(takes_picture, bool) else True), is_sound


def load(folder: Path) -> Preferences:
    """Never fails. Of a file that is damaged, or newer than we are, a copy is kept beside it."""
    try:
        with (folder / NAME).open("rb") as file:
            data = file.read(LARGEST)
    except FileNotFoundError:
        return Preferences()
    except OSError as error:
        log.warning("the preferences cannot be read now: %s", error)
        return Preferences()
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    preferences, is_sound = Preferences.from_json(found)
    if not is_sound:
        log.warning("the preferences are damaged; a copy is kept as %s", KEPT)
        try:
            write_whole(folder / KEPT, data)
        except OSError as error:
            log.warning("no copy of the damaged preferences: %s", error)
    return preferences


def save(folder: Path, preferences: Preferences) -> None:
    """The old file or the new one, whatever dies meanwhile. OSError where it cannot be written."""
    write_whole(folder / NAME, json.dumps(preferences.as_json(), indent=2).encode())
