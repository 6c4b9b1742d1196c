"""A mail server that keeps what it is given."""

import email
import email.policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.hosts.process import PATIENCE, free_port, wait_for


class SmtpSink:
    """An SMTP server on a free loopback port."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 kept"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]

    def wait_for_mail(self, address: str, subject: str, *, nth: int = 1, seconds: float = PATIENCE) -> str:
        """The plain text of the nth mail to ``address`` whose subject holds ``subject``."""

        def found() -> EmailMessage | None:
            fitting = [message for message in self.to(address) if subject in str(message["Subject"])]
            return fitting[nth - 1] if len(fitting) >= nth else None

        message = wait_for(found, f"mail {nth} to {address} with {subject!r}", seconds)
        body = message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    def close(self) -> None:
        self._controller.stop()
