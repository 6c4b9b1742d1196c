"""A value in the environment that makes no sense stops the start with a sentence."""

import re
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from helpdesk import env
from helpdesk.core.models import User
from tests.hosts.process import PROJECT


def test_words_for_yes_and_no(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.env_bool("X", default=True)
    for word, value in (("1", True), ("Yes", True), ("off", False), ("", False)):
        monkeypatch.setenv("X", word)
        assert env.env_bool("X", default=not value) is value
    monkeypatch.setenv("X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="must be 1 or 0"):
        env.env_bool("X", default=True)


def test_numbers_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.env_int("X", 5) == 5
    monkeypatch.setenv("X", "7")
    assert env.env_int("X", 5) == 7
    for raw in ("70000", "seven"):
        monkeypatch.setenv("X", raw)
        with pytest.raises(ImproperlyConfigured):
            env.env_int("X", 5, most=65535)


def test_lists_paths_and_networks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", "a, b,,")
    assert env.env_list("X") == ["a", "b"]
    with pytest.raises(ImproperlyConfigured):
        env.env_networks("X")
    monkeypatch.setenv("X", str(tmp_path))
    assert env.env_path("X", Path("/")) == tmp_path
    assert env.env_path("NOT_SET", Path("/")) == Path("/")


def test_the_key_is_made_once_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    key = env.env_secret("NOT_SET", file)
    assert len(key) >= 50
    assert env.env_secret("NOT_SET", file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_short_or_damaged_key_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    file.write_text("short")
    with pytest.raises(ImproperlyConfigured, match="damaged"):
        env.env_secret("X", file)
    monkeypatch.setenv("X", "short")
    with pytest.raises(ImproperlyConfigured, match="32"):
        env.env_secret("X", file)
    monkeypatch.setenv("X", "k" * 32)
    assert env.env_secret("X", file) == "k" * 32


def test_mail_goes_to_files_until_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert env.email_settings() == {"EMAIL_BACKEND": "helpdesk.core.mailbox.FileBackend"}
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://desk%40n.example:p%2Fw@mail.example")
    found = env.email_settings()
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (587, True, False)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("desk@n.example", "p/w")


def test_a17_a_wrong_url_is_not_repeated_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "http://desk:s3cr3t@mail.example")
    with pytest.raises(ImproperlyConfigured) as caught:
        env.email_settings()
    assert "s3cr3t" not in str(caught.value)


def test_the_database_is_a_file_or_postgresql(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert env.database_settings(tmp_path)["NAME"] == tmp_path / "db.sqlite3"
    monkeypatch.setenv("DATABASE_URL", "postgres://desk:pw@db.example/deskbell")
    found = env.database_settings(tmp_path)
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", 5432, "deskbell")


def test_the_handbook_names_every_variable_and_no_other() -> None:
    asked = re.compile(r'(?:env_[a-z]+|environ\.get)\(\s*"([A-Z_]+)"')
    read = {name for path in (PROJECT / "helpdesk").rglob("*.py") for name in asked.findall(path.read_text())}
    lines = (PROJECT / "docs/operations.md").read_text().splitlines()
    cells = [line.split("|")[1] for line in lines if line.startswith("| `")]
    assert {name for cell in cells for name in re.findall(r"`([A-Z_]+)`", cell)} == read


@pytest.mark.django_db
def test_the_command_that_the_handbook_names_makes_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "manage.py createsuperuser" in (PROJECT / "docs/operations.md").read_text()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")
    call_command(
        "createsuperuser", interactive=False, email="Carla@desk.example", full_name="Carla", verbosity=0
    )
    assert User.objects.get(email="carla@desk.example").is_administrator
