from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django import Settings

from tests.tickets.mailboxes.fake_imap import FakeImap, fake_imap
from tickets.models import Mailbox
from tickets.services.mailboxes.secret import sealed


@pytest.fixture
def imap(settings: Settings) -> Iterator[FakeImap]:
    settings.MAIL_ALLOWED_HOSTS = ["127.0.0.1"]
    with fake_imap() as server:
        yield server


@pytest.fixture
def box(imap: FakeImap, db: None, now: datetime) -> Mailbox:
    """support@, read from the fake server."""
    return Mailbox.objects.create(
        address="support@desk.example",
        kind="imap",
        host="127.0.0.1",
        port=imap.port,
        security="none",
        user="support",
        secret_sealed=sealed("open sesame"),
        created_at=now,
    )
