"""The personal settings under Windows: another hotkey, by RegisterHotKey."""

from collections.abc import Callable

import pytest

from tests.hosts.agent import TrayAgent, windows_agent
from tests.hosts.wine import WineHost
from tests.tray.fakes import http_desk

pytestmark = pytest.mark.wine

OWN_ANOTHER = """
import time
from tray_agent.combination import Combination
from tray_agent.windows.hotkey import WindowsHotkey
WindowsHotkey(Combination.parse("ctrl+shift+f8"), lambda: print("pressed", flush=True)).start()
print("owned", flush=True)
time.sleep(300)
"""
QUIT = """
from tray_agent.config import data_folder
from tray_agent.windows.instance import SingleInstance
SingleInstance(data_folder()).tell("quit")
"""


def test_another_hotkey_works_at_once_and_after_a_restart_and_a_taken_one_is_refused(
    windows_user: Callable[[str], WineHost],
) -> None:
    host = windows_user("anna")
    with http_desk() as desk:
        agent = TrayAgent(host, windows_agent(host, desk.url, "dbk_x"))
        agent.process.expect("hotkey by RegisterHotKey")
        host.python("-c", OWN_ANOTHER).expect("owned")
        agent.open_settings()
        host.press("shift+Tab", "shift+Tab", "Return")
        agent.process.expect("listening for a hotkey")
        host.press("ctrl+F12")  # the one of today, which Windows hands to the agent
        agent.process.expect("hotkey stays ctrl+f12")
        host.press("Return", "alt+F4")
        agent.process.expect("refused: The system keeps Alt+F4")
        host.press("ctrl+shift+F8")
        agent.process.expect("refused: Another program already uses Ctrl+Shift+F8.")
        host.press("ctrl+shift+F9")
        agent.process.expect("hotkey is ctrl+shift+f9 by RegisterHotKey")
        host.press("Escape")
        host.wait_for_no_window("Personal settings")
        host.key("ctrl+F12")
        host.key("ctrl+shift+F9")
        agent.process.expect("form shown by hotkey")
        host.python("-c", QUIT)
        assert agent.process.wait() == 0

        agent.start()
        agent.process.expect("hotkey by RegisterHotKey")
        host.key("ctrl+F12")
        host.key("ctrl+shift+F9")
        agent.process.expect("form shown by hotkey")
        assert agent.process.output.count("form shown") == 1
