"""Two people's agents on one display: the second one shares the hotkey until it has its own."""

from pathlib import Path

import pytest

from tests.hosts.agent import TrayAgent, linux_agent
from tests.hosts.display import XHost
from tests.tray.fakes import http_desk

pytestmark = pytest.mark.gui


def test_the_second_agent_shares_the_hotkey_says_so_and_takes_another(tmp_path: Path) -> None:
    desktop = XHost()
    try:
        with http_desk() as desk:
            agents = []
            for name in ("anna", "bert"):
                (tmp_path / name).mkdir()
                agents.append(TrayAgent(desktop, linux_agent(desktop, tmp_path / name, desk.url, "dbk_x")))
                agents[-1].process.expect("hotkey by")
            anna, bert = agents
            anna.process.expect("hotkey by XGrabKey")
            bert.process.expect("hotkey by pynput")
            bert.process.expect("notice Ctrl+F12 is taken")
            desktop.key("ctrl+F12")
            for agent in agents:
                agent.process.expect("form shown by hotkey")
            desktop.close_windows("New ticket")

            bert.open_settings()
            desktop.press("shift+Tab", "shift+Tab", "Return")
            bert.process.expect("listening for a hotkey")
            desktop.press("ctrl+shift+F9")
            bert.process.expect("hotkey stays ctrl+shift+f9")
            desktop.press("Escape")
            desktop.wait_for_no_window("Personal settings")
            said = len(bert.process.lines)
            desktop.key("ctrl+shift+F9")
            bert.process.expect("form shown by hotkey", since=said)
            assert anna.process.output.count("form shown") == 1
            assert bert.process.output.count("form shown") == 2
    finally:
        desktop.close()
