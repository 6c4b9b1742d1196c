"""The sealed store of Linux: what is not readable now is not taken for nothing."""

from pathlib import Path

import pytest

from tray_agent import cli
from tray_agent.engine import credential_of
from tray_agent.linux.store import SealedStore


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "")
    monkeypatch.delenv("DESKBELL_KEY", raising=False)


def test_the_credential_comes_back_and_is_in_no_file_as_it_is(tmp_path: Path) -> None:
    """A17."""
    secret = credential_of(SealedStore(tmp_path / "data"))
    assert credential_of(SealedStore(tmp_path / "data")) == secret
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        assert secret.encode() not in path.read_bytes()
        assert secret.removeprefix("dba_").encode() not in path.read_bytes()


def test_a_store_that_cannot_be_read_now_keeps_its_credential(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    secret = credential_of(SealedStore(folder))
    sealed, away = folder / "credential.sealed", folder / "away"
    sealed.rename(away)
    sealed.mkdir()  # the file is there and cannot be read
    with pytest.raises(OSError, match="directory"):
        credential_of(SealedStore(folder))
    assert cli.main(["--server", "http://127.0.0.1:9", "--data-dir", str(folder), "status"]) == cli.FAILED
    assert "Start the agent again" in capsys.readouterr().out
    sealed.rmdir()
    away.rename(sealed)
    assert credential_of(SealedStore(folder)) == secret


def test_a_lost_key_makes_a_new_credential(tmp_path: Path) -> None:
    secret = credential_of(SealedStore(tmp_path / "data"))
    [key] = (tmp_path / "config").rglob("*.key")
    key.unlink()
    assert credential_of(SealedStore(tmp_path / "data")) not in {"", secret}
