"""The icon against a pystray of our own: no display needed."""

import sys
from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from tests.hosts.process import wait_for
from tests.tray.fakes import me
from tray_agent import tray
from tray_agent.tray import PystrayTray


class Icon:
    HAS_NOTIFICATION = True
    failures: list[Exception] = []
    docks: bool = True
    notifies: bool = True

    def __init__(self, _name: str, icon: object, title: str, menu: list[Any]) -> None:
        self.icon, self.title, self.menu = icon, title, menu
        self.balloons: list[tuple[str, str]] = []
        self.updates, self._end, self._visible = 0, Event(), False
        self._systray_manager: object = None

    @property
    def visible(self) -> bool:
        return self._visible

    @visible.setter
    def visible(self, value: bool) -> None:
        if value and self.failures:
            raise self.failures.pop()
        self._visible = value
        self._systray_manager = self if self.docks else None

    def run(self, setup: Callable[["Icon"], None]) -> None:
        setup(self)
        self._end.wait(5)

    def stop(self) -> None:
        self._end.set()

    def update_menu(self) -> None:
        self.updates += 1

    def notify(self, text: str, title: str) -> None:
        if not self.notifies:
            raise NotImplementedError  # as pystray does where a desktop has no balloons
        self.balloons.append((title, text))


@pytest.fixture(autouse=True)
def pystray(monkeypatch: pytest.MonkeyPatch) -> None:
    class Item(SimpleNamespace):
        def __init__(
            self,
            text: str | Callable[[object], str],
            action: Callable[..., None],
            *,
            enabled: Callable[[object], bool],
            default: bool = False,
        ) -> None:
            super().__init__(choose=lambda: action(None, None), active=lambda: enabled(None), default=default)
            self._text = text

        @property
        def text(self) -> str:
            return self._text if isinstance(self._text, str) else self._text(self)

    def menu(*items: object) -> list[object]:
        return list(items)

    menu.SEPARATOR = None  # type: ignore[attr-defined]
    fake = SimpleNamespace(Icon=Icon, MenuItem=Item, Menu=menu)
    monkeypatch.setitem(sys.modules, "pystray", fake)
    monkeypatch.setattr(tray, "RETRY_SECONDS", 0.01)
    for name, value in (("failures", []), ("docks", True), ("notifies", True)):
        monkeypatch.setattr(Icon, name, value)


DEEDS = ("ticket", "tickets", "settings", "about", "quit")


def parts(state: str, chosen: list[str] | None = None, **facts: Any) -> tuple[PystrayTray, Any]:
    said = chosen if chosen is not None else []
    deeds = {name: lambda name=name: said.append(name) for name in DEEDS}
    made = PystrayTray(deeds, me(state, **facts), "Ctrl+F12")
    return made, made._icon


def active(icon: Any) -> list[str]:  # noqa: ANN401
    return [item.text.split("\t")[0] for item in icon.menu if item and item.active()]


def test_the_menu_has_its_order_and_shows_the_combination() -> None:
    chosen: list[str] = []
    _tray, icon = parts("verified", chosen)
    items = [item for item in icon.menu if item]
    assert [item.text for item in items] == [
        "Create new ticket\tCtrl+F12", "My tickets", "I need help now (SOS)", "Enter a session code...",
        "Personal settings...", "About", "Quit",
    ]  # fmt: skip
    assert [item.text for item in items if item.default] == ["Create new ticket\tCtrl+F12"]
    for item in items:
        if item.active():
            item.choose()
    assert chosen == list(DEEDS)


def test_before_verification_nothing_that_needs_a_person_is_active() -> None:
    assert active(parts("enabled")[1]) == ["Personal settings...", "About", "Quit"]


def test_help_and_sessions_need_the_desks_word_and_a_deed() -> None:
    capabilities = frozenset({"sos", "sessions"})
    assert "I need help now (SOS)" not in active(parts("verified", capabilities=capabilities)[1])
    everything = dict.fromkeys((*DEEDS, "sos", "session"), lambda: None)
    assert (
        len(active(PystrayTray(everything, me("verified", capabilities=capabilities), "Ctrl+F12")._icon)) == 7
    )
    assert len(active(PystrayTray(everything, me("verified"), "Ctrl+F12")._icon)) == 5


