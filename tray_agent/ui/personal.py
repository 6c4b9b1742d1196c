"""The two choices of the personal settings: the hotkey, and whether a picture is taken."""

import sys
import time
import tkinter as tk
from tkinter import ttk

from tray_agent.combination import DEFAULT, FUNCTION_KEYS, Combination, key_of, modifier_words
from tray_agent.personal import Personal
from tray_agent.texts import _
from tray_agent.trace import log, trace
from tray_agent.ui.widgets import Entry, Problem, Window, on_return

JOINT = " + "
MODIFIER_KEYS = {
    f"{keysym}_{side}": name
    for side in "LR"
    for keysym, name in {"Control": "ctrl", "Shift": "shift", "Alt": "alt", "Meta": "alt", "Super": "win",
                         "Win": "win"}.items()
}  # fmt: skip
"""What Tk calls the keys that are held. Meta: what X makes of Alt while Shift is held."""
IS_WINDOWS = sys.platform == "win32"
STATES = {"shift": 0x1, "ctrl": 0x4, **({"alt": 0x20000} if IS_WINDOWS else {"alt": 0x8, "win": 0x40})}
"""The bits of an event for the keys that are held. On Windows Tk has none for the Windows key."""
AFTERGLOW_SECONDS = 0.8
"""As long the hotkey opens nothing after it has been chosen: its own press may come by two ways."""
LISTEN_MS = 30_000
"""Who went away does not block the keyboard."""


