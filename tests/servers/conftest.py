from collections.abc import Iterator

import pytest

from tests.servers.desk import MailDesk
from tests.servers.dovecot import Dovecot


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    yield server
    server.close()


@pytest.fixture
def desk() -> Iterator[MailDesk]:
    desk = MailDesk()
    yield desk
    desk.close()
