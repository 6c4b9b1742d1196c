"""Mails a second from a folder to tickets, beside django-helpdesk on the same mails in the same run.

The peer is installed into a virtual environment of its own in var/bench, at the first run. No desk meets more
than 1,000 mails: so many confirmations in ten minutes stop all automatic mail, and that would be too easy.
"""

import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

from benchmarks.postgres import cluster
from benchmarks.report import emit
from benchmarks.servers import ROOT, environment, run_python

PEER = ROOT / "var" / "bench" / "django-helpdesk"
PEER_PACKAGES = ("django-helpdesk==2.6.1", "psycopg[binary]")
ROUNDS = 3
WORDS = [
    *("printer", "paper", "since", "morning", "invoice", "export", "error", "server", "password", "screen"),
    *(
        "mail",
        "cannot",
        "open",
        "folder",
        "network",
        "slow",
        "again",
        "update",
        "window",
        "closes",
        "account",
    ),
    *("login", "meeting", "phone", "keyboard", "drive"),
]
Take = Callable[[Path], float]


def run() -> None:
    python = peer_python()
    with tempfile.TemporaryDirectory(prefix="deskbell-bench-") as name:
        folder = Path(name)
        with cluster(folder / "pg", "peer", "desk") as port:
            peer = _peer_takes(python, folder / "peer")
            desk = _desk_takes(folder / "desk")
            peer_pg = _peer_takes(python, folder / "peer-pg", PEER_PG=f"127.0.0.1:{port}:peer")
            desk_pg = _desk_takes(
                folder / "desk-pg", DATABASE_URL=f"postgres://postgres@127.0.0.1:{port}/desk"
            )
            spool = folder / "spool"
            _compare("vs_django_helpdesk_plain", spool, 250, 0, desk, peer, goal=8)
            _compare("vs_django_helpdesk_pg", spool, 250, 0, desk_pg, peer_pg, goal=5)
            _compare(
                "vs_django_helpdesk_100kb", spool, 150, 100, _desk_takes(folder / "desk-100kb"), peer, goal=4
            )


def peer_python() -> Path:
    """Its Python."""
    python = PEER / "bin" / "python"
    if not python.exists():
        print("Installing the peer, once.", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(PEER)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PEER_PACKAGES], check=True)
    return python


def _peer_takes(python: Path, folder: Path, **variables: str) -> Take:
    folder.mkdir()

    def take(spool: Path) -> float:
        done = subprocess.run(
            [str(python), "take.py", str(spool)], cwd=ROOT / "benchmarks" / "peer",
            env=environment(PEER_DIR=str(folder), **variables), check=True, capture_output=True, text=True,
        )  # fmt: skip
        return float(done.stdout.split()[-1])

    return take


def _desk_takes(folder: Path, **variables: str) -> Take:
    folder.mkdir()
    more = environment(
        DATA_DIR=str(folder),
        DEMO="0",
        LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="helpdesk.settings",
        **variables,
    )
    return lambda spool: float(run_python("benchmarks.take_spool", str(spool), variables=more).split()[-1])


def _compare(
    name: str, spool: Path, count: int, kilobytes: int, desk: Take, peer: Take, *, goal: int
) -> None:
    """In turns, so that both meet the same machine; the first round, with its migrations, does not count."""
    rates: dict[str, list[float]] = {"desk": [], "peer": []}
    for number in range(ROUNDS + 1):
        for who, take in (("peer", peer), ("desk", desk)):
            _fill(spool / "warm-up", 10, kilobytes, seed=f"{name}-{number}-warm-{who}")
            _fill(spool / "mails", count if number else 5, kilobytes, seed=f"{name}-{number}")
            rate = take(spool)
            if number:
                rates[who].append(rate)
    ours, theirs = statistics.median(rates["desk"]), statistics.median(rates["peer"])
    emit(name, ours, "mails/s", ratio=round(ours / theirs, 2), goal=f">= {goal}", peer=round(theirs, 1))


def _fill(spool: Path, count: int, kilobytes: int, *, seed: str) -> None:
    """Everyday mails of two hundred people."""
    spool.mkdir(parents=True, exist_ok=True)
    for path in spool.iterdir():
        path.unlink()
    chance = random.Random(seed)
    for number in range(count):
        mail = EmailMessage()
        mail["From"] = f"User {number % 200} <user{number % 200}@example.com>"
        mail["To"] = "support@example.org"
        mail["Subject"] = " ".join(chance.choices(WORDS, k=6))
        mail["Date"] = formatdate(1_750_000_000 + number)
        mail["Message-ID"] = f"<{seed}-{number}@example.com>"
        lines = [" ".join(chance.choices(WORDS, k=14)) for _line in range(8)]
        mail.set_content("\n".join([*lines, "", "-- ", "Best regards", "User"]))
        if kilobytes:
            data = chance.randbytes(kilobytes * 1000)
            mail.add_attachment(data, maintype="application", subtype="pdf", filename=f"log{number}.pdf")
        (spool / f"{number:06}.eml").write_bytes(mail.as_bytes())
