"""Fixtures of the tests that drive the whole product: each piece real and private to one test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.hosts.cable import TcpCut
from tests.hosts.console import Album, Console
from tests.hosts.display import XHost
from tests.hosts.mail import SmtpSink
from tests.hosts.server import SeededDesk, Server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    yield sink
    sink.close()


@pytest.fixture(scope="session")
def seeded_desk(tmp_path_factory: pytest.TempPathFactory) -> SeededDesk:
    sink = SmtpSink()
    try:
        return Server.seeded(tmp_path_factory.mktemp("seeded"), sink)
    finally:
        sink.close()


@pytest.fixture
def server(tmp_path: Path, sink: SmtpSink, seeded_desk: SeededDesk, album: Album) -> Iterator[Server]:
    server = Server(tmp_path, sink, seeded_desk)
    yield server
    (album.folder / "server.log").write_text(server.process.output)
    server.close()


@pytest.fixture
def cable(server: Server) -> Iterator[TcpCut]:
    """The network between the customer's computer and the server."""
    cable = TcpCut(server.port)
    yield cable
    cable.close()


@pytest.fixture
def desktop() -> Iterator[XHost]:
    host = XHost(tray=True)
    yield host
    host.close()


@pytest.fixture
def new_console(browser: Browser, server: Server, album: Album) -> Iterator[Callable[[], Console]]:
    contexts = []

    def make() -> Console:
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB"))
        return Console(contexts[-1].new_page(), server.url, album)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def console(new_console: Callable[[], Console]) -> Console:
    return new_console()
