"""`--check`: what works on this computer, one line an item."""

import io
import os
import sys
from collections.abc import Callable, Iterator

from tray_agent.api import Api, ApiError, Offline
from tray_agent.combination import Combination
from tray_agent.ports import Platform, Screen, Taken


class No(Exception):
    """It does not work; says why."""


def check(
    platform: Platform,
    desk: Api,
    screen: Callable[[], Screen],
    combination: Combination,
    say: Callable[[str], None],
) -> bool:
    """True if all of it works."""
    all_well = True
    for name, item in _items(platform, desk, screen, combination):
        try:
            found = item()
        except Exception as error:  # noqa: BLE001 (whatever an item dies of is what we want to say)
            all_well = False
            say(f"{name:<11} no   {error if isinstance(error, No) else f'{type(error).__name__}: {error}'}")
        else:
            say(f"{name:<11} ok   {found}".rstrip())
    return all_well


def _items(
    platform: Platform, desk: Api, screen: Callable[[], Screen], combination: Combination
) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "display", _display
    yield "tray", lambda: _tray(platform)
    yield "hotkey", lambda: _hotkey(platform, combination)
    yield "screenshot", lambda: _screenshot(screen)
    yield "store", lambda: _store(platform)
    yield "server", lambda: _server(desk)


def _display() -> str:
    if sys.platform != "win32" and not os.environ.get("DISPLAY"):
        raise No("DISPLAY is not set")
    import tkinter

    root = tkinter.Tk()
    root.withdraw()
    size = f"{root.winfo_screenwidth()}x{root.winfo_screenheight()}"
    root.destroy()
    return size


def _tray(platform: Platform) -> str:
    if reason := platform.has_tray():
        raise No(reason)
    return ""


def _hotkey(platform: Platform, combination: Combination) -> str:
    hotkey, said = platform.hotkey(combination, lambda: None), ""
    try:
        hotkey.start()
    except Taken:
        hotkey, said = platform.listener(combination, lambda: None), " because another program has it"
        hotkey.start()
    hotkey.stop()
    return f"{combination.shown()} by {hotkey.way}{said}"


def _screenshot(screen: Callable[[], Screen]) -> str:
    from PIL import Image

    picture = screen().grab()
    if picture is None:
        raise No("no picture of the screen can be taken")
    with Image.open(io.BytesIO(picture)) as image:
        return f"{image.width}x{image.height}"


def _store(platform: Platform) -> str:
    if not platform.store.load():
        raise No(f"{platform.store.name}: does not give back what it was given")
    return platform.store.name


def _server(desk: Api) -> str:
    try:
        return f"this profile is {desk.me().get('state')}"
    except ApiError as error:
        if error.code == "credential-unknown":
            return "it answers; this profile is not registered yet"
        raise No(error.sentence) from None
    except Offline as error:
        raise No(f"cannot be reached ({error})") from None
