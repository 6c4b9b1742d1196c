"""The combination by pynput, on a private display."""

import subprocess
import sys
import time

import pytest

from tests.hosts.display import XHost
from tests.hosts.process import PROJECT

PROGRAM = """
import sys
from tray_agent.combination import DEFAULT
from tray_agent.listener import ListenerHotkey
hotkey = ListenerHotkey(DEFAULT, lambda: print("pressed", flush=True))
hotkey.start()
print("listening", flush=True)
sys.stdin.readline()
hotkey.stop()
print("let go", flush=True)
sys.stdin.readline()
"""


@pytest.mark.gui
def test_it_hears_its_combination_only_once_a_press_and_lets_go() -> None:
    host = XHost()
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=host.environment, cwd=PROJECT, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert program.stdin is not None
    assert program.stdout is not None
    try:
        assert program.stdout.readline() == "listening\n"
        host.press("F12", "ctrl+F11", "a")
        host.press("ctrl+F12", "ctrl+F12")  # the second one is a bounce
        time.sleep(0.6)
        host.press("ctrl+F12")
        time.sleep(0.3)
        program.stdin.write("\n")
        program.stdin.flush()
        said = [program.stdout.readline()]
        while said[-1] != "let go\n":
            said.append(program.stdout.readline())
        host.press("ctrl+F12")
        time.sleep(0.3)
    finally:
        rest, _ = program.communicate("\n", timeout=10)
        host.close()
    assert said == ["pressed\n", "pressed\n", "let go\n"]
    assert rest == ""
