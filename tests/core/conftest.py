from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.core.sink import Sink, running_sink


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running_sink() as (server, port):
        settings.EMAIL_BACKEND = "helpdesk.core.mailbox.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield server
