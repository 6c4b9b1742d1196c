import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings


class ProbeConfig(AppConfig):
    name = "tests.server.probe"
    label = "probe"

    def ready(self) -> None:
        from helpdesk.core.jobs import handler
        from helpdesk.core.lines import hears

        handler("probe")(leave_a_trace)
        hears("probe")(note_a_message)
        if seconds := os.environ.get("PROBE_PING_SECONDS"):
            from helpdesk.server import websocket

            websocket.PING_SECONDS = websocket.PONG_SECONDS = int(seconds)


def leave_a_trace(ref: str, _now: datetime) -> None:
    """S(tarted) and D(one) lines, each written at once, with work between them."""
    write(f"S {ref}")
    time.sleep(0.02)
    write(f"D {ref}")


def note_a_message(profile_id: int, said: Mapping[str, Any], _now: datetime) -> None:
    if said.get("fail"):
        raise ValueError("as was asked")
    write(f"L {profile_id} {said['word']}")


def write(line: str) -> None:
    path = Path(settings.DATA_DIR) / "probe.log"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)
