from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hosts.fixtures import (  # noqa: F401
    console,
    new_console,
    seeded_desk,
    server,
    sink,
)
from tests.hosts.wine import WineHost, missing


@pytest.fixture
def windows_user(tmp_path: Path) -> Iterator[Callable[[str], WineHost]]:
    """Makes Windows users who work at one machine at the same time, each at a desktop of their own."""
    if reason := missing():
        pytest.skip(reason)  # `make test-windows` sets Wine up first and fails when it cannot
    hosts: list[WineHost] = []

    def sign_in(user: str) -> WineHost:
        hosts.append(WineHost(tmp_path, user, rid=1000 + len(hosts)))
        return hosts[-1]

    yield sign_in
    for host in hosts:
        host.close()