def test_it_comes_up_late_when_the_taskbar_is_late(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_TRACE", "1")
    Icon.failures.extend([OSError("no taskbar"), OSError("no taskbar")])
    made, icon = parts("verified", organisation="D" * 200)
    made.notify("T" * 100, "x" * 300)
    made.start()
    wait_for(lambda: bool(icon.balloons), "the kept balloon")
    assert icon.visible
    assert icon.balloons == [("T" * 63, "x" * 255)]
    assert len(icon.title) == 127
    made.update(me("enabled", organisation="Desk"), "Ctrl+F12")
    wait_for(lambda: icon.updates == 1, "the new look")
    assert icon.title == "Desk - confirm your address to begin"
    made.stop()
    assert capsys.readouterr().out.splitlines() == ["no tray yet: trying on", "tray visible", "tray hidden"]


def test_no_tray_at_all_is_said_and_no_balloon_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(tray, "trace", said.append)
    monkeypatch.setattr(tray, "RETRIES", 2)
    Icon.docks = False
    made, icon = parts("verified")
    made.start()
    made._is_ready.wait(2)
    wait_for(lambda: "no tray: nobody shows icons here" in said, "the word")
    assert not icon.visible
    made.update(me("verified"), "Ctrl+F12")
    made.stop()
    Icon.docks, Icon.notifies = True, False
    made, _icon = parts("verified")
    made.start()
    made.notify("Title", "Text")
    made.update(me("verified"), "Ctrl+F12")
    wait_for(lambda: made._icon.updates == 1, "the wish after it")  # type: ignore[attr-defined]
    made.stop()


def test_a_taskbar_that_hangs_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tray, "PATIENCE_SECONDS", 0.01)
    hangs, comes_back = Event(), Event()

    def update_menu(icon: Icon) -> None:
        hangs.set()
        comes_back.wait(5)
        icon.updates += 1

    monkeypatch.setattr(Icon, "update_menu", update_menu)
    made, icon = parts("enabled")
    made.start()
    made.update(me("verified"), "Ctrl+F12")
    assert hangs.wait(5)
    made.update(me("verified", organisation="Desk"), "Ctrl+F12")
    made.stop()
    assert icon.updates == 0
    comes_back.set()


def test_a_taskbar_that_refuses_once_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made, icon = parts("enabled")
    refusals = [OSError("NIM_MODIFY")]

    def update_menu(icon: Icon) -> None:
        if refusals:
            raise refusals.pop()
        icon.updates += 1

    monkeypatch.setattr(Icon, "update_menu", update_menu)
    made.update(me("verified"), "Ctrl+F12")
    made.update(me("verified", organisation="Desk"), "Ctrl+F12")
    made.start()
    wait_for(lambda: icon.updates == 1, "the wish after it")
    made.stop()
    assert icon.title == "Desk - Ctrl+F12 opens a ticket"


def test_an_icon_whose_loop_ended_comes_anew_as_it_should_look_now(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(tray, "trace", said.append)
    made, first = parts("enabled")
    first.run = lambda setup: None  # pystray has logged why
    made.update(me("verified", organisation="Desk"), "Ctrl+F12")
    made.start()
    wait_for(lambda: "tray visible" in said, "the new icon")
    assert made._icon is not first
    assert made._icon.title == "Desk - Ctrl+F12 opens a ticket"
    made.stop()
    assert said == ["tray lost: a new icon", "tray visible", "tray hidden"]


def test_a_display_that_has_gone_ends_the_icon_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made, first = parts("enabled")

    def gone() -> Icon:
        raise OSError("no display")

    first.run = lambda setup: None
    monkeypatch.setattr(made, "_new_icon", gone)
    made.start()
    made._thread.join(5)
    assert not made._thread.is_alive()


def test_another_hotkey_stands_in_menu_and_tooltip() -> None:
    made, icon = parts("verified", organisation="Desk")
    made.start()
    made.update(me("verified", organisation="Desk"), "Ctrl+Shift+F9")
    wait_for(lambda: icon.updates == 1, "the new look")
    made.stop()
    assert [item.text for item in icon.menu if item and item.default] == ["Create new ticket\tCtrl+Shift+F9"]
    assert icon.title == "Desk - Ctrl+Shift+F9 opens a ticket"


def test_stopping_while_it_still_tries_is_quick() -> None:
    Icon.failures.extend([OSError("x")] * 1000)
    made, icon = parts("verified")
    made.start()
    made.stop()
    assert not icon.visible
    assert not made._thread.is_alive()


def test_a_tray_without_balloons_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made, icon = parts("verified")
    assert made.notify("Title", "text")
    monkeypatch.setattr(Icon, "HAS_NOTIFICATION", False)
    assert not made.notify("Title", "text")
    assert icon.balloons == []


def test_a_session_code_needs_the_desks_word_alone() -> None:
    everything = dict.fromkeys((*DEEDS, "session"), lambda: None)
    facts = me("enabled", capabilities=frozenset({"sessions"}))
    assert "Enter a session code..." in active(PystrayTray(everything, facts, "Ctrl+F12")._icon)
