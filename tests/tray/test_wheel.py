"""What somebody installs with `pip install deskbell-agent`."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.hosts.process import PROJECT

SOURCE = PROJECT / "tray_agent"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
    shutil.copytree(SOURCE, folder / "source", ignore=ignored)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(
        [*command, str(folder / "source")], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = folder.glob("*.whl")
    return wheel


def test_the_wheel_holds_every_file_of_the_agent_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        f"tray_agent/{path.relative_to(SOURCE).as_posix()}"
        for path in SOURCE.rglob("*")
        if path.is_file()
        and path.suffix not in {".pyc", ".toml", ".po", ".pot"}
        and "build" not in path.parts
    }
    assert packed == wanted


def test_the_wheel_needs_no_server_and_starts_without_one(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith("METADATA")]
        needs = {
            line.split(":")[1].strip()
            for line in archive.read(metadata).decode().splitlines()
            if line.startswith("Requires-Dist")
        }
        archive.extractall(tmp_path)
    assert needs == {"requests", "Pillow", "pystray", "pynput", "websockets"}
    code = (
        "import sys; import tray_agent.cli, tray_agent.ui.root, tray_agent.screen, tray_agent.listener\n"
        "assert tray_agent.__file__.startswith(sys.argv[1]), tray_agent.__file__\n"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "{'django', 'helpdesk', 'agents', 'tickets', 'rest_framework', 'celery'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_no_module_asks_pythons_platform(wheel: Path) -> None:
    """Since 3.12 it asks WMI on Windows, which may hang for ever."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                source = archive.read(name).decode()
                assert "import platform" not in source, name
                assert "from platform import" not in source, name
