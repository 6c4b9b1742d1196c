import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.desk import Desk


@pytest.fixture(scope="session")
def started_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after a first start from nothing; the other desks begin with a copy, which is faster."""
    desk = Desk(tmp_path_factory.mktemp("first"))
    assert desk.process.stop() == 0
    assert "Making the database" in desk.process.output
    assert "Collecting" in desk.process.output
    return desk.data


@pytest.fixture(scope="session")
def shared_desk(tmp_path_factory: pytest.TempPathFactory, started_once: Path) -> Iterator[Desk]:
    """One running desk for all tests that leave it running."""
    folder = shutil.copytree(started_once, tmp_path_factory.mktemp("desk") / "data")
    desk = Desk(folder, TRUSTED_PROXIES="127.0.0.1", AGENT_GRACE_SECONDS="1")
    yield desk
    desk.process.stop()


@pytest.fixture
def desk(shared_desk: Desk) -> Iterator[Desk]:
    yield shared_desk
    shared_desk.hang_up()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failure of a test with a desk shows what that desk printed last."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    running = getattr(item, "funcargs", {}).get("desk")
    if report.failed and running is not None:
        report.sections.append(("desk", "\n".join(running.process.lines[-40:])))


@pytest.fixture
def new_desk(tmp_path: Path, started_once: Path) -> Iterator[Callable[..., Desk]]:
    """Desks of one test, which may stop or kill them."""
    made: list[Desk] = []

    def make(**environment: str) -> Desk:
        folder = shutil.copytree(started_once, tmp_path / f"desk-{len(made)}")
        made.append(Desk(folder, **environment))
        return made[-1]

    yield make
    for desk in made:
        desk.hang_up()
        desk.process.stop()
