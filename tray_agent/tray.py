"""The icon beside the clock and its menu, by pystray. Callbacks run on the icon's thread and only hand on."""

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from PIL import Image

from tray_agent.listener import PATIENCE_SECONDS
from tray_agent.model import Me
from tray_agent.texts import _
from tray_agent.trace import log, trace
from tray_agent.ui.icon import tray_image

TITLE_LENGTH, NOTICE_TITLE_LENGTH, NOTICE_LENGTH = 127, 63, 255  # Windows' limits
IMAGE_SIZE = 64
RETRY_SECONDS, RETRIES = 2.0, 300  # at log-on the taskbar may come minutes after us


class Icon(Protocol):
    """What we use of pystray.Icon."""

    HAS_NOTIFICATION: bool
    visible: bool
    title: str
    icon: Image.Image

    def run(self, setup: Callable[["Icon"], None]) -> None: ...
    def notify(self, message: str, title: str) -> None: ...
    def update_menu(self) -> None: ...
    def stop(self) -> None: ...


class PystrayTray:
    """`deeds` by name: ticket, tickets, sos, session, settings, about, quit. A missing one stays inactive."""

    def __init__(self, deeds: Mapping[str, Callable[[], None]], me: Me, hotkey: str) -> None:
        import pystray

        self._deeds, self._me, self._hotkey = deeds, me, hotkey
        self._is_ready, self._is_stopping = threading.Event(), threading.Event()
        self._is_shown, self._late_notices, self._lock = False, list[tuple[str, str]](), threading.Lock()
        self._icon: Icon = pystray.Icon(
            "deskbell", tray_image(IMAGE_SIZE, me.state), self._title(), self._menu()
        )
        self._thread = threading.Thread(target=self._icon.run, args=(self._set_up,), name="tray", daemon=True)

    def _menu(self) -> object:
        import pystray  # needs a display at import

        verified = self._is_verified

        def item(
            text: str | Callable[[object], str], name: str, is_active: Callable[[], bool], **options: bool
        ) -> object:
            def chosen(_icon: object, _item: object) -> None:
                self._deeds[name]()

            return pystray.MenuItem(
                text, chosen, enabled=lambda _i: name in self._deeds and is_active(), **options
            )

        # A left click takes the default item, inactive or not; before verification that opens the settings.
        return pystray.Menu(
            item(lambda _i: f"{_('Create new ticket')}\t{self._hotkey}", "ticket", verified, default=True),
            item(_("My tickets"), "tickets", verified),
            pystray.Menu.SEPARATOR,
            item(_("I need help now (SOS)"), "sos", lambda: verified() and "sos" in self._me.capabilities),
            item(_("Enter a session code..."), "session", lambda: "sessions" in self._me.capabilities),
            pystray.Menu.SEPARATOR,
            item(_("Personal settings..."), "settings", lambda: True),
            item(_("About"), "about", lambda: True),
            item(_("Quit"), "quit", lambda: True),
        )

    def _is_verified(self) -> bool:
        return self._me.may_open_tickets

    def _title(self) -> str:
        name = self._me.organisation or "Deskbell"
        hint = (
            _("%s opens a ticket") % self._hotkey
            if self._me.may_open_tickets
            else _("confirm your address to begin")
        )
        return f"{name} - {hint}"[:TITLE_LENGTH]

    # --- on the icon's thread ---
    def _set_up(self, icon: Icon) -> None:
        self._is_ready.set()
        for _try in range(RETRIES):
            if self._is_stopping.is_set():
                return
            if self._show(icon):
                trace("tray visible")
                break
            if _try == 0:
                trace("no tray yet: trying on")
            self._is_stopping.wait(RETRY_SECONDS)
        else:
            trace("no tray: nobody shows icons here")
            return
        with self._lock:
            self._is_shown, late = True, self._late_notices
        for title, text in late:
            self._notify(title, text)

    def _show(self, icon: Icon) -> bool:
        """pystray raises OSError on Windows without a taskbar, and says nothing on X without a tray."""
        try:
            icon.visible = True
            if getattr(icon, "_systray_manager", icon) is not None:
                return True
            icon.visible = False
        except (OSError, AttributeError) as error:  # AttributeError: X icon asked before its loop has begun
            log.info("the tray does not take the icon: %s", error)
        return False

    # --- from the main thread ---
    def start(self) -> None:
        self._thread.start()

    def update(self, me: Me, hotkey: str) -> None:
        is_new, self._me, self._hotkey = me.state != self._me.state, me, hotkey
        if is_new:
            self._icon.icon = tray_image(IMAGE_SIZE, me.state)
        if self._is_shown:
            self._icon.title = self._title()
            self._icon.update_menu()

    def notify(self, title: str, text: str) -> bool:
        if not self._icon.HAS_NOTIFICATION:
            return False
        with self._lock:
            if not self._is_shown:
                self._late_notices.append((title, text))
                return True
        self._notify(title, text)
        return True

    def _notify(self, title: str, text: str) -> None:
        try:
            self._icon.notify(text[:NOTICE_LENGTH], title[:NOTICE_TITLE_LENGTH])
        except (NotImplementedError, OSError):  # pystray: not every backend and desktop has balloons
            log.info("no balloon here for: %s", title)

    def stop(self) -> None:
        """pystray's stop waits for its loop; a loop that died must not hold us."""
        self._is_stopping.set()
        self._is_ready.wait(3)
        stopper = threading.Thread(target=self._icon.stop, name="tray stop", daemon=True)
        stopper.start()
        stopper.join(PATIENCE_SECONDS)
        self._thread.join(PATIENCE_SECONDS)
        trace("tray hidden")
