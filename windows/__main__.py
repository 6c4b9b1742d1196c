"""python -m windows: make what is missing in the cache, and show once that the agent's libraries load."""

import subprocess
import sys
import tempfile
import time
from os import environ
from pathlib import Path

from windows.cache import alone, cache_folder
from windows.display import private_display
from windows.interpreter import SetupFailed, interpreter, make_interpreter
from windows.prefix import (
    DESKTOP_SIZE,
    WINE,
    WINESERVER,
    clone_prefix,
    make_master,
    master_prefix,
    wine_environment,
)

PROOF = (
    "import sys, tkinter, PIL.ImageGrab, pystray, pynput.keyboard, requests, websockets; print(sys.version)"
)


def main() -> int:
    started = time.monotonic()
    try:
        with alone(cache_folder()), private_display(DESKTOP_SIZE) as display:
            made = [make_interpreter(), make_master(display)]
            if any(made):
                print("Windows CPython under Wine:", prove(display))
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"The Windows of the tests is ready in {cache_folder()} ({time.monotonic() - started:.1f} s)")
    return 0


def prove(display: str) -> str:
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        prefix = Path(folder) / "prefix"
        clone_prefix(master_prefix(), prefix, "proof")
        env = {**environ, **wine_environment(prefix, "proof"), "DISPLAY": display}
        try:
            # Wine's services inherit a pipe and keep it open: start them first, with none.
            subprocess.run([WINE, "wineboot"], env=env, check=True, timeout=120, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
            done = subprocess.run([WINE, str(interpreter()), "-c", PROOF], env=env, timeout=120,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
        finally:
            subprocess.run([WINESERVER, "-k"], env=env, check=False)
            subprocess.run([WINESERVER, "-w"], env=env, check=False)
    if done.returncode:
        raise SetupFailed(f"The agent's libraries do not load under Wine:\n{done.stderr}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
