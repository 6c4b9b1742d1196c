import os
import time
from datetime import datetime
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class ProbeConfig(AppConfig):
    name = "tests.server.probe"
    label = "probe"

    def ready(self) -> None:
        from helpdesk.core.jobs import handler

        handler("probe")(leave_a_trace)


def leave_a_trace(ref: str, _now: datetime) -> None:
    """S(tarted) and D(one) lines, each written at once, with work between them."""
    write(f"S {ref}")
    time.sleep(0.02)
    write(f"D {ref}")


def write(line: str) -> None:
    path = Path(settings.DATA_DIR) / "probe.log"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)
