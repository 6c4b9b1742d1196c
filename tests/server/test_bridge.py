"""Ordinary requests through the bridge between the ASGI front and Django's WSGI application."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from helpdesk.server import bodies
from helpdesk.server.bridge import WsgiBridge
from tests.server.asgi_client import Exchange, ask, scope

View = Callable[[dict[str, Any]], HttpResponseBase]
Build = Callable[[View], WsgiBridge]


@pytest.fixture
def bridge() -> Iterator[Build]:
    with ThreadPoolExecutor(2) as pool:

        def build(view: View) -> WsgiBridge:
            def application(environ: dict[str, Any], start_response: StartResponse) -> HttpResponseBase:
                response = view(environ)
                start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
                return response

            return WsgiBridge(cast("WSGIApplication", application), pool)

        yield build


def echo(*names: str) -> View:
    return lambda environ: HttpResponse(json.dumps({name: environ.get(name) for name in names}))


def test_the_view_sees_method_path_query_and_address(bridge: Build) -> None:
    view = echo("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "CONTENT_LENGTH")
    seen = json.loads(ask(bridge(view), scope("GET", "/tickets/?q=a%20b")).body)
    assert seen == {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/tickets/",
        "QUERY_STRING": "q=a%20b",
        "REMOTE_ADDR": "192.0.2.7",
        "CONTENT_LENGTH": "",
    }


def test_a_path_with_umlauts_reaches_django_as_its_bytes(bridge: Build) -> None:
    request = scope()
    request["raw_path"] = b"/suche/%C3%BCber/"
    seen = json.loads(ask(bridge(echo("PATH_INFO")), request).body)
    assert seen["PATH_INFO"].encode("latin1").decode() == "/suche/über/"


def test_a_header_with_an_underscore_does_not_pass_for_the_real_one(bridge: Build) -> None:
    """A20: X_Forwarded_For would become the same WSGI name as X-Forwarded-For."""
    request = scope()
    request["headers"] = [(b"x_forwarded_for", b"10.0.0.1"), (b"proxy", b"http://evil")]
    seen = json.loads(ask(bridge(echo("HTTP_X_FORWARDED_FOR", "HTTP_PROXY")), request).body)
    assert seen == {"HTTP_X_FORWARDED_FOR": None, "HTTP_PROXY": None}


def test_repeated_cookies_are_joined_as_cookies(bridge: Build) -> None:
    request = scope()
    request["headers"] = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y")]
    seen = json.loads(ask(bridge(echo("HTTP_COOKIE", "HTTP_ACCEPT")), request).body)
    assert seen == {"HTTP_COOKIE": "a=1; b=2", "HTTP_ACCEPT": "x,y"}


def test_a_chunked_body_arrives_whole_with_its_real_length(bridge: Build) -> None:
    def view(environ: dict[str, Any]) -> HttpResponse:
        return HttpResponse(environ["wsgi.input"].read() + environ["CONTENT_LENGTH"].encode())

    exchange = ask(bridge(view), scope("POST", transfer_encoding="chunked"), [b"abc", b"def", b""])
    assert exchange.body == b"abcdef6"


def test_a_big_body_waits_in_a_file(bridge: Build) -> None:
    on_disk: list[bool] = []

    def view(environ: dict[str, Any]) -> HttpResponse:
        on_disk.append(environ["wsgi.input"]._rolled)
        return HttpResponse(str(len(environ["wsgi.input"].read())))

    chunks = [bytes(64 * 1024)] * 20
    assert ask(bridge(view), scope("POST", content_length=str(20 * 64 * 1024)), chunks).body == b"1310720"
    assert on_disk == [True]


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_a_problem_with_the_limit(
    bridge: Build, monkeypatch: pytest.MonkeyPatch, announced: bool
) -> None:
    monkeypatch.setattr(bodies, "MAX_BODY_BYTES", 1000)
    headers = {"content_length": "2000"} if announced else {"transfer_encoding": "chunked"}
    exchange = ask(bridge(echo()), scope("POST", **headers), [bytes(600)] * 4)
    assert (exchange.status, exchange.headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(exchange.body)["code"] == "body-too-large"


def test_a_client_that_hangs_up_in_the_middle_of_its_body_costs_no_view(bridge: Build) -> None:
    called: list[int] = []

    def view(_environ: dict[str, Any]) -> HttpResponse:
        called.append(1)
        return HttpResponse()

    async def run() -> None:
        exchange = Exchange([b"half"], leaves_early=True)
        await bridge(view)(scope("POST", content_length="8"), exchange.receive, exchange.send)
        assert exchange.sent == []

    asyncio.run(run())
    assert called == []


def test_a_head_request_reads_no_file_and_closes_it(bridge: Build, tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(300_000))
    file = path.open("rb")
    exchange = ask(bridge(lambda _environ: FileResponse(file)), scope("HEAD"))
    assert (exchange.body, exchange.headers["content-length"], file.closed) == (b"", "300000", True)


@pytest.mark.parametrize("size", [0, 10, 65536, 300_000])
def test_a_file_arrives_whole_and_is_closed(bridge: Build, tmp_path: Path, size: int) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(bytes(range(256)) * (size // 256) + bytes(size % 256))
    file = path.open("rb")
    exchange = ask(bridge(lambda _environ: FileResponse(file)), scope())
    assert exchange.body == path.read_bytes()
    assert not exchange.sent[-1].get("more_body")
    assert file.closed


def test_a_stream_is_sent_chunk_by_chunk(bridge: Build) -> None:
    def view(_environ: dict[str, Any]) -> StreamingHttpResponse:
        return StreamingHttpResponse(part for part in (b"one", b"two", b"three"))

    exchange = ask(bridge(view), scope())
    assert [m.get("body") for m in exchange.sent[1:]] == [b"one", b"two", b"three", b""]


def test_a_reader_that_leaves_ends_the_stream(bridge: Build) -> None:
    made: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            made.append(1)
            yield b"x"

    async def run() -> None:
        exchange = Exchange()
        task = asyncio.ensure_future(
            bridge(lambda _e: StreamingHttpResponse(endless()))(scope(), exchange.receive, exchange.send)
        )
        async with asyncio.timeout(5):
            while len(exchange.sent) < 5:
                await asyncio.sleep(0.001)
        exchange.incoming.clear()
        exchange.gone.set()
        await asyncio.wait_for(task, 5)

    asyncio.run(run())
    count = len(made)
    assert count >= 3
