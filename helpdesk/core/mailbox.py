"""How mails leave: by SMTP, or as .eml files in DATA_DIR/mails while no EMAIL_URL is set."""

import smtplib
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage


class FileBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.DATA_DIR / "mails"
        folder.mkdir(mode=0o700, exist_ok=True)
        for message in email_messages:
            part = folder / f".{uuid.uuid4().hex}.part"
            part.write_bytes(message.message().as_bytes())
            part.rename(folder / f"{uuid.uuid4().hex}.eml")  # a reader never sees half a mail
        return len(email_messages)


class _TellsBeforeText:
    """Calls `before_text` when the envelope is accepted and only the text is left to send."""

    before_text: Callable[[], None] | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401 (as in smtplib)
        if self.before_text:
            self.before_text()
        return super().data(msg)  # type: ignore[misc, no-any-return]


class _Smtp(_TellsBeforeText, smtplib.SMTP):
    pass


class _SmtpTls(_TellsBeforeText, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    """Django's backend; `before_text` lets the outbox note the moment from which a mail may have arrived."""

    @property
    def connection_class(self) -> type[_Smtp | _SmtpTls]:
        return _SmtpTls if self.use_ssl else _Smtp

    def before_text(self, fn: Callable[[], None]) -> None:
        """After `open()`."""
        if isinstance(self.connection, _TellsBeforeText):
            self.connection.before_text = fn
