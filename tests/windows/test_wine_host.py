"""What the other Windows tests take for granted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hosts.wine import WineHost

pytestmark = pytest.mark.wine

FACTS = """
import os, winreg
with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\\Microsoft\\Cryptography") as key:
    print("guid", winreg.QueryValueEx(key, "MachineGuid")[0])
from tray_agent.windows.machine import user_sid
print("sid", user_sid())
print("user", os.environ["USERNAME"], os.environ["APPDATA"])
"""


def test_two_windows_users_share_the_machine_and_nothing_else(
    windows_user: Callable[[str], WineHost], tmp_path: Path
) -> None:
    anna, bert = windows_user("anna"), windows_user("bert")
    facts = [host.python("-c", FACTS) for host in (anna, bert)]
    guids = {process.expect("guid ") for process in facts}
    assert len(guids) == 1
    assert [process.expect("sid ") for process in facts] == [
        "sid S-1-5-21-0-0-0-1000",
        "sid S-1-5-21-0-0-0-1001",
    ]
    assert facts[0].expect("user ") == r"user anna C:\users\anna\AppData\Roaming"
    assert facts[1].expect("user ") == r"user bert C:\users\bert\AppData\Roaming"
    assert anna.appdata != bert.appdata
    assert [process.wait() for process in facts] == [0, 0]
    assert anna.picture(tmp_path / "anna.png").size == (1280, 800)


def test_keys_reach_a_window_of_a_windows_program(windows_user: Callable[[str], WineHost]) -> None:
    form = """
import tkinter
root = tkinter.Tk(); root.title("Form"); root.geometry("400x100+200+100")
entry = tkinter.Entry(root, width=40); entry.pack(); entry.focus_force()
entry.bind("<Return>", lambda event: (print("typed", ascii(entry.get()), flush=True), root.destroy()))
root.after(200, lambda: (entry.focus_force(), print("ready", flush=True)))
root.mainloop()
"""
    anna = windows_user("anna")
    process = anna.python("-c", form)
    process.expect("ready")
    anna.type("Grün, 3 Stück")
    anna.press("Return")
    assert process.expect("typed ") == r"typed 'Gr\xfcn, 3 St\xfcck'"
