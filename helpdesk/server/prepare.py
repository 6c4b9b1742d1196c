"""What `serve` does before it listens: database, static files, demo. A step done before costs nothing."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from helpdesk.core.models import User
from helpdesk.demo.load import load_demo
from helpdesk.env import env_bool

Say = Callable[[str], None]


def prepare_database(say: Say) -> None:
    """Applies the migrations that are missing."""
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    is_new = not executor.loader.applied_migrations
    missing = executor.migration_plan(targets)
    if missing:
        say("Making the database" if is_new else f"Updating the database: {len(missing)} steps")
        call_command("migrate", verbosity=0, interactive=False)


def prepare_static_files(say: Say) -> None:
    """Collects styles, scripts and icons when one of them changed since the last time."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".stamp"
    state = static_state()
    if stamp.exists() and stamp.read_text() == state:
        return
    say("Collecting styles, scripts and icons")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)


def static_state() -> str:
    """Changes with the name, the size or the time of any static source file."""
    summary = hashlib.sha256()
    for name, path in sorted(_static_sources()):
        facts = path.stat()
        summary.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return summary.hexdigest()


def _static_sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))


def prepare_demo(say: Say, *, now: datetime) -> None:
    """On the first start only: DEMO=0 leaves the desk empty."""
    if not env_bool("DEMO", default=True) or User.objects.exists():
        return
    say("Loading a small demo")
    load_demo(now=now)
