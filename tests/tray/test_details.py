"""What goes along as technical details, and where the agent's folder is."""

from pathlib import Path

import pytest

from tests.tray.fakes import MACHINE
from tray_agent import cli, config
from tray_agent.screen import PillowScreen


def test_details_name_the_computer_and_the_program_in_front_and_nothing_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "program_in_front", lambda: "Sage")
    details = cli.details_of(MACHINE)
    assert list(details) == ["Computer", "User", "System", "Free space", "Program in front", "Agent"]
    assert details["Program in front"] == "Sage"
    assert details["Free space"].endswith(" GB")
    monkeypatch.setattr(cli, "program_in_front", lambda: "")
    assert "Program in front" not in cli.details_of(MACHINE)


def test_without_a_display_no_program_is_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert cli.program_in_front() == ""


@pytest.mark.parametrize("name", ["DESKBELL_DATA_DIR", "DESKBELL_DATA"])
def test_the_environment_names_the_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in ("DESKBELL_DATA_DIR", "DESKBELL_DATA"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, str(tmp_path / "things"))
    assert config.data_folder() == tmp_path / "things"
    assert config.data_folder(str(tmp_path / "other")) == tmp_path / "other"


def test_a_home_folder_on_a_network_that_is_gone_only_leaves_its_line_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(_path: object) -> object:
        raise OSError("the network path was not found")

    monkeypatch.setattr("shutil.disk_usage", gone)
    details = cli.details_of(MACHINE)
    assert "Free space" not in details
    assert details["Computer"] == "pc-7"


def test_whatever_a_picture_dies_of_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import ImageGrab

    def grab() -> object:
        raise MemoryError

    monkeypatch.setattr(ImageGrab, "grab", grab)
    assert PillowScreen().grab() is None
