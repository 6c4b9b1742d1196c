"""The tray agent on a display: hotkey to visible form, and rest. Needs what `make test` installs."""

import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from benchmarks.report import emit
from tests.hosts.agent import NEW_TICKET, TrayAgent, linux_agent
from tests.hosts.display import XHost
from tests.hosts.mail import SmtpSink
from tests.hosts.server import ACME, CARLA, Server

PRESSES = 10
IDLE_SECONDS = 30


def run() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deskbell-bench-")))
        sink = SmtpSink()
        stack.callback(sink.close)
        server = Server(folder, sink)
        stack.callback(server.close)
        server.seed([CARLA], [ACME])
        _enable_every_profile(server.data / "db.sqlite3")
        desktop = XHost(tray=True)
        stack.callback(desktop.close)
        desktop.show_wallpaper(folder / "wallpaper.png")
        agent = TrayAgent(desktop, linux_agent(desktop, folder, server.url, server.keys[ACME.name]))
        agent.verify("Anna Gruen", "anna@acme.example", sink, lambda name: None)
        desktop.wait_for_no_window("Personal settings")
        agent.process.stop()
        agent.start()  # as after a log-on: nothing is warm yet
        agent.process.expect("state verified")
        _presses(agent)
        _rest(psutil.Process(agent.process.pid))


def _enable_every_profile(database: Path) -> None:
    with sqlite3.connect(database, timeout=10) as connection:
        connection.execute("UPDATE agents_client SET every_profile = 1")
    connection.close()


def _presses(agent: TrayAgent) -> None:
    """From the start of the program that presses the keys to the line that the drawn form prints."""
    times = []
    for _ in range(PRESSES):
        agent.process.expect("hotkey by")
        said, began = len(agent.process.lines), time.perf_counter()
        agent.desktop.key("ctrl+F12")
        agent.process.expect("form shown by hotkey", since=said)
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.5)
        agent.desktop.press("Escape")
        agent.desktop.wait_for_no_window(NEW_TICKET)
    goal = "<= 1"
    emit("hotkey_to_form_first", times[0], "ms", ratio=round(times[0] / 400, 3), goal=goal)
    emit("hotkey_to_form_median", statistics.median(times), "ms",
         ratio=round(statistics.median(times) / 400, 3), goal=goal)  # fmt: skip
    emit("hotkey_to_form_slowest", max(times), "ms", ratio=round(max(times) / 400, 3), goal=goal)


def _rest(process: psutil.Process) -> None:
    time.sleep(5)
    before, began = process.cpu_times(), time.perf_counter()
    time.sleep(IDLE_SECONDS)
    after = process.cpu_times()
    share = (after.user + after.system - before.user - before.system) / (time.perf_counter() - began) * 100
    memory = process.memory_info().rss / 2**20
    emit("agent_idle_memory", memory, "MiB", ratio=round(memory / 80, 3), goal="<= 1")
    emit("agent_idle_cpu", share, "% of a core", ratio=round(share / 0.5, 3), goal="<= 1")
