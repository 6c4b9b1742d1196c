"""A desk with its demo for each test, and a page of the administrator's that must not complain."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.demo import Complaints, DemoDesk, demo_desk, signed_in
from tests.hosts.fixtures import (  # noqa: F401
    cable,
    console,
    desktop,
    new_console,
    seeded_desk,
    server,
    sink,
)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that has loaded its demo and stopped."""
    folder = tmp_path_factory.mktemp("demo")
    with demo_desk(folder):
        return folder


@pytest.fixture
def desk(demo_data: Path, tmp_path: Path) -> Iterator[DemoDesk]:
    folder = tmp_path / "desk"
    shutil.copytree(demo_data, folder)
    with demo_desk(folder) as desk:
        yield desk


@pytest.fixture
def page(desk: DemoDesk, browser: Browser) -> Iterator[Page]:
    """1440 wide, in daylight, signed in as the administrator."""
    context = signed_in(browser, desk)
    page = context.new_page()
    complaints = Complaints(page)
    yield page
    assert complaints.found == []
    context.close()
