"""Every page of a desk with 1,000,000 tickets and 3,000,000 messages, on SQLite and on PostgreSQL, beside a
desk of a hundredth and beside django-helpdesk on the same size.

Filling takes a quarter of an hour; what is filled stays in PAGES_DIR (a folder under /tmp) and is used again
until a migration changes. PAGES_SIZE asks for fewer tickets.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from benchmarks.mail_intake import peer_python
from benchmarks.postgres import kept_cluster
from benchmarks.report import emit
from benchmarks.servers import ROOT, desk_variables, environment, free_port, run_python

SIZE = int(os.environ.get("PAGES_SIZE", "1000000"))
SMALL = SIZE // 100
FOLDER = Path(os.environ.get("PAGES_DIR") or Path(tempfile.gettempdir()) / "deskbell-pages")
ROUNDS = 5
#: Against django-helpdesk: what each page must reach at a million.
GOALS = {"last": 1_000, "search_common": 400, "ticket_200": 20, "dashboard": 500}
Asked = Mapping[str, tuple[list[float], int]]


def run() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with kept_cluster(FOLDER / "pg") as database:
        desks = {
            (vendor, size): _desk(vendor, size, database)
            for vendor in ("sqlite", "pg")
            for size in (SMALL, SIZE)
        }
        medians: dict[tuple[str, int], dict[str, float]] = {}
        for vendor in ("sqlite", "pg"):
            medians |= _measure({size: desks[vendor, size] for size in (SMALL, SIZE)}, vendor)
        peer = _peer()
    ratios = {name: theirs / medians["sqlite", SIZE][name] for name, theirs in peer.items()}
    for name, ratio in ratios.items():
        goal = GOALS.get(name, 100)
        emit(f"page_{name}_vs_django_helpdesk", peer[name], "ms", ratio=round(ratio, 1), goal=f">= {goal}")
    # The page of a ticket is read by its key there, too: it has a goal of its own.
    worst = min((name for name in ratios if name != "ticket_200"), key=lambda name: ratios[name])
    emit("worst_page_vs_django_helpdesk", ratios[worst], "ratio", page=worst, goal=">= 100")


def _measure(desks: Mapping[int, Mapping[str, str]], vendor: str) -> dict[tuple[str, int], dict[str, float]]:
    """Both sizes in turns, so that they meet the same machine."""
    times: dict[tuple[int, str], list[float]] = {}
    queries: dict[str, int] = {}
    with _asking(desks) as asked:
        for _ in range(ROUNDS):
            for size, process in asked.items():
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write("go\n")
                process.stdin.flush()
                for page, (took, count) in json.loads(process.stdout.readline()).items():
                    times.setdefault((size, page), []).extend(took)
                    queries[page] = count
    medians: dict[tuple[str, int], dict[str, float]] = {(vendor, size): {} for size in desks}
    for size, page in times:
        medians[vendor, size][page] = statistics.median(times[size, page])
    for page, p50 in medians[vendor, SIZE].items():
        took = sorted(times[SIZE, page])
        emit(
            f"page_{page}_{vendor}", p50, "ms", p95=round(took[int(len(took) * 0.95)], 1), goal="<= 15",
            queries=queries[page], against_small=round(p50 / medians[vendor, SMALL][page], 2),
        )  # fmt: skip
    return medians


@contextmanager
def _asking(desks: Mapping[int, Mapping[str, str]]) -> "Iterator[dict[int, subprocess.Popen[str]]]":
    asked = {
        size: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.pages.ask", str(size)],
            env=dict(variables),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for size, variables in desks.items()
    }
    try:
        yield asked
    finally:
        for process in asked.values():
            process.communicate("\n", timeout=60)


def _desk(vendor: str, size: int, database: str) -> dict[str, str]:
    """The environment of a desk that is filled."""
    folder = FOLDER / f"{vendor}-{size}"
    more = {"DATABASE_URL": f"{database}/desk{size}"} if vendor == "pg" else {}
    variables = desk_variables(folder, free_port(), **more)
    mark = folder / "filled"
    if not mark.exists() or mark.read_text() != _state():
        rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if vendor == "pg":
            _remake(database, f"desk{size}")
        print(f"Filling {vendor} with {size:,} tickets, once.", file=sys.stderr, flush=True)
        run_python("benchmarks.pages.fill", str(size), variables=variables)
        mark.write_text(_state())
    return variables


def _remake(database: str, name: str) -> None:
    import psycopg

    with psycopg.connect(f"{database}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")


def _state() -> str:
    """Changes with every migration and with the filling itself."""
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]
    files += [*(ROOT / "benchmarks" / "pages").glob("[ftw]*.*")]
    return sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def _peer() -> dict[str, float]:
    """Milliseconds a page of django-helpdesk on SQLite."""
    python, folder = peer_python(), FOLDER / f"peer-{SIZE}"
    variables = environment(PEER_DIR=str(folder))
    here = ROOT / "benchmarks" / "peer"
    if not (folder / "filled").exists():
        rmtree(folder, ignore_errors=True)
        folder.mkdir()
        print(f"Filling django-helpdesk with {SIZE:,} tickets, once.", file=sys.stderr, flush=True)
        subprocess.run([python, "fill.py", str(SIZE)], cwd=here, env=variables, check=True)
        (folder / "filled").touch()
    done = subprocess.run(
        [python, "ask.py", str(SIZE)], cwd=here, env=variables, check=True, capture_output=True, text=True,
        input="go\n\n",
    )  # fmt: skip
    asked = json.loads(done.stdout.splitlines()[-1])
    return {name: statistics.median(times) for name, times in asked.items()}
