"""`manage.py serve`: the whole desk in one process, from an empty folder to a page in the browser."""

import contextlib
import ctypes
import fcntl
import gc
import os
import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from helpdesk.demo import content
from helpdesk.server import prepare

M_ARENA_MAX = -8
M_TRIM_THRESHOLD = -1


class Command(BaseCommand):
    help = "Serve the whole desk: pages, API, live events and background jobs in one process"
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))

    def handle(self, *_args: object, **options: object) -> None:
        if not settings.EMBEDDED and not settings.REDIS_URL:
            raise CommandError(_("EMBEDDED=0 needs REDIS_URL, so that the workers can be woken."))
        lean_on_memory()
        listener = listen(str(options["host"]), settings.PORT)
        lock = hold_data_folder(settings.DATA_DIR) if settings.EMBEDDED else None
        prepare.prepare_database(self.say)
        prepare.prepare_static_files(self.say)
        prepare.prepare_demo(self.say, now=timezone.now())
        lines = demo_lines()
        connections.close_all()
        from helpdesk.server.desk import run_desk  # uvicorn and Celery only now: a wrong port is told at once

        run_desk(listener, ready=lambda: self.greet(lines))
        if lock is not None:
            lock.close()

    def say(self, text: str) -> None:
        self.stdout.write(f"  {text} ...")
        self.stdout.flush()

    def greet(self, demo: list[str]) -> None:
        lines = ["", _("Deskbell is ready: %(url)s") % {"url": settings.BASE_URL}, *demo, ""]
        lines.append(_("Data: %(folder)s   Stop with Ctrl+C") % {"folder": settings.DATA_DIR})
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def lean_on_memory() -> None:
    """Eleven threads with an arena each would keep tens of megabytes that nobody uses (glibc only)."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 256 * 1024)
    gc.set_threshold(5000, 20, 20)


def hold_data_folder(folder: Path) -> IO[str]:
    """Two desks in one folder would run each other's jobs. The lock ends with the process."""
    lock = (folder / "serve.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CommandError(
            _("Another desk uses %(folder)s. End it first, or choose another folder: DATA_DIR=...")
            % {"folder": folder}
        ) from None
    return lock


def listen(host: str, port: int) -> socket.socket:
    """The open socket, before anything else is done: a port in use is told in one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only then; else a page waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except PermissionError:
        listener.close()
        raise CommandError(
            _("Port %(port)d needs more rights than this user has. Choose one above 1023: PORT=8000 make run")
            % {"port": port}
        ) from None
    except OSError as error:
        listener.close()
        raise CommandError(
            _(
                "Port %(port)d on %(host)s cannot be used (%(reason)s). "
                "Is the desk running already? Choose another one: PORT=%(other)d make run"
            )
            % {"port": port, "host": host, "reason": error.strerror, "other": port + 1}
        ) from None
    return listener


def demo_lines() -> list[str]:
    """The demo accounts and what to try first, as long as the demo's administrator is there."""
    email, name = content.ADMINISTRATOR
    if not User.objects.filter(email=email, is_active=True).exists():
        return []
    people = [(email, name, _("administrator"))]
    people += [(email, name, _("technician")) for email, name in content.TECHNICIANS]
    width = max(len(email) for email, _name, _role in people)
    return [
        "",
        _("Demo accounts, all with the password: %(password)s") % {"password": content.PASSWORD},
        *(f"  {email:<{width}}  {name}, {role}" for email, name, role in people),
        "",
        _("Try first:"),
        "  " + _("1. Sign in as the administrator and look at the tickets."),
        "  " + _("2. Clients > a client > Devices: tick some, then Helpdesk agent > Enable."),
        "  " + _("3. Open a ticket in two windows: a reply in one shows in the other at once."),
    ]
