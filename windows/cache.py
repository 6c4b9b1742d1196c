"""Where the prepared Windows lies, and how its parts get there whole or not at all."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def cache_folder() -> Path:
    return Path(os.environ.get("WINDOWS_CACHE") or Path.home() / ".cache/deskbell-windows").absolute()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Only one process at a time prepares a cache; the others wait and find it done."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_once(target: Path, make: Callable[[Path], None]) -> bool:
    """Let ``make`` fill a folder beside ``target`` and put it in place in one step; False if it was there."""
    if target.exists():
        return False
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        make(scratch)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return True