class HotkeyField:
    """The combination, Change... and the way back. While it listens it has all keys for itself."""

    def __init__(self, window: Window, field: ttk.Frame, personal: Personal) -> None:
        self._window, self._personal = window, personal
        self._is_listening, self._until, self._said = False, 0.0, ""
        self._held, self._latest = set[str](), frozenset[str]()
        self._down: set[int] = set()
        self._timer = ""
        px = window.theme.px
        row = ttk.Frame(field)
        row.grid(row=1, column=0, sticky="we")
        row.columnconfigure(0, weight=1)
        self._entry = Entry(row, window.theme, hint_style="Lit")
        self._entry.configure(takefocus=False, style="Keys.TEntry", cursor="arrow")
        self._entry.bindtags((str(self._entry), str(window), "all"))  # not TEntry: nothing is typed here
        self._entry.grid(row=0, column=0, sticky="we")
        self._button = window.button(row, "", self._toggle)
        self._button.grid(row=0, column=1, sticky="nswe", padx=(px(8), 0))
        self._hint = window.label(field, "", "Small")
        self._problem = Problem(field, window.theme, width=window.inner, row=3)
        self._back = window.button(field, _("Back to %s") % DEFAULT.shown(), self._go_back, "Link")
        self._entry.bind("<KeyPress>", self._pressed)
        self._entry.bind("<KeyRelease>", self._released)
        self._entry.bind("<FocusOut>", lambda _event: self._left())
        self._entry.bind("<Button-1>", lambda _event: self._listen())
        self._entry.bind("<Destroy>", lambda _event: self._gone())
        self._show()
        row.columnconfigure(1, minsize=self._button.winfo_reqwidth() + px(8))

    def takes(self) -> bool:
        """It listens, or has just heard one."""
        return self._is_listening or time.monotonic() < self._until

    # --- what is to be seen ---
    def _show(self) -> None:
        hotkey = self._personal.hotkey
        self._button.configure(text=_("Keep it") if self._is_listening else _("Change…"))
        if self._is_listening:
            held = "".join(word + JOINT for word in modifier_words(self._held))
            self._entry.variable.set(f"{held}…" if held else "")
            self._entry.set_hint(_("Press the new keys together"))
            self._hint.configure(text=_("Esc keeps %s.") % hotkey.shown())
            self._hint.grid(row=2, column=0, sticky="w", pady=(self._window.theme.px(4), 0))
        else:
            self._entry.set_hint("")
            self._entry.variable.set(hotkey.shown(JOINT))
            self._hint.grid_remove()
        self._problem.say(self._said)
        if hotkey == DEFAULT or self._is_listening:
            self._back.grid_remove()
        else:
            self._back.grid(row=4, column=0, sticky="w", pady=(self._window.theme.px(6), 0))

    # --- listening ---
    def _toggle(self) -> None:
        if self._is_listening:
            self._end()
        else:
            self._listen()

    def _listen(self) -> None:
        if self._is_listening:
            return
        self._is_listening, self._said = True, ""
        self._held.clear()
        self._down.clear()
        self._latest = frozenset()
        self._show()
        self._entry.focus_set()
        self._grab()
        self._timer = self._window.after(LISTEN_MS, self._end)
        trace("listening for a hotkey")

    def _grab(self) -> None:
        """Under X a combination that another program has grabbed would not come to us otherwise."""
        if sys.platform != "win32":
            try:
                self._window.grab_set_global()
            except tk.TclError as error:
                log.info("the keyboard is not ours alone: %s", error)

    def _end(self, *, focus: bool = True) -> None:
        self._is_listening, self._until = False, time.monotonic() + AFTERGLOW_SECONDS
        self._window.after_cancel(self._timer)
        self._window.grab_release()
        self._show()
        if focus:
            self._button.focus_set()
        self._window.update_idletasks()  # a way back that is not laid out yet would be left out by Tab
        self._window.winfo_pointerxy()
        trace(f"hotkey stays {self._personal.hotkey}")

    def _left(self) -> None:
        """The person went elsewhere."""
        if self._is_listening and self._window.focus_get() is not self._entry:
            self._said = ""
            self._end(focus=False)

    def _gone(self) -> None:
        """The window goes, or shows something else since the desk has said so."""
        if self._is_listening:
            self._is_listening = False
            self._window.after_cancel(self._timer)
            self._window.grab_release()

    def _modifiers(self, event: "tk.Event[tk.Misc]") -> frozenset[str]:
        state = int(event.state)
        return frozenset(self._held | {name for name, bit in STATES.items() if state & bit})

    def _pressed(self, event: "tk.Event[tk.Misc]") -> str:
        if self._is_listening:
            if event.keysym in MODIFIER_KEYS:
                self._held.add(MODIFIER_KEYS[event.keysym])
                self._latest = frozenset(self._held)
                self._show()
            elif event.keysym == "Escape" and not self._modifiers(event):
                self._said = ""
                self._end()
            else:
                self._down.add(event.keycode)
                self._hear(event)
        return "break"

    def _released(self, event: "tk.Event[tk.Misc]") -> str:
        """Windows gives a combination to the program that has it, but tells us too when its key is up."""
        if not self._is_listening:
            return "break"
        if event.keysym in MODIFIER_KEYS:
            self._held.discard(MODIFIER_KEYS[event.keysym])
            self._show()
        elif event.keycode in self._down:
            self._down.discard(event.keycode)
        elif (key := _key(event)) in FUNCTION_KEYS or (key and self._latest):
            wanted, self._latest = Combination(key, self._latest), frozenset()
            self._answer("" if wanted == self._personal.hotkey else self._personal.is_taken(wanted))
        return "break"

    def _hear(self, event: "tk.Event[tk.Misc]") -> None:
        key = _key(event)
        if key:
            self._answer(self._personal.change_hotkey(Combination(key, self._modifiers(event))))
        else:
            self._answer(_("This key cannot be part of it. Take a letter, a digit or a function key, such as "
                           "Ctrl+Shift+F9."))  # fmt: skip

    def _answer(self, refusal: str) -> None:
        self._said = refusal
        if self._said:
            trace(f"refused: {self._said}")
            self._show()
        else:
            self._end()

    def _go_back(self) -> None:
        self._said = self._personal.change_hotkey(DEFAULT)
        self._show()
        if not self._said:
            self._button.focus_set()


def _key(event: "tk.Event[tk.Misc]") -> str:
    return key_of(event.keysym, event.keycode, is_windows=IS_WINDOWS)


class PictureSwitch(ttk.Frame):
    """Is a screenshot taken when a ticket is opened?"""

    def __init__(self, window: Window, master: tk.Misc, personal: Personal) -> None:
        super().__init__(master)
        self._personal, px = personal, window.theme.px
        self._is_on = tk.BooleanVar(self, value=personal.takes_picture)
        self.box = ttk.Checkbutton(
            self, text=_("Take a screenshot when I open a ticket"), variable=self._is_on, command=self._switch
        )
        self.box.grid(row=0, column=0, sticky="w")
        on_return(self.box, self.box.invoke)
        note = window.label(self, "", "Small", wrap=window.inner - px(30))
        note.configure(text=_("You see it before it is sent and can hide parts of it."))
        note.grid(row=1, column=0, sticky="w", padx=(px(30), 0))
        self._problem = Problem(self, window.theme, width=window.inner, row=2)

    def _switch(self) -> None:
        self._problem.say(self._personal.want_picture(is_wanted=self._is_on.get()))
        self._is_on.set(self._personal.takes_picture)
        trace(f"screenshot {'on' if self._personal.takes_picture else 'off'}")
