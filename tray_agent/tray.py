"""The icon beside the clock and its menu, by pystray. Callbacks run on the icon's thread and only hand on.

Every call of pystray waits for the icon's loop, and for the taskbar behind it. So the icon has a hand, a
thread that does what is wanted one after the other: a taskbar that hangs holds up no window.
"""

import queue
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
        self._deeds, self._me, self._hotkey = deeds, me, hotkey
        self._is_ready, self._is_stopping = threading.Event(), threading.Event()
        self._wishes: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._has_let_go = threading.Event()
        self._icon = self._new_icon()
        self._thread = threading.Thread(target=self._run, name="tray", daemon=True)

    def _new_icon(self) -> Icon:
        import pystray  # needs a display at import

        self._shown_state = self._me.state
        image = tray_image(IMAGE_SIZE, self._me.state)
        made: Icon = pystray.Icon("deskbell", image, self._title(), self._menu())
        return made

    def _menu(self) -> object:
        import pystray

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

    # --- the icon's loop ---
    def _run(self) -> None:
        """pystray leaves its loop at an error of the display; without a new icon nobody could click again."""
        for _try in range(RETRIES):
            self._icon.run(self._hand)
            if self._is_stopping.wait(RETRY_SECONDS):
                return
            trace("tray lost: a new icon")
            try:
                self._icon = self._new_icon()
            except Exception:  # noqa: BLE001 (pystray's back-ends raise what their platform gives)
                log.exception("no new icon")
                return

    # --- the hand ---
    def _hand(self, icon: Icon) -> None:
        self._is_ready.set()
        try:
            if self._come_up(icon):
                self._obey_wishes(icon)
        finally:
            self._has_let_go.set()

    def _come_up(self, icon: Icon) -> bool:
        for _try in range(RETRIES):
            if self._is_stopping.is_set():
                return False
            if self._show(icon):
                trace("tray visible")
                return True
            if _try == 0:
                trace("no tray yet: trying on")
            self._is_stopping.wait(RETRY_SECONDS)
        trace("no tray: nobody shows icons here")
        return False

    def _obey_wishes(self, icon: Icon) -> None:
        while self._icon is icon:
            wish = self._wishes.get()
            if wish is None:
                self._wishes.put(None)  # also for the hand of an icon that was lost
                return
            try:
                wish()
            except Exception:  # noqa: BLE001 (as above; while Explorer starts anew it refuses)
                log.exception("the icon did not do as wished")

    def _redraw(self) -> None:
        if self._me.state != self._shown_state:
            self._shown_state = self._me.state
            self._icon.icon = tray_image(IMAGE_SIZE, self._me.state)
        self._icon.title = self._title()
        self._icon.update_menu()

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

    # --- from the main thread: nothing of this waits for the icon, but the end ---
    def start(self) -> None:
        self._thread.start()

    def update(self, me: Me, hotkey: str) -> None:
        self._me, self._hotkey = me, hotkey
        self._wishes.put(self._redraw)

    def notify(self, title: str, text: str) -> bool:
        """False where there are no balloons; else it is shown as soon as the icon is."""
        if not self._icon.HAS_NOTIFICATION:
            return False
        self._wishes.put(lambda: self._notify(title, text))
        return True

    def _notify(self, title: str, text: str) -> None:
        try:
            self._icon.notify(text[:NOTICE_LENGTH], title[:NOTICE_TITLE_LENGTH])
        except (NotImplementedError, OSError):  # pystray: not every backend and desktop has balloons
            log.info("no balloon here for: %s", title)

    def stop(self) -> None:
        """pystray's stop waits for its loop; a loop that died must not hold us."""
        self._is_stopping.set()
        self._wishes.put(None)
        self._is_ready.wait(3)
        self._has_let_go.wait(PATIENCE_SECONDS)
        stopper = threading.Thread(target=self._icon.stop, name="tray stop", daemon=True)
        stopper.start()
        stopper.join(PATIENCE_SECONDS)
        self._thread.join(PATIENCE_SECONDS)
        trace("tray hidden")
