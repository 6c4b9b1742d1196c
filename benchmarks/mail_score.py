"""How well mail is read: `make mail-score CORPUS=folder` runs a folder's score.py and checks the bars.

The folder holds score.py, cases/ and corpora/ of foreign mails; none of it belongs to this repository.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tickets.domain.mail import fold_quote, parse

BOUNCES = ("is_bounce", "bounced", "bounce_temporary")
BARS = {"content": 98.5, "bounces": 97.0, "replies": 75.0}


def read(raw: bytes) -> dict[str, Any]:
    return parse(raw).as_dict()


def visible(text: str, html: bool = False) -> str:  # noqa: FBT001, FBT002 — the scorer calls it by position
    """The part of a reply that its author wrote."""
    return fold_quote(text, html)[0]


def _score(folder: Path, *arguments: str) -> dict[str, tuple[int, int]]:
    """(right, asked) of each field over all corpora; what the scorer prints is shown."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        command = [
            sys.executable,
            str(folder / "score.py"),
            *arguments,
            "--fail",
            "20",
            "--json",
            str(report),
        ]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        results = json.loads(report.read_text(encoding="utf-8"))["results"].values()
    sums: dict[str, tuple[int, int]] = {"exceptions": (sum(corpus["exc"] for corpus in results), 0)}
    for corpus in results:
        for field, (right, asked) in corpus["fields"].items():
            before = sums.get(field, (0, 0))
            sums[field] = (before[0] + right, before[1] + asked)
    return sums


def _percent(sums: dict[str, tuple[int, int]], fields: list[str]) -> float:
    right = sum(sums[field][0] for field in fields)
    return 100 * right / (sum(sums[field][1] for field in fields) or 1)


def main(folder: Path) -> int:
    """0 when every bar is reached."""
    mails = _score(folder, "benchmarks.mail_score:read")
    replies = _score(folder, "--reply", "benchmarks.mail_score:visible")
    exceptions = mails.pop("exceptions")[0] + replies.pop("exceptions")[0]
    figures = {
        "content": _percent(mails, [field for field in mails if field not in BOUNCES]),
        "bounces": _percent(mails, [field for field in mails if field in BOUNCES]),
        "replies": _percent(replies, list(replies)),
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()} | {"exceptions": exceptions}))
    return int(exceptions > 0 or any(figures[name] < bar for name, bar in BARS.items()))


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).resolve()))
