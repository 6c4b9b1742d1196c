"""One agent per profile: the Unix way, and the door that Windows uses (with its file, port and word)."""

import json
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from tests.hosts.process import wait_for
from tray_agent.door import Door
from tray_agent.linux.instance import SingleInstance


def flipped(data: bytes) -> bytes:
    return bytes(255 - byte for byte in data)


def test_the_first_claims_the_second_tells_and_after_the_first_another_may(tmp_path: Path) -> None:
    heard: list[str] = []
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert not second.tell("show")
    assert first.claim(heard.append)
    assert not second.claim(heard.append)
    assert second.tell("settings")
    wait_for(lambda: heard == ["settings"], "the wish")
    first.release()
    assert second.claim(heard.append)
    second.release()


def test_a_folder_with_a_long_name_works_too(tmp_path: Path) -> None:
    """A Unix socket's path may have 107 characters only."""
    folder = tmp_path / ("d" * 120)
    folder.mkdir()
    heard: list[str] = []
    first = SingleInstance(folder)
    assert first.claim(heard.append)
    assert SingleInstance(folder).tell("ticket")
    wait_for(lambda: heard == ["ticket"], "the wish")
    first.release()


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path / "agent.door", seal=flipped, unseal=flipped)


def test_the_door_takes_wishes_of_who_knows_the_word(door: Door, tmp_path: Path) -> None:
    heard: list[str] = []
    assert not door.tell("show")
    door.open(heard.append)
    assert (tmp_path / "agent.door").stat().st_mode & 0o077 == 0
    assert Door(tmp_path / "agent.door", seal=flipped, unseal=flipped).tell("settings")
    assert heard == ["settings"]
    door.close()
    assert not door.tell("show")


def test_the_door_stays_shut_for_others_and_open_after_them(door: Door, tmp_path: Path) -> None:
    heard: list[str] = []
    door.open(heard.append)
    way = json.loads(flipped((tmp_path / "agent.door").read_bytes()))
    for said in (b"wrong settings\n", b"\xff\xfe\n", b"x" * 1000, b"", f"{way['word'][:-1]} quit\n".encode()):
        with socket.create_connection(("127.0.0.1", way["port"]), 2) as caller:
            caller.sendall(said)
            caller.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                assert caller.recv(8) == b""
    assert door.tell("ticket")
    assert heard == ["ticket"]
    door.close()


def test_a_spoilt_file_is_no_door(door: Door, tmp_path: Path) -> None:
    (tmp_path / "agent.door").write_bytes(b"nonsense")
    assert not door.tell("show")
    (tmp_path / "agent.door").write_bytes(flipped(b"{}"))
    assert not door.tell("show")
    door.close()
