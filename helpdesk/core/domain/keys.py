"""The single-key shortcuts of the console, and giving them other keys.

A shortcut is known by its standard key: "i" is "assign to me" wherever it is pressed, and stands so in the
pages (`data-key="i"`). What somebody chose is kept as standard key to chosen key; the browser translates.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

#: Each does the same wherever it means something.
SINGLES: Final = ("?", "/", "n", "g", "j", "k", "x", "f", "r", "m", "a", "i", "s", "p", "t", "z", "w", "e")
#: After the key of "go to": the second key, of each place.
PLACES: Final = ("g d", "g t", "g i", "g c", "g v", "g a", "g r", "g s")
#: They do something else in every browser or list.
_TAKEN: Final = frozenset({" "})


class Clash(NamedTuple):
    """`shortcut` cannot have `key`: `other` has it; without another one it is no key."""

    shortcut: str
    key: str
    other: str = ""


def chosen(stored: Mapping[str, str]) -> dict[str, str]:
    """The key of each shortcut; for places the second one alone."""
    return {each: stored.get(each) or each[-1] for each in (*SINGLES, *PLACES)}


def rebind(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[Clash]]:
    """What to store, and why not: two shortcuts of one kind on one key, and what is no key at all.

    A shortcut that is missing or left empty keeps its standard key.
    """
    keys = {each: _key(wanted.get(each, "")) or each[-1] for each in (*SINGLES, *PLACES)}
    clashes: list[Clash] = []
    for group in (SINGLES, PLACES):
        owner: dict[str, str] = {}
        for shortcut in sorted(
            group, key=lambda each: keys[each] != each[-1]
        ):  # who keeps its own comes first
            key = keys[shortcut]
            if len(key) != 1 or not key.isprintable() or key in _TAKEN:
                clashes.append(Clash(shortcut, key))
            elif key in owner:
                clashes.append(Clash(shortcut, key, owner[key]))
            else:
                owner[key] = shortcut
    return {each: key for each, key in keys.items() if key != each[-1]}, clashes


def _key(text: str) -> str:
    """A letter counts small, as it is pressed."""
    return text.lower() if text.isspace() else text.strip().lower()
