"""What goes along as technical details, and where the agent's folder is."""

from pathlib import Path

import pytest

from tests.tray.fakes import MACHINE
from tray_agent import cli, config


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
