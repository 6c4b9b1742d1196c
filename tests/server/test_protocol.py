"""Strangers who hold connections: heads by drops and heads without end."""

import socket
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from tests.server.desk import PATIENCE_SECONDS, Desk

pytestmark = pytest.mark.slow


def call(desk: Desk, sent: bytes) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", desk.port), timeout=PATIENCE_SECONDS + 60)
    caller.sendall(sent)
    return caller


def test_a25_who_sends_no_whole_head_is_hung_up_on(desk: Desk) -> None:
    with ExitStack() as open_ones:
        heads = (b"", b"G", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        callers = [open_ones.enter_context(call(desk, sent)) for sent in heads]
        assert [caller.recv(1) for caller in callers] == [b"", b"", b""]


def test_a25_a_head_without_end_is_cut(desk: Desk) -> None:
    line = b"X: " + b"a" * 8000 + b"\r\n"
    with call(desk, b"GET / HTTP/1.1\r\n") as caller, pytest.raises(OSError, match=r"reset|[Bb]roken"):
        caller.sendall(line * 2000)


def test_a_second_request_on_the_same_connection_is_waited_for_anew(desk: Desk) -> None:
    connection = HTTPConnection("127.0.0.1", desk.port, timeout=5)
    for _round in range(3):
        connection.request("GET", "/api/agent/v1/heartbeat")
        answer = connection.getresponse()
        assert (answer.status, answer.will_close) == (405, False)
        answer.read()
    connection.close()


def test_a25_who_stops_in_the_middle_of_a_body_is_told_and_hung_up_on(desk: Desk) -> None:
    with ExitStack() as open_ones:
        callers = []
        for path in ("/api/agent/v1/heartbeat", "/probe/jobs/0/"):
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{{"
            callers.append(open_ones.enter_context(call(desk, head.encode())))
        for caller in callers:
            caller.settimeout(PATIENCE_SECONDS + 5)
            with caller.makefile("rb") as answer:
                assert answer.read().startswith(b"HTTP/1.1 408")
