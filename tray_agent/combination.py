"""Combinations of keys for the hotkey: how they are written, shown and judged. Plain Python."""

import string
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tray_agent.texts import _

MODIFIERS = ("ctrl", "alt", "shift", "win")
"""In the order in which they are written and shown."""
LETTERS, DIGITS = frozenset(string.ascii_lowercase), frozenset(string.digits)
FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 25))
NAMED = {
    "space": ("space", 0x20), "page_up": ("Prior", 0x21), "page_down": ("Next", 0x22), "end": ("End", 0x23),
    "home": ("Home", 0x24), "left": ("Left", 0x25), "up": ("Up", 0x26), "right": ("Right", 0x27),
    "down": ("Down", 0x28), "insert": ("Insert", 0x2D), "delete": ("Delete", 0x2E), "tab": ("Tab", 0x09),
    "enter": ("Return", 0x0D), "esc": ("Escape", 0x1B), "backspace": ("BackSpace", 0x08),
    "pause": ("Pause", 0x13),
}  # fmt: skip
"""Our name of a key (and pynput's): the name that X and Tk have for it, and the number that Windows has."""
KEYSYMS = {
    **{sign: sign for sign in sorted(LETTERS | DIGITS)},
    **{name: name.upper() for name in FUNCTION_KEYS},
    **{name: keysym for name, (keysym, _number) in NAMED.items()},
}
VIRTUAL_KEYS = {
    **{sign: ord(sign.upper()) for sign in sorted(LETTERS | DIGITS)},
    **{name: 0x70 + number for number, name in enumerate(FUNCTION_KEYS)},
    **{name: number for name, (_keysym, number) in NAMED.items()},
}
_BY_NUMBER = {number: name for name, number in VIRTUAL_KEYS.items()}
_BY_KEYSYM = {keysym: name for name, keysym in KEYSYMS.items()} | {"ISO_Left_Tab": "tab"}
SYSTEM = frozenset({
    "ctrl+alt+delete", "ctrl+esc", "ctrl+shift+esc", "alt+esc", "alt+shift+esc", "alt+tab", "alt+shift+tab",
    "ctrl+alt+tab", "alt+f4", "alt+space", "f10", "shift+f10", "ctrl+win+d", "ctrl+win+f4", "ctrl+win+left",
    "ctrl+win+right", "shift+win+s", "ctrl+shift+win+b", "win+f1",
})  # fmt: skip
EDITING = frozenset(
    {f"ctrl+{letter}" for letter in "acfnopsvwxyz"}
    | {f"ctrl+{key}" for key in ("insert", "tab", "space", "backspace", "delete", "enter")}
    | {f"ctrl+{key}" for key in ("left", "right", "up", "down", "home", "end", "page_up", "page_down")}
    | {f"ctrl+shift+{key}" for key in ("left", "right", "up", "down", "home", "end", "tab")}
    | {"alt+left", "alt+right", "alt+enter", "alt+backspace"}
)
"""Who lost these everywhere could hardly work."""
STOPS_SESSION = "ctrl+alt+end"


@dataclass(frozen=True, slots=True)
class Combination:
    key: str
    modifiers: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "ctrl+shift+f9"; ValueError for what names no key of ours."""
        *modifiers, key = text.split("+")
        if (
            key not in KEYSYMS
            or len(set(modifiers)) != len(modifiers)
            or not set(modifiers) <= set(MODIFIERS)
        ):
            raise ValueError(f"no combination of keys: {text[:40]!r}")
        return cls(key, frozenset(modifiers))

    def __str__(self) -> str:
        return "+".join((*(name for name in MODIFIERS if name in self.modifiers), self.key))

    def shown(self, joint: str = "+") -> str:
        """As people read it, like "Ctrl+Shift+F9"."""
        return joint.join((*modifier_words(self.modifiers), key_word(self.key)))


DEFAULT = Combination("f12", frozenset({"ctrl"}))


def modifier_words(modifiers: Iterable[str]) -> list[str]:
    words = {"ctrl": _("Ctrl"), "alt": _("Alt"), "shift": _("Shift"), "win": _("Win")}
    held = set(modifiers)
    return [words[name] for name in MODIFIERS if name in held]


def key_word(key: str) -> str:
    words = {
        "space": _("Space"), "page_up": _("Page Up"), "page_down": _("Page Down"), "end": _("End"),
        "home": _("Home"), "left": _("Left"), "up": _("Up"), "right": _("Right"), "down": _("Down"),
        "insert": _("Insert"), "delete": _("Delete"), "tab": _("Tab"), "enter": _("Enter"), "esc": _("Esc"),
        "backspace": _("Backspace"), "pause": _("Pause"),
    }  # fmt: skip
    return words.get(key) or key.upper()


def objection(wanted: Combination) -> str:
    """Why this cannot be the hotkey and what can, in a sentence; nothing if it can."""
    name, modifiers = str(wanted), wanted.modifiers
    is_function, is_sign = wanted.key in FUNCTION_KEYS, wanted.key in LETTERS | DIGITS
    found = (
        (name == "f1", _("F1 opens the help of every program. Take another one, such as Ctrl+F1.")),
        (name in SYSTEM or (modifiers == {"win"} and not is_function),
         _("The system keeps %s for itself. Take another one, such as Ctrl+Shift+F9.")),
        (name == STOPS_SESSION,
         _("%s is kept for stopping a support session. Take another one, such as Ctrl+Shift+F9.")),
        (name in EDITING,
         _("Every program needs %s, to copy, save or move about. Take another one, such as Ctrl+Shift+F9.")),
        (not is_function and modifiers <= {"shift"},
         _("%s is needed for typing. Press a key together with Ctrl or Alt, such as Ctrl+Shift+F9.")),
        (is_sign and modifiers == {"ctrl", "alt"},
         _("Many keyboards type signs such as @ with %s. Take Ctrl+Shift instead of Ctrl+Alt.")),
    )  # fmt: skip
    return next((text.replace("%s", wanted.shown()) for is_so, text in found if is_so), "")


def key_of(keysym: str, keycode: int, *, is_windows: bool) -> str:
    """Our name of the key of an event, or nothing. Windows tells its number, whatever Shift makes of it."""
    if is_windows:
        return _BY_NUMBER.get(keycode, "")
    return _BY_KEYSYM.get(keysym) or _BY_KEYSYM.get(keysym.lower(), "")
