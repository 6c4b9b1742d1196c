"""The agent's command line under Windows: what it says of the machine, and where it keeps its secrets."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hosts.agent import windows_agent
from tests.hosts.process import Process
from tests.hosts.server import Server
from tests.hosts.wine import WineHost

pytestmark = pytest.mark.wine

READ_ANOTHERS = """
import sys
from pathlib import Path
from tray_agent.windows.store import DpapiStore, unseal
print("own", len(DpapiStore(Path(sys.argv[1])).load()))
try:
    unseal(Path(sys.argv[2]).read_bytes())
except OSError:
    print("refused")
"""


def done(process: Process, code: int = 0) -> str:
    assert process.wait(90) == code, process.output
    return process.output


def test_check_says_that_all_of_it_works(windows_user: Callable[[str], WineHost], server: Server) -> None:
    host = windows_user("anna")
    agent = windows_agent(host, server.url, server.keys["Acme"])
    said = done(agent("--check"))
    assert [line.split()[:2] for line in said.splitlines()] == [
        [name, "ok"] for name in ("display", "tray", "hotkey", "screenshot", "store", "server")
    ]
    assert "RegisterHotKey" in said
    assert "1280x800" in said
    assert "DPAPI" in said
    # Another program owns the combination now: the agent says so and listens by pynput.
    owner = host.python("-c", OWN_THE_COMBINATION)
    owner.expect("owned")
    assert "Ctrl+F12 by pynput because another program has it" in done(agent("check"))


OWN_THE_COMBINATION = """
import time
from tray_agent.combination import DEFAULT
from tray_agent.windows.hotkey import WindowsHotkey
WindowsHotkey(DEFAULT, lambda: None).start()
print("owned", flush=True)
time.sleep(300)
"""


def test_two_users_tickets_are_kept_sealed_and_neither_reads_the_others_credential(
    windows_user: Callable[[str], WineHost], server: Server
) -> None:
    """A17."""
    places: dict[str, Path] = {}
    for name in ("anna", "bert"):
        host = windows_user(name)
        agent = windows_agent(host, server.url, server.keys["Acme"])
        assert "waits" in done(agent("ticket", "--subject", "CONFIDENTIAL", "--screenshot"), code=3)
        assert "waiting: 1" in done(agent("status"))
        places[name] = host.appdata / "Deskbell"
        for path in places[name].rglob("*"):
            content = path.read_bytes()
            for word in (b"dba_", b"dbk_", b"CONFIDENTIAL", b"\x89PNG"):
                assert word not in content, f"{word!r} lies open in {path.name}"
    assert server.rows("SELECT user_name FROM agents_profile ORDER BY user_name") == [("anna",), ("bert",)]
    stolen = "Z:" + str(places["anna"] / "credential.dpapi").replace("/", "\\")
    said = done(host.python("-c", READ_ANOTHERS, r"C:\users\bert\AppData\Roaming\Deskbell", stolen))
    assert said.split() == ["own", "47", "refused"]


def test_the_first_agent_takes_the_wishes_of_the_second(
    windows_user: Callable[[str], WineHost], server: Server
) -> None:
    agent = windows_agent(windows_user("anna"), server.url, server.keys["Acme"])
    first = agent("run")
    first.expect("ready", 60)
    assert "already running" in done(agent("run"))
    assert done(agent("settings")) == ""
    first.expect("registered")
    assert first.is_running
