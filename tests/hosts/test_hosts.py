"""The hosts themselves: a test host that lies would make every other test worthless."""

import smtplib
import socket
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from tests.hosts.cable import TcpCut
from tests.hosts.display import XHost
from tests.hosts.mail import SmtpSink
from tests.hosts.process import Process, wait_for

PYTHON = sys.executable


class Recorder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    posts: list[bytes] = []

    def do_POST(self) -> None:
        self.posts.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(201)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def cable() -> Iterator[TcpCut]:
    Recorder.posts = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    cable = TcpCut(server.server_port)
    yield cable
    cable.close()
    server.shutdown()
    server.server_close()


def test_a_whole_cable_carries_requests_and_answers(cable: TcpCut) -> None:
    assert requests.post(cable.url, data=b"x" * 300_000, timeout=5).text == "ok"
    assert Recorder.posts == [b"x" * 300_000]


def test_a_cut_cable_ends_running_connections_and_refuses_new_ones_until_restored(cable: TcpCut) -> None:
    with requests.Session() as session:
        session.post(cable.url, data=b"1", timeout=5)
        cable.cut()
        with pytest.raises(requests.ConnectionError):
            session.post(cable.url, data=b"2", timeout=5)
        cable.restore()
        session.post(cable.url, data=b"3", timeout=5)
    assert Recorder.posts == [b"1", b"3"]
    assert cable.refused >= 1


def test_a_lost_answer_has_reached_the_server_once(cable: TcpCut) -> None:
    cable.lose_next_answer(b"POST /tickets")
    requests.post(f"{cable.url}/other", data=b"0", timeout=5)
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{cable.url}/tickets", data=b"1", timeout=5)
    requests.post(f"{cable.url}/tickets", data=b"2", timeout=5)
    assert Recorder.posts == [b"0", b"1", b"2"]
    assert cable.lost_answers == 1


def test_a_closed_cable_leaves_its_port(cable: TcpCut) -> None:
    cable.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", cable.port), 5)


def test_the_sink_keeps_the_mails_by_receiver_and_subject() -> None:
    sink = SmtpSink()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@desk.test", "anna@acme.test", "Ihr Schlüssel"
    message.set_content("Grüße\n")
    with smtplib.SMTP("127.0.0.1", sink.port) as client:
        client.send_message(message)
    try:
        assert sink.wait_for_mail("anna@acme.test", "Schlüssel") == "Grüße\n"
        assert sink.to("bob@acme.test") == []
    finally:
        sink.close()


def test_expect_finds_a_line_and_tells_what_was_said_instead() -> None:
    process = Process([PYTHON, "-c", "print('one'); print('two')"], {"PYTHONUNBUFFERED": "1"})
    assert process.expect("tw") == "two"
    with pytest.raises(AssertionError, match="Ended with 0 before 'three':\none\ntwo"):
        process.expect("three")


def test_expect_gives_up_in_time_and_a_process_is_ended_with_its_children() -> None:
    script = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1);"
    process = Process([PYTHON, "-uc", script + "print('child', p.pid); p.wait()"], {})
    child = int(process.expect("child").split()[1])
    with pytest.raises(AssertionError, match=r"No 'never' within 0\.1 s"):
        process.expect("never", 0.1)
    process.kill()
    wait_for(lambda: not Path(f"/proc/{child}/cmdline").exists() or not _command(child), "the child's end")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


@pytest.mark.gui
def test_a_display_shows_its_wallpaper_and_its_tray(tmp_path: Path) -> None:
    host = XHost(tray=True)
    try:
        host.show_wallpaper(tmp_path / "wallpaper.png")
        picture = host.still_picture(tmp_path / "screen.png")
        assert picture.size == (1280, 800)
        assert picture.getpixel((50, 110)) == (0xD7, 0x26, 0x3D)
        assert len(picture.getcolors(1 << 21) or []) > 10_000
    finally:
        host.close()


def test_an_empty_list_is_waited_on() -> None:
    answers = iter([[], None, ["a row"]])
    assert wait_for(lambda: next(answers), "a row") == ["a row"]
