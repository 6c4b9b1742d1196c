"""Files that are the old ones or the new ones, whatever dies meanwhile."""

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """On the disk when it returns. OSError where it cannot be written; the old file stays then."""
    part = path.with_suffix(".new")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
