"""Tray agents that are connected: memory for each, connects a second, and how soon the database has it.

MeshCentral's figures are those of an earlier run on such a machine (16-20 kB for each agent in its main
process, 51-82 connects a second); a run of both side by side is still to come.
"""

import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.report import emit
from benchmarks.servers import ROOT, desk_variables, environment, free_port, run_python, server

AGENTS = int(os.environ.get("BENCH_AGENTS", "5000"))
WARM, ROUNDS, WINDOW = 200, 3, 64
SETTLE_SECONDS = 4
MESH_KB, MESH_CONNECTS = 20.0, 82.0


def run() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    agents = min(AGENTS, hard - 500)
    with tempfile.TemporaryDirectory(prefix="deskbell-bench-") as folder:
        data, port = Path(folder) / "desk", free_port()
        variables = desk_variables(
            data, port, AGENT_CONNECTIONS="1000000", AGENT_CONNECTIONS_PER_ADDRESS="1000000"
        )
        credentials = run_python("benchmarks.seed", "agents", str(agents + WARM), variables=variables).split()
        rounds = []
        for _ in range(ROUNDS):
            with server("manage.py", "serve", port=port, variables=variables) as pid:
                rounds.append(_round(pid, port, credentials, data / "db.sqlite3"))
    memory, rate, cpu, written = (statistics.median(column) for column in zip(*rounds, strict=True))
    emit("memory_per_agent", memory, "kB", agents=agents)
    emit("connects", rate, "1/s", server_cpu_ms_each=round(cpu, 3))
    emit("presence_written_after", written, "s", agents=agents)
    emit("memory_vs_meshcentral", memory / MESH_KB, "ratio", ratio=round(memory / MESH_KB, 3),
         goal="<= 1.25", peer="earlier run, 20 kB")  # fmt: skip
    emit("connect_rate_vs_meshcentral", rate / MESH_CONNECTS, "ratio", ratio=round(rate / MESH_CONNECTS, 1),
         goal=">= 10", peer="earlier run, 82/s")  # fmt: skip


def _round(pid: int, port: int, credentials: list[str], database: Path) -> tuple[float, float, float, float]:
    process = psutil.Process(pid)
    warm = _clients(port, credentials[:WARM])  # what the first connection loads counts for nobody
    _end(warm)
    time.sleep(SETTLE_SECONDS)
    before, used, others = process.memory_info().rss, _cpu(process), credentials[WARM:]
    clients = _clients(port, others)
    assert clients.stdout is not None
    facts = json.loads(clients.stdout.readline())
    began, cpu = time.perf_counter(), _cpu(process) - used
    if facts["greeted"] != len(others):
        raise SystemExit(f"only {facts['greeted']} of {len(others)} agents were let in")
    while _seen(database) < len(others):
        time.sleep(0.05)
    written = time.perf_counter() - began
    time.sleep(SETTLE_SECONDS)
    memory = (process.memory_info().rss - before) / 1024 / len(others)
    _end(clients)
    return memory, len(others) / facts["seconds"], cpu * 1000 / len(others), written


def _clients(port: int, credentials: list[str]) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.live_clients", str(port), str(WINDOW)],
        env=environment(), cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write("\n".join(credentials) + "\n\n")
    process.stdin.flush()
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    process.communicate(timeout=30)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _seen(database: Path) -> int:
    """Agents that are in the database as heard within the last minute, without those of the warm-up."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        recent = "datetime(last_seen_at) > datetime('now', '-60 seconds')"
        question = f"SELECT count(*) FROM agents_profile WHERE {recent} AND id > {WARM}"
        return int(connection.execute(question).fetchone()[0])
    finally:
        connection.close()
