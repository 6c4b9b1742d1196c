"""Shows one window of each kind. What needs Pillow is loaded once the agent has settled, not at its start."""

import time
import tkinter as tk
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from tray_agent.model import Me
from tray_agent.personal import Personal
from tray_agent.ports import Actions, Screen
from tray_agent.texts import _
from tray_agent.trace import log, trace
from tray_agent.ui.wake import Mailbox

if TYPE_CHECKING:
    from tray_agent.ui.notice import Notice
    from tray_agent.ui.theme import Theme
    from tray_agent.ui.widgets import Window

SETTLED_MS = 300
UNCOVERED_SECONDS = 0.06
"""What our balloon covered is painted again by then."""
MENU_GONE_MS = 200
"""A menu that was clicked fades out; the screenshot waits for that."""


class TkWindows:
    """ports.Windows by tkinter. The root lives while `run` runs; all but `post` belongs to its thread."""

    def __init__(self, actions: Actions, screen: Screen, personal: Personal) -> None:
        self.actions, self.screen, self.personal = actions, screen, personal
        self.root: tk.Tk | None = None
        self._mailbox = Mailbox()
        self._open: dict[str, Window] = {}
        self._themes: dict[bool, Theme] = {}
        self._notice: Notice | None = None

    # --- the loop ---------------------------------------------------------------------------------
    def run(self, on_ready: Callable[[], None]) -> None:
        self.root = root = tk.Tk(className="Deskbell")
        root.withdraw()
        root.report_callback_exception = _log_exception
        self._mailbox.open(root)
        try:
            root.after(0, on_ready)
            root.after(SETTLED_MS, self._theme)
            root.mainloop()
        finally:
            self._mailbox.close(root)
            self._open.clear()
            self._themes.clear()
            self.root = None
            root.destroy()

    def post(self, deed: Callable[[], None]) -> None:
        self._mailbox.put(deed)

    def quit(self) -> None:
        if self.root is not None:
            self.root.quit()

    # --- windows ----------------------------------------------------------------------------------
    def show_settings(self, reason: str = "") -> None:
        from tray_agent.ui.settings import Settings

        self._close_notice()
        window = self._again("settings")
        if isinstance(window, Settings):
            window.because(reason)
            return
        settings = Settings(self._theme(), self.actions, self.personal, reason=reason)
        self._keep("settings", settings)
        settings.present(settings.first_field, lambda: trace("settings shown"))

    def show_ticket(self, source: str) -> None:
        start = time.monotonic()
        if source == "hotkey" and self._is_choosing_hotkey():
            return
        if self._again("ticket") is not None:
            self._tell(source, start)
        else:
            self._root().after(MENU_GONE_MS if source == "tray" else 0, self._ticket, source, start)

    def _is_choosing_hotkey(self) -> bool:
        """It was pressed to be chosen again, not to open a ticket."""
        from tray_agent.ui.settings import Settings

        window = self._open.get("settings")
        return isinstance(window, Settings) and bool(window.winfo_exists()) and window.takes_hotkey()

    def show_my_tickets(self) -> None:
        from tray_agent.ui.tickets import MyTickets

        if self._again("tickets") is None:
            window = MyTickets(self._theme(), self.actions, self.personal)
            self._keep("tickets", window)
            window.present(window.list)

    def show_about(self) -> None:
        from tray_agent.ui.about import About

        if self._again("about") is None:
            window = About(self._theme(), self.actions.me, self.personal)
            self._keep("about", window)
            window.present(window.done)

    def show_notice(self, title: str, text: str) -> None:
        from tray_agent.ui.notice import Notice

        self._close_notice()
        self._notice = Notice(self._theme(), title, text)
        trace(f"notice {title}")

    def _close_notice(self) -> bool:
        notice, self._notice = self._notice, None
        return notice is not None and notice.close()

    def update(self, me: Me) -> None:
        for kind, window in list(self._open.items()):
            if not window.winfo_exists():
                del self._open[kind]
            elif me.is_visible or window.holds_work:
                window.update_me(me)
            else:
                window.destroy()

    def _ticket(self, source: str, start: float) -> None:
        from tray_agent.ui.ticket import NewTicket

        if self._again("ticket") is not None:  # two clicks in the menu
            return
        was_covered, picture = self._close_notice(), None
        if self.personal.takes_picture:
            if was_covered:
                self._root().update()
                time.sleep(UNCOVERED_SECONDS)
            picture = self.screen.grab()  # before anything of ours can be on it
        window = NewTicket(self._theme(), self.actions, self.screen, picture)
        self._keep("ticket", window)
        window.present(window.subject, lambda: self._tell(source, start))

    def _tell(self, source: str, start: float) -> None:
        trace(f"form shown by {source} in {(time.monotonic() - start) * 1000:.0f} ms")

    def _keep(self, kind: str, window: "Window") -> None:
        self._open[kind] = window

    def _again(self, kind: str) -> "Window | None":
        """The window of this kind, brought to the front, if it is open."""
        window = self._open.get(kind)
        if window is None or not window.winfo_exists():
            return None
        window.present(window.focus_lastfor())
        return window

    def _root(self) -> tk.Tk:
        if self.root is None:
            raise RuntimeError(_("The windows are not running."))
        return self.root

    def _theme(self) -> "Theme":
        from tray_agent.ui import settings, theme, ticket  # noqa: F401 (loaded here so that no window waits)

        is_dark = theme.wants_dark()
        if is_dark not in self._themes:
            self._themes[is_dark] = theme.Theme(self._root(), is_dark=is_dark)
        self._themes[is_dark].use()
        return self._themes[is_dark]


def _log_exception(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    log.error("a window failed", exc_info=(kind, error, at))
