"""The command line without a window, against a desk on a loopback port."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.process import PROJECT
from tests.tray.fakes import HttpDesk, http_desk
from tray_agent import __version__, cli
from tray_agent.linux.store import SealedStore
from tray_agent.trace import log


@pytest.fixture
def desk() -> Iterator[HttpDesk]:
    with http_desk(known=False) as desk:
        yield desk


@pytest.fixture
def data(tmp_path: Path, desk: HttpDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DISPLAY", "DESKBELL_TRACE", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"SERVER": desk.url, "KEY": "dbk_K", "DATA": str(tmp_path / "data")}.items():
        monkeypatch.setenv(f"DESKBELL_{name}", value)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    handlers = list(log.handlers)
    yield tmp_path / "data"
    for handler in set(log.handlers) - set(handlers):
        log.removeHandler(handler)
        handler.close()


Said = pytest.CaptureFixture[str]


def test_a_ticket_goes_out_at_once_and_says_its_number(data: Path, desk: HttpDesk, capsys: Said) -> None:
    picture = data.parent / "photo.txt"
    picture.write_bytes(b"CONTENT")
    words = ["ticket", "--subject", "Printer", "--description", "No paper", "--priority", "urgent"]
    assert cli.main([*words, "--file", str(picture), "--screenshot"]) == cli.DONE
    assert capsys.readouterr().out.splitlines() == [
        "No picture of the screen can be taken here; the ticket goes without it.", "Ticket #1 was opened.",
    ]  # fmt: skip
    [ticket] = desk.tickets.values()
    assert [(name, file) for name, file, _data in ticket["parts"]] == [
        ("ticket", None),
        ("files", "photo.txt"),
    ]
    assert b'"priority": "urgent"' in ticket["parts"][0][2]
    assert b'"Agent": "' + __version__.encode() in ticket["parts"][0][2]


def test_an_unverified_ticket_waits_and_goes_with_the_next(data: Path, desk: HttpDesk, capsys: Said) -> None:
    desk.state = "off"
    assert cli.main(["ticket", "--subject", "One"]) == cli.WAITS
    assert "waits" in capsys.readouterr().out
    desk.state = "verified"
    assert cli.main(["status"]) == cli.DONE
    assert capsys.readouterr().out.splitlines() == ["state: verified", "waiting: 1", "refused: 0"]


def test_offline_it_is_kept(data: Path, desk: HttpDesk, capsys: Said) -> None:
    words = ["--server", "http://127.0.0.1:9"]
    assert cli.main(["ticket", "--subject", "One", *words]) == cli.WAITS
    assert cli.main([*words, "status"]) == cli.DONE
    assert capsys.readouterr().out.splitlines()[1:] == [
        "state: unknown (The desk cannot be reached.)", "waiting: 1", "refused: 0",
    ]  # fmt: skip
    assert cli.main(["verify", "--token", "AAAA-BBBB", *words]) == cli.WAITS


def test_a_refusal_is_said_with_its_reason(data: Path, desk: HttpDesk, capsys: Said) -> None:
    desk.answer = (422, {}, b'{"code": "invalid", "errors": [{"message": "Too long."}]}')
    assert (
        cli.main(["ticket", "--subject", "One"]) == cli.WAITS
    )  # the introduction was refused, the ticket not tried
    capsys.readouterr()
    desk.answer, desk.known, desk.refusal = None, True, "Too long."
    assert cli.main(["ticket", "--subject", "Two"]) == cli.REFUSED
    assert capsys.readouterr().out == "The desk did not take the ticket: Too long.\n"
    cli.main(["status"])
    assert "  Two: Too long." in capsys.readouterr().out


def test_verification_in_two_steps(data: Path, desk: HttpDesk, capsys: Said) -> None:
    assert cli.main(["verify"]) == cli.MISUSED
    assert cli.main(["verify", "--name", "Anna", "--email", "a@acme.example"]) == cli.DONE
    assert cli.main(["verify", "--token", "AAAA-BBBB"]) == cli.DONE
    assert [path.rpartition("/")[2] for _m, path, *_ in desk.requests if "verification" in path] == [
        "token",
        "confirm",
    ]
    desk.answer = (422, {}, b'{"code": "wrong-token", "detail": "4 tries are left."}')
    assert cli.main(["verify", "--token", "AAAA-BBBB"]) == cli.REFUSED
    assert "4 tries are left." in capsys.readouterr().out


def test_misuse_gets_a_sentence(data: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli.main(["ticket", "--subject", " "]) == cli.MISUSED
    assert cli.main(["ticket", "--subject", "x", "--file", "/no/such/file"]) == cli.MISUSED
    monkeypatch.delenv("DESKBELL_SERVER")
    assert cli.main(["status"]) == cli.MISUSED
    assert cli.main(["--server", "http://desk.example", "status"]) == cli.MISUSED
    said = capsys.readouterr().out
    for word in (
        "--subject:",
        "Cannot read /no/such/file: No such file",
        "Say where the server is",
        "https://",
    ):
        assert word in said
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert __version__ in capsys.readouterr().out


def test_check_says_a_line_an_item(data: Path, desk: HttpDesk, capsys: Said) -> None:
    assert cli.main(["--check"]) == cli.FAILED
    lines = [line for line in capsys.readouterr().out.splitlines() if line[:1].strip()]
    found = {line.split()[0]: line.split()[1] for line in lines if line.split()[1] in {"ok", "no"}}
    assert found == {
        "display": "no", "tray": "no", "hotkey": "no", "screenshot": "no", "store": "ok", "server": "ok",
    }  # fmt: skip
    desk.answer = (500, {}, b"")
    cli.main(["check"])
    assert "server      no   http-500" in capsys.readouterr().out
    cli.main(["check", "--server", "http://127.0.0.1:9"])
    assert "cannot be reached" in capsys.readouterr().out


def test_no_secret_lies_in_a_log_a_trace_or_a_file_as_it_is(
    data: Path, desk: HttpDesk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A17: neither the data folder nor the key's folder nor what was said holds the credential or the key."""
    monkeypatch.setenv("DESKBELL_TRACE", "1")
    ticket, token = ["ticket", "--subject", "x"], ["verify", "--token", "ABCD-EFGH"]
    for words in (["status"], ticket, token, ["check"]):
        cli.main(words)
    desk.answer = (500, {}, b"")
    cli.main(["ticket", "--subject", "y"])
    secret = SealedStore(data).load()
    assert secret in str(desk.requests)
    said = capfd.readouterr()
    places = [path.read_bytes() for path in data.parent.rglob("*") if path.is_file()]
    assert len(places) > 3
    for word in (secret, secret.removeprefix("dba_"), "dbk_K", "ABCD-EFGH"):
        assert word not in said.out + said.err
        assert not any(word.encode() in place for place in places)


