"""How mails leave: by SMTP, or as .eml files in DATA_DIR/mails without an EMAIL_URL; and who hears of it."""

import smtplib
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage

_settled: dict[str, Callable[[str], None]] = {}


def when_settled(kind: str, tell: Callable[[str], None]) -> None:
    """`tell(ref)` is called once a mail of `kind` is out or given up, after that is written down."""
    _settled[kind] = tell


def tell_settled(kind: str, ref: str) -> None:
    if kind in _settled:
        _settled[kind](ref)


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
    """Names its own envelope sender; calls `before_text` when only the text is left to send."""

    before_text: Callable[[], None] | None = None
    envelope_from = ""

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        return super().mail(self.envelope_from or sender, options)  # type: ignore[misc, no-any-return]

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

    def before_text(self, fn: Callable[[], None], *, envelope_from: str = "") -> None:
        """After `open()`. `envelope_from` gets what comes back; <> is for mail that must not come back."""
        if isinstance(self.connection, _TellsBeforeText):
            self.connection.before_text, self.connection.envelope_from = fn, envelope_from
