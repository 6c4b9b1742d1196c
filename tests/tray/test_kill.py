"""Killed (SIGKILL) at every line of the way of a ticket, over a network that loses requests and answers."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.process import PROJECT
from tests.tray.fakes import http_desk

LIVES = r"""
import os, signal, sys, json
from pathlib import Path
from tests.tray.fakes import MACHINE, MemoryStore
from tray_agent.api import Api
from tray_agent.engine import Engine
from tray_agent.model import FileDraft, TicketDraft
from tray_agent.outbox import Outbox

url, folder = sys.argv[1], Path(sys.argv[2])
OURS = ("outbox.py", "engine.py", "api.py")

def engine(path):
    outbox, store = Outbox(path), MemoryStore("dba_x")
    return outbox, Engine(desk=lambda secret: Api(url, secret), store=store, machine=MACHINE, outbox=outbox)

def killed_at(line):
    left = line
    def tracer(frame, event, _argument):
        nonlocal left
        if not frame.f_code.co_filename.endswith(OURS):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return tracer
    return tracer

def in_child(work):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]

def first_life(path, line, promised):
    sys.settrace(killed_at(line))
    outbox, agent = engine(path)
    draft = TicketDraft(f"life {line}", screenshot=b"PNG" * 100, files=(FileDraft("a", b"A"),))
    promised.write_text(agent.submit(draft))
    agent.send_once()

def second_life(path):
    outbox, agent = engine(path)
    for _try in range(5):
        outbox.hurry()
        agent.send_once()
    assert outbox.counts() == (0, 0), outbox.counts()

line = 0
while True:
    line += 1
    path, promised = folder / f"{line}.db", folder / f"{line}.id"
    ended = in_child(lambda: first_life(path, line, promised))
    kept = promised.read_text() if promised.exists() else ""
    assert in_child(lambda: second_life(path)) == 0
    print(json.dumps({"line": line, "killed": ended == signal.SIGKILL, "promised": kept}), flush=True)
    if ended == 0:
        break
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where that is to be had: hundreds of lives with a dozen fsyncs each."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as place:
        yield Path(place)


LOSSES = ("answer", "", "request", "", "")


@pytest.mark.slow
def test_a_ticket_survives_a_kill_between_any_two_steps_and_comes_once(folder: Path) -> None:
    with http_desk(lose=lambda n: LOSSES[n % len(LOSSES)]) as desk:
        done = subprocess.run(
            [sys.executable, "-c", LIVES, desk.url, str(folder)], cwd=PROJECT, capture_output=True, text=True,
            timeout=200, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lives) > 30
    assert all(life["killed"] for life in lives[:-1])
    promised = [life for life in lives if life["promised"]]
    assert len(promised) > 10
    for life in promised:
        assert life["promised"] in desk.tickets, f"lost: {life}"
    subjects = [json.loads(ticket["parts"][0][2])["subject"] for ticket in desk.tickets.values()]
    assert len(subjects) == len(set(subjects)), "a ticket came twice"
