"""A worker is killed (-9) while it talks to a real SMTP server: the mail is neither lost nor sent twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from helpdesk.core.models import OutgoingMail
from helpdesk.core.services.mail import lease, queue_mail, send_due_mail
from tests.core.sink import Sink, running_sink

pytestmark = pytest.mark.slow

Status = OutgoingMail.Status
WORKER = """
import sys
from datetime import datetime
from django.conf import settings
database, mail_id, now = sys.argv[1:]
settings.DATABASES["default"]["NAME"] = database
import django
django.setup()
from helpdesk.core.services.mail import send_due_mail
send_due_mail(mail_id=int(mail_id), now=datetime.fromisoformat(now))
"""


@pytest.fixture
def sink(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    with running_sink() as (server, port):
        settings.EMAIL_BACKEND = "helpdesk.core.mailbox.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{port}")
        yield server


def kill_worker_at(step: str, sink: Sink, mail: OutgoingMail, now: datetime) -> None:
    """Starts a worker process on the same database and kills it when the server stands at `step`."""
    sink.stall_at = step
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATA_DIR": str(django_settings.DATA_DIR),
    }
    root = Path(__file__).parents[2]
    command = [
        sys.executable,
        "-c",
        WORKER,
        str(connection.settings_dict["NAME"]),
        str(mail.pk),
        now.isoformat(),
    ]
    with subprocess.Popen(command, env=environment, cwd=root) as worker:
        try:
            assert sink.reached.wait(30), "the worker never came to that step"
        finally:
            worker.send_signal(signal.SIGKILL)
    assert worker.returncode == -signal.SIGKILL
    sink.go_on.set()
    mail.refresh_from_db()


@pytest.fixture
def mail(transactional_db: None, now: datetime) -> OutgoingMail:
    return queue_mail(to="anna@acme.example", subject="Printer", text="It works.", kind="reply", now=now)


def test_killed_before_the_text_was_handed_over_it_is_sent_later(
    sink: Sink, mail: OutgoingMail, now: datetime
) -> None:
    kill_worker_at("RCPT", sink, mail, now)
    assert (mail.status, mail.is_in_doubt) == (Status.SENDING, False)
    assert not send_due_mail(mail_id=mail.pk, now=now)
    assert send_due_mail(mail_id=mail.pk, now=now + lease())
    assert len(sink.accepted) == 1


def test_killed_while_the_server_thinks_it_is_not_sent_twice_but_left_to_a_person(
    sink: Sink, mail: OutgoingMail, now: datetime
) -> None:
    kill_worker_at("DATA", sink, mail, now)
    assert (mail.status, mail.is_in_doubt) == (Status.SENDING, True)
    before = len(sink.accepted)
    assert not send_due_mail(mail_id=mail.pk, now=now + lease())
    mail.refresh_from_db()
    assert (mail.status, mail.doubts, mail.is_in_doubt) == (Status.FAILED, 1, False)
    assert "may have arrived" in mail.last_error
    assert len(sink.accepted) == before <= 1


def test_killed_after_the_server_acknowledged_it_is_never_sent_again(
    sink: Sink, mail: OutgoingMail, now: datetime
) -> None:
    kill_worker_at("QUIT", sink, mail, now)
    assert mail.status == Status.SENT
    assert not send_due_mail(mail_id=mail.pk, now=now + lease())
    assert len(sink.accepted) == 1
