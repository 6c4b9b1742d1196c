import email
from pathlib import Path

from django.core.mail import EmailMessage
from pytest_django import Settings

from helpdesk.core.mailbox import FileBackend, SmtpBackend
from tests.core.sink import running_sink


def test_without_a_mail_server_a_mail_becomes_a_file(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    assert FileBackend().send_messages([EmailMessage("Hello", "Text", to=["anna@acme.example"])]) == 1
    (file,) = (tmp_path / "mails").iterdir()
    assert file.suffix == ".eml"
    assert email.message_from_bytes(file.read_bytes())["Subject"] == "Hello"


def test_the_backend_sends_without_a_listener_too(settings: Settings) -> None:
    with running_sink() as (sink, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        SmtpBackend().send_messages([EmailMessage("Hello", "Text", to=["anna@acme.example"])])
        assert [message["Subject"] for message in sink.accepted] == ["Hello"]


def test_smtp_with_tls_tells_before_the_text_as_well() -> None:
    for use_ssl in (False, True):
        backend = SmtpBackend(use_ssl=use_ssl, use_tls=False)
        assert hasattr(backend.connection_class, "before_dot")
        backend.before_dot(lambda: None)  # not open yet: nothing to tell
        assert backend.connection is None
