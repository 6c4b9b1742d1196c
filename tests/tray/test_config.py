import json
from pathlib import Path

import pytest

from tray_agent import config


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DESKBELL_SERVER", "DESKBELL_KEY", "DESKBELL_DATA", "DESKBELL_INSECURE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


def test_the_command_line_wins_over_the_environment_and_that_over_what_was_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = str(tmp_path / "data")
    config.load(server="https://kept.example", folder=folder).keep()
    assert config.load(folder=folder).server == "https://kept.example"
    monkeypatch.setenv("DESKBELL_SERVER", "https://environment.example/")
    monkeypatch.setenv("DESKBELL_KEY", "dbk_1")
    monkeypatch.setenv("DESKBELL_DATA", folder)
    found = config.load()
    assert (found.server, found.key, found.folder) == ("https://environment.example", "dbk_1", Path(folder))
    assert config.load(server="https://line.example", key="dbk_2").key == "dbk_2"


def test_the_enrolment_key_is_not_kept(tmp_path: Path) -> None:
    config.load(server="https://desk.example", key="dbk_secret", folder=str(tmp_path)).keep()
    assert json.loads((tmp_path / "config.json").read_text()) == {"server": "https://desk.example"}


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"server": ""}'])
def test_a_broken_or_blank_file_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(config.BadConfig, match="--server"):
        config.load(folder=str(tmp_path))


def test_the_folder_is_private(tmp_path: Path) -> None:
    folder = config.data_folder()
    assert folder == tmp_path / "share/deskbell"
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "address", ["http://desk.example", "http://127.0.0.1.evil.example", "http://10.0.0.1:8000"]
)
def test_plain_http_to_another_computer_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A17."""
    with pytest.raises(config.BadConfig, match="https://"):
        config.checked_address(address)
    monkeypatch.setenv("DESKBELL_INSECURE", "1")
    assert config.checked_address(address) == address


@pytest.mark.parametrize("address", ["desk.example", "ftp://desk.example", "https://", "file:///etc/passwd"])
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(config.BadConfig, match="looks like"):
        config.checked_address(address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80", "https://x.example"]
)
def test_this_computer_and_https_are_fine(address: str) -> None:
    assert config.checked_address(f" {address}/ ") == address