def _start(data: Path, *words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "tray_agent"]
    return subprocess.run(
        [sys.executable, *program, *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_runs_without_display_or_standard_streams(data: Path, desk: HttpDesk) -> None:
    code = """
import sys, threading, time
sys.stdout = sys.stderr = sys.stdin = None
from tray_agent import cli
from tray_agent.config import data_folder
def end():
    from tray_agent.linux.instance import SingleInstance
    while not SingleInstance(data_folder()).tell("quit"):
        time.sleep(0.05)
threading.Thread(target=end).start()
sys.exit(cli.main([]))
"""
    done = _start(data, code=code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "ended" in (data / "agent.log").read_text()


@pytest.mark.slow
def test_the_running_agent_takes_wishes_and_tickets_of_the_command_line(data: Path, desk: HttpDesk) -> None:
    desk.state = "off"
    agent = subprocess.Popen(
        [sys.executable, "-m", "tray_agent", "run"], cwd=PROJECT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DESKBELL_TRACE": "1"},
    )  # fmt: skip
    assert agent.stdout is not None
    try:
        while agent.stdout.readline().strip() != "ready":
            assert agent.poll() is None
        assert _start(data, "settings").returncode == cli.DONE
        assert _start(data, "run").returncode == cli.DONE
        assert _start(data, "ticket", "--subject", "Later").returncode == cli.WAITS
        desk.state = "verified"
        while "ticket 1" not in agent.stdout.readline():
            assert agent.poll() is None
    finally:
        agent.terminate()
        rest, _ = agent.communicate(timeout=20)
    assert agent.returncode == 0
    assert rest.splitlines()[-1] == "ended"
    assert len(desk.tickets) == 1
