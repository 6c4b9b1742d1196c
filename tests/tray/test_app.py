"""The app with a headless main loop and a platform of fakes, which records what happens."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.hosts.process import wait_for
from tests.tray.fakes import MACHINE, OFF, VERIFIED, FakeDesk, MemoryStore
from tray_agent.app import App, Deeds, reason_to_wait
from tray_agent.combination import Combination
from tray_agent.config import Config
from tray_agent.engine import Engine
from tray_agent.headless import HeadlessWindows
from tray_agent.model import Machine, Me, TicketDraft
from tray_agent.outbox import Outbox
from tray_agent.personal import Personal
from tray_agent.ports import Hotkey, Instance, Store, Taken


class Windows(HeadlessWindows):
    def __init__(self, shown: list[str]) -> None:
        super().__init__()
        self.shown = shown

    def show_settings(self, reason: str = "") -> None:
        self.shown.append(f"settings {reason}".strip())

    def show_ticket(self, source: str) -> None:
        self.shown.append(f"ticket by {source}")

    def show_my_tickets(self) -> None:
        self.shown.append("tickets")

    def show_notice(self, title: str, text: str) -> None:
        self.shown.append(f"notice {text}")


@dataclass
class World:
    """The platform and the icon."""

    folder: Path
    events: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    deeds: Deeds = field(default_factory=dict)
    press: Callable[[], None] = lambda: None
    taken: set[str] = field(default_factory=set)
    """Combinations of other programs."""
    is_first: bool = True
    has_icon: bool = True
    has_keys: bool = True
    has_balloons: bool = True
    command: Callable[[str], None] = lambda _command: None
    machine: Machine = MACHINE
    store: Store = field(default_factory=MemoryStore)
    way: str = "fake"

    def __post_init__(self) -> None:
        self.windows, self.desk = Windows(self.shown), FakeDesk()
        engine = Engine(
            desk=lambda _credential: self.desk,
            store=self.store,
            machine=MACHINE,
            outbox=Outbox(self.folder / "outbox.db"),
            key="dbk_x",
        )
        self.engine = engine
        self.personal = Personal(self.folder, self)

    def app(self, wish: str = "") -> App:
        config = Config("http://127.0.0.1", "dbk_x", self.folder)
        return App(
            engine=self.engine,
            platform=self,
            windows=self.windows,
            tray=self.make_tray,
            config=config,
            personal=self.personal,
            wish=wish,
        )

    # --- Platform, Instance, Hotkey and Tray ---
    @property
    def instance(self) -> Instance:
        return self

    def claim(self, on_command: Callable[[str], None]) -> bool:
        self.command = on_command
        return self.is_first

    def tell(self, command: str) -> bool:
        self.events.append(f"told {command}")
        return True

    def release(self) -> None:
        self.events.append("released")

    def hotkey(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        self.press = pressed
        return Part(self, "hotkey", works=self.has_keys, is_taken=str(combination) in self.taken)

    def listener(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        self.press = pressed
        return Part(self, "listener", works=self.has_keys)

    def make_tray(self, deeds: Deeds, _me: Me, hotkey: str) -> "Part":
        self.deeds = deeds
        return Part(self, "icon", works=self.has_icon)

    def prepare(self) -> None: ...
    def seal(self, data: bytes) -> bytes:
        return data

    unseal = seal

    def has_tray(self) -> str:
        return ""


class Part:
    way = "fake"

    def __init__(self, world: World, name: str, *, works: bool, is_taken: bool = False) -> None:
        self.world, self.name, self.works, self.is_taken = world, name, works, is_taken

    def start(self) -> None:
        if not self.works:
            raise RuntimeError("no display")
        if self.is_taken:
            raise Taken(self.name)
        self.world.events.append(f"{self.name} on")

    def stop(self) -> None:
        self.world.events.append(f"{self.name} off")

    def update(self, me: Me, hotkey: str) -> None:
        self.world.events.append(f"icon shows {me.state} {hotkey}")

    def notify(self, title: str, text: str) -> bool:
        self.world.notices.append(text)
        return self.world.has_balloons


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def drive(world: World, *steps: Callable[[], object], wish: str = "") -> None:
    """Runs the app on this thread; a helper thread goes through the steps, each until it is true."""
    from threading import Thread

    failures: list[BaseException] = []

    def work() -> None:
        try:
            for number, step in enumerate(steps):
                wait_for(lambda step=step: step() is not False or None, f"step {number}", 5)  # type: ignore[misc]
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        world.command("quit")

    app, helper = world.app(wish), Thread(target=work)
    claim = world.claim

    def claimed(on_command: Callable[[str], None]) -> bool:
        is_first = claim(on_command)
        helper.start()
        return is_first

    world.claim = claimed  # type: ignore[method-assign]
    old = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        app.run()
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
        helper.join(10)
    if failures:
        raise failures[0]


def test_a_verified_person_gets_icon_hotkey_and_tickets_and_all_ends_in_order(world: World) -> None:
    drive(
        world,
        lambda: "hotkey on" in world.events,
        lambda: world.press(),
        lambda: "ticket by hotkey" in world.shown,
        lambda: world.deeds["ticket"](),
        lambda: "ticket by tray" in world.shown,
        lambda: world.deeds["tickets"](),
        lambda: world.command("settings"),
        lambda: world.command("nonsense"),
        lambda: world.command("send"),
        lambda: "settings" in world.shown,
    )
    assert "tickets" in world.shown
    assert world.events == ["icon on", "hotkey on", "hotkey off", "icon off", "released"]
    assert world.desk.calls[-1] == "signed out"
    assert (world.folder / "config.json").exists()


def test_before_verification_the_hotkey_opens_the_settings_and_one_balloon_explains(world: World) -> None:
    world.desk.me_answer = dict(VERIFIED) | {"state": "enabled", "me_version": "e"}

    def verify() -> None:
        world.desk.me_answer = dict(VERIFIED)

    drive(
        world,
        lambda: "hotkey on" in world.events,
        lambda: world.press(),
        lambda: len(world.shown) == 1,
        lambda: world.deeds["tickets"](),
        lambda: len(world.shown) == 2,
        verify,
        lambda: "icon shows verified Ctrl+F12" in world.events,
        lambda: world.command("show"),
        lambda: world.shown[-1] == "ticket by second start",
    )
    assert world.shown[:2] == [f"settings {reason_to_wait(Me('enabled'))}"] * 2
    assert world.notices == [reason_to_wait(Me("enabled"))]


def test_a_hidden_profile_has_neither_icon_nor_hotkey_and_the_process_stays(world: World) -> None:
    world.desk.me_answer = dict(OFF)

    def switch(state: str) -> Callable[[], None]:
        def deed() -> None:
            world.desk.me_answer = dict(VERIFIED) | {
                "state": state,
                "me_version": state + str(len(world.events)),
            }

        return deed

    drive(
        world,
        lambda: world.desk.calls.count("heartbeat") > 2,
        lambda: world.events == [],
        lambda: world.command("settings"),
        lambda: len(world.shown) == 1,
        switch("verified"),
        lambda: "hotkey on" in world.events,
        switch("disabled"),
        lambda: world.events == ["icon on", "hotkey on", "hotkey off", "icon off"],
        lambda: world.press(),
        lambda: world.command("ticket"),
        lambda: len(world.shown) == 2,
        switch("verified"),
        lambda: world.events.count("hotkey on") == 2,
    )
    assert world.shown == [f"settings {reason_to_wait(Me(state))}" for state in ("off", "disabled")]


def test_the_reasons_differ() -> None:
    states = ("off", "disabled", "enabled", "waiting_for_approval")
    assert len({reason_to_wait(Me(state)) for state in states}) == 4


def test_without_tray_and_keys_it_goes_on_and_says_so(world: World, capsys: pytest.CaptureFixture[str],
                                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("DESKBELL_TRACE", "1")
    world.has_icon = world.has_keys = False
    drive(world, lambda: world.desk.calls.count("heartbeat") > 3, lambda: world.command("ticket"),
          lambda: world.shown == ["ticket by command"])  # fmt: skip
    said = capsys.readouterr().out.splitlines()
    assert "no tray: RuntimeError: no display" in said
    assert "no hotkey: RuntimeError: no display" in said
    assert said[-1] == "ended"


def test_a_taken_combination_is_told_in_a_sentence(world: World) -> None:
    world.taken = {"ctrl+f12"}
    drive(world, lambda: "listener on" in world.events, lambda: len(world.notices) == 1,
          lambda: world.press(), lambda: world.shown == ["ticket by hotkey"])  # fmt: skip
    assert "both will act" in world.notices[0]
    assert world.events == ["icon on", "listener on", "listener off", "icon off", "released"]


def test_another_hotkey_is_shown_at_once_by_icon_and_windows(world: World) -> None:
    def change() -> None:
        world.personal.change_hotkey(Combination.parse("ctrl+shift+f9"))

    drive(world, lambda: "hotkey on" in world.events,
          lambda: world.windows.post(change),
          lambda: "icon shows verified Ctrl+Shift+F9" in world.events)  # fmt: skip
    assert world.events[:4] == ["icon on", "hotkey on", "hotkey on", "hotkey off"]


def test_a_second_start_hands_its_wish_over_and_ends(world: World) -> None:
    world.is_first = False
    assert world.app().run() is False
    assert world.app("settings").run() is False
    assert world.events == ["told show", "told settings"]
    assert world.desk.calls == []


def test_a_termination_signal_ends_it_cleanly(world: World) -> None:
    drive(world, lambda: "hotkey on" in world.events, lambda: os.kill(os.getpid(), signal.SIGTERM),
          lambda: "released" in world.events, wish="settings")  # fmt: skip
    assert world.events[-3:] == ["hotkey off", "icon off", "released"]
    assert world.shown[0].startswith("settings")


@pytest.mark.parametrize("missing", ["has_icon", "has_balloons"])
def test_without_balloons_the_notice_is_a_window_of_ours(world: World, missing: str) -> None:
    setattr(world, missing, False)
    world.desk.me_answer = dict(VERIFIED)
    drive(
        world,
        lambda: world.engine.me.may_open_tickets,
        lambda: world.engine.submit(TicketDraft("Printer")),
        lambda: world.shown == ["notice Printer"],
    )
