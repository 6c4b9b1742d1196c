"""The ticket list with 1,000 and with 100,000 tickets, asked in turn, and how many queries it takes."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import emit
from benchmarks.servers import ROOT, desk_variables, free_port, run_python

SIZES = (1_000, 100_000)
ROUNDS = 8
PER_ROUND = 10


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="deskbell-bench-") as folder:
        asked = {}
        for size in SIZES:
            variables = desk_variables(Path(folder) / str(size), free_port())
            run_python("benchmarks.seed", "tickets", str(size), variables=variables)
            asked[size] = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.ticket_list"],
                env=variables,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        try:
            _compare(asked)
        finally:
            for process in asked.values():
                process.communicate("\n", timeout=20)


def _compare(asked: "dict[int, subprocess.Popen[str]]") -> None:
    times: dict[tuple[int, str], list[float]] = {}
    queries: dict[tuple[int, str], int] = {}
    for _ in range(ROUNDS):
        for size, process in asked.items():
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("go\n")
            process.stdin.flush()
            for page, (took, count) in json.loads(process.stdout.readline()).items():
                times.setdefault((size, page), []).extend(took)
                queries[size, page] = count
    small, large = SIZES
    for page in sorted({page for _, page in times}):
        medians = {size: statistics.median(times[size, page]) for size in SIZES}
        for size in SIZES:
            emit(f"ticket_{page}_{size}", medians[size], "ms", queries=queries[size, page])
        ratio = medians[large] / medians[small]
        goal = {} if page == "search" else {"goal": "<= 1.3"}
        emit(f"ticket_{page}_growth", ratio, "ratio", ratio=round(ratio, 3), **goal)


def answer() -> None:
    """The child: for every line of its input it asks each page and prints times and queries."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from helpdesk.core.models import Role, User
    from tickets.models import Ticket

    call_command("collectstatic", verbosity=0, interactive=False)
    user = User.objects.create_user("ada@deskbell.example", "Ada Lovelace", "correct horse battery")
    user.roles.add(Role.objects.get(name="Administrator"))
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(user)
    middle = Ticket.objects.order_by("id")[500].pk
    pages = {"list": "/tickets/", "search": "/tickets/?q=printer", "page": f"/tickets/{middle}/"}

    def ask(path: str) -> float:
        started = time.perf_counter()
        response = browser.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return (time.perf_counter() - started) * 1000

    for path in pages.values():
        ask(path)
    for line in sys.stdin:
        if not line.strip():
            return
        result = {}
        for name, path in pages.items():
            with CaptureQueriesContext(connection) as captured:
                ask(path)
            count = len(captured)
            result[name] = ([ask(path) for _ in range(PER_ROUND)], count)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    answer()
