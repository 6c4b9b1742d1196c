"""Tickets a second through the agent API against the bare DRF create, in turn, in one run."""

import json
import statistics
import tempfile
import uuid
from pathlib import Path

from benchmarks.load import Request, Result, post_for
from benchmarks.report import emit
from benchmarks.servers import desk_variables, environment, free_port, run_python, server

CLIENTS = 8
ROUNDS = 7
SECONDS = 2.0
PROFILES = 500
TICKET = {
    "subject": "The printer on floor 3 is on strike",
    "description": "It prints nothing at all. " * 8,
    "priority": "medium",
}
BODY = json.dumps(TICKET).encode()
JSON = {"Content-Type": "application/json"}


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="deskbell-bench-") as folder:
        ours, bare = Path(folder) / "ours", Path(folder) / "bare"
        bare.mkdir()
        port, bare_port = free_port(), free_port()
        variables = desk_variables(ours, port, AGENT_TICKETS_PER_HOUR="1000000")
        credentials = run_python("benchmarks.seed", "profiles", str(PROFILES), variables=variables).split()
        with (
            server("manage.py", "serve", port=port, variables=variables),
            server(
                "-m",
                "benchmarks.bare.serve",
                str(bare_port),
                port=bare_port,
                variables=environment(DATA_DIR=str(bare)),
            ),
        ):
            _measure(port, bare_port, credentials)


def _measure(port: int, bare_port: int, credentials: list[str]) -> None:
    def ours(number: int) -> Request:
        headers = {
            **JSON,
            "Authorization": f"Agent {credentials[number % len(credentials)]}",
            "Deskbell-Agent-Version": "0.1.0",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        return "/api/agent/v1/tickets", BODY, headers

    def bare(number: int) -> Request:
        return "/tickets", BODY, {**JSON, "Authorization": f"Token token-{number % 1000:04d}"}

    for warm_port, make in ((port, ours), (bare_port, bare)):
        post_for(warm_port, CLIENTS, 1.0, make)
    rounds: list[tuple[Result, Result]] = []
    for _ in range(ROUNDS):
        rounds.append((post_for(port, CLIENTS, SECONDS, ours), post_for(bare_port, CLIENTS, SECONDS, bare)))
    failures = [status for pair in rounds for result in pair for status in result.failures]
    if failures:
        raise SystemExit(f"{len(failures)} creates failed, the first with {failures[0]}")
    for name, index in (("agent_create", 0), ("bare_drf_create", 1)):
        rate = statistics.median(pair[index].rate for pair in rounds)
        p50 = statistics.median(pair[index].p50_ms for pair in rounds)
        emit(name, rate, "tickets/s", clients=CLIENTS, p50_ms=round(p50, 1))
    ratio = statistics.median(mine.rate / limit.rate for mine, limit in rounds)
    emit("create_vs_bare_drf", ratio, "ratio", ratio=round(ratio, 3), goal=">= 0.60")
