"""The agent as a whole: engine, icon, hotkey and windows, tied together.

All of it runs on the main thread; the other threads hand over through `windows.post`.
"""

import signal
from collections.abc import Callable, Mapping
from functools import partial

from tray_agent.config import Config
from tray_agent.engine import Engine
from tray_agent.model import DISABLED, WAITING_FOR_APPROVAL, Me
from tray_agent.personal import Personal
from tray_agent.ports import Platform, Tray, Windows
from tray_agent.texts import _
from tray_agent.trace import log, trace

Deeds = Mapping[str, Callable[[], None]]
TrayMaker = Callable[[Deeds, Me, str], Tray]


def reason_to_wait(me: Me) -> str:
    """Why this person cannot open a ticket now, in a sentence."""
    if me.state == WAITING_FOR_APPROVAL:
        return _("Your helpdesk still has to approve your address. You need not do anything.")
    if me.state == DISABLED:
        return _("Your helpdesk has switched the agent off for you.")
    if not me.is_visible:
        return _("Your helpdesk has not switched the agent on for you yet.")
    return _("Confirm your e-mail address first, then you can open tickets.")


class App:
    def __init__(
        self,
        *,
        engine: Engine,
        platform: Platform,
        windows: Windows,
        tray: TrayMaker,
        config: Config,
        personal: Personal,
        wish: str = "",
    ) -> None:
        """`wish` is the command to obey once everything runs."""
        self._engine, self._platform, self._windows, self._make_tray = engine, platform, windows, tray
        self._config, self._personal, self._wish = config, personal, wish
        self._tray: Tray | None = None
        self._is_visible, self._has_explained, self._is_stopped = False, False, False
        self._commands: dict[str, Callable[[], None]] = {
            "ticket": lambda: self.create_ticket("command"),
            "icon": lambda: self.create_ticket("tray"),
            "show": lambda: self.create_ticket("second start"),
            "settings": self.show_settings,
            "tickets": self.show_tickets,
            "about": windows.show_about,
            "send": engine.wake,
            "quit": self.stop,
        }
        engine.post = windows.post
        engine.changed, engine.notice, engine.registered = self._changed, self._notice, config.keep
        personal.pressed, personal.changed = self._pressed, lambda: self._changed(engine.me)

    # --- life ---
    def run(self) -> bool:
        """False if another agent of this profile runs already; it has got our wish then."""
        instance = self._platform.instance
        if not instance.claim(self.obey):
            trace("already running")
            instance.tell(self._wish or "show")
            return False
        try:
            self._windows.run(self._ready)
        finally:
            self.stop()
            instance.release()
        trace("ended")
        return True

    def _ready(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._windows.post(self.stop))
        self._engine.start()
        trace("ready")
        if self._wish:
            self._obey(self._wish)

    def stop(self) -> None:
        """Message loops first: an interpreter that ends while they run hangs."""
        if self._is_stopped:
            return
        self._is_stopped = True
        self._hide()
        self._engine.stop()
        self._windows.quit()

    # --- wishes ---
    def obey(self, command: str) -> None:
        """From any thread."""
        self._windows.post(lambda: self._obey(command))

    def _obey(self, command: str) -> None:
        deed = self._commands.get(command)
        if deed is None:
            log.warning("unknown command %r", command[:40])
        else:
            deed()

    def create_ticket(self, source: str) -> None:
        if self._engine.me.may_open_tickets:
            self._windows.show_ticket(source)
        else:
            self.show_settings()

    def show_settings(self) -> None:
        me = self._engine.me
        self._windows.show_settings("" if me.may_open_tickets else reason_to_wait(me))

    def show_tickets(self) -> None:
        if self._engine.me.may_open_tickets:
            self._windows.show_my_tickets()
        else:
            self.show_settings()

    # --- what the engine tells ---
    def _changed(self, me: Me) -> None:
        if self._is_stopped:
            return
        if me.is_visible and not self._is_visible:
            self._appear(me)
        elif not me.is_visible:
            self._hide()
        elif self._tray is not None:
            self._tray.update(me, self._personal.hotkey.shown())
        self._windows.update(me)
        if me.is_visible and not me.may_open_tickets and not self._has_explained:
            self._has_explained = True
            self._notice(me.organisation or "Deskbell", reason_to_wait(me))

    def _notice(self, title: str, text: str) -> None:
        log.info("notice: %s", title)
        if self._tray is None or not self._tray.notify(title, text):
            self._windows.show_notice(title, text)

    # --- icon and hotkey ---
    def _appear(self, me: Me) -> None:
        self._is_visible = True
        names = ("ticket", "tickets", "settings", "about", "quit")
        deeds = {name: partial(self.obey, "icon" if name == "ticket" else name) for name in names}
        try:
            self._tray = self._make_tray(deeds, me, self._personal.hotkey.shown())
            self._tray.start()
        except Exception as error:  # noqa: BLE001 (pystray's back-ends raise what their platform gives)
            self._tray = None
            trace(f"no tray: {type(error).__name__}: {error}")
        if sentence := self._personal.start():
            self._notice(_("%s is taken") % self._personal.hotkey.shown(), sentence)

    def _pressed(self) -> None:
        """On the hotkey's thread; one that was let go may still fire once."""
        self._windows.post(lambda: self.create_ticket("hotkey") if self._is_visible else None)

    def _hide(self) -> None:
        self._is_visible = False
        self._personal.stop()
        tray, self._tray = self._tray, None
        if tray is not None:
            tray.stop()
