"""The person's choices at work: the hotkey that listens now, and whether a picture is taken."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tray_agent.combination import Combination, objection
from tray_agent.ports import Hotkey, Hotkeys, Taken
from tray_agent.preferences import Preferences, load, save
from tray_agent.texts import _
from tray_agent.trace import log, trace


class Personal:
    """Belongs to the main thread; `pressed` alone is called from the hotkey's."""

    def __init__(self, folder: Path, keys: Hotkeys) -> None:
        self._folder, self._keys = folder, keys
        self.preferences = load(folder)
        self.pressed: Callable[[], None] = lambda: None
        self.changed: Callable[[], None] = lambda: None
        self._hotkey: Hotkey | None = None
        self._is_on = False

    @property
    def hotkey(self) -> Combination:
        return self.preferences.hotkey

    @property
    def takes_picture(self) -> bool:
        return self.preferences.takes_picture

    # --- the hotkey ---
    def start(self) -> str:
        """Begin to listen. A sentence if another program has the combination too: then both act."""
        self._is_on = True
        said = ""
        try:
            try:
                self._hotkey = self._keys.hotkey(self.hotkey, self._fired)
                self._hotkey.start()
            except Taken:
                self._hotkey = self._keys.listener(self.hotkey, self._fired)
                self._hotkey.start()
                said = _("Another program uses it too: both will act. Personal settings has another one for "
                         "you, and the menu of the icon opens tickets as well.")  # fmt: skip
            trace(f"hotkey by {self._hotkey.way}")
        except Exception as error:  # noqa: BLE001 (what pynput's and Xlib's back-ends raise)
            self._hotkey = None
            trace(f"no hotkey: {type(error).__name__}: {error}")
        return said

    def stop(self) -> None:
        self._is_on = False
        hotkey, self._hotkey = self._hotkey, None
        if hotkey is not None:
            hotkey.stop()

    def change_hotkey(self, wanted: Combination) -> str:
        """From now on this one. Otherwise a sentence says why not, and the old one goes on."""
        if wanted == self.hotkey:
            return ""
        if sentence := objection(wanted):
            return sentence
        new = self._keys.hotkey(wanted, self._fired)
        try:
            new.start()
        except Taken:
            return self.is_taken(wanted)
        except Exception as error:  # noqa: BLE001 (the same back-ends)
            log.warning("no hotkey %s: %s", wanted, error)
            text = _("The system does not give us %(wanted)s. Take another one; %(old)s goes on.")
            return text % {"wanted": wanted.shown(), "old": self.hotkey.shown()}
        if sentence := self._keep(replace(self.preferences, hotkey=wanted)):
            new.stop()
            return sentence
        old, self._hotkey = self._hotkey, new
        if old is not None:
            old.stop()
        if not self._is_on:
            self.stop()
        trace(f"hotkey is {wanted} by {new.way}")
        self.changed()
        return ""

    def is_taken(self, wanted: Combination) -> str:
        """The sentence for a combination that went to another program."""
        text = _("Another program already uses %(wanted)s. Take another one; %(old)s goes on.")
        return objection(wanted) or text % {"wanted": wanted.shown(), "old": self.hotkey.shown()}

    def _fired(self) -> None:
        self.pressed()

    # --- the picture ---
    def want_picture(self, *, is_wanted: bool) -> str:
        """A sentence if this could not be kept."""
        return self._keep(replace(self.preferences, takes_picture=is_wanted))

    def _keep(self, preferences: Preferences) -> str:
        try:
            save(self._folder, preferences)
        except OSError as error:
            log.warning("the preferences cannot be written: %s", error)
            return _("This could not be kept on this computer. Is the disk full?")
        self.preferences = preferences
        return ""
