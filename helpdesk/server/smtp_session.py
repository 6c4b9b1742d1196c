"""One connection of the receiver; imports aiosmtpd, which an idle desk does without."""

import asyncio
import logging
from typing import TYPE_CHECKING

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from helpdesk.server import smtp_in
from tickets.services.mail.identity import desk_domain

if TYPE_CHECKING:
    from helpdesk.server.smtp_in import Receiver

logging.getLogger("mail.log").setLevel(logging.ERROR)


class SmtpSession(SMTP):
    line_length_limit = smtp_in.MAX_LINE

    def __init__(self, receiver: "Receiver", *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            receiver,
            data_size_limit=smtp_in.MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=desk_domain(),
            ident="Deskbell",
            timeout=smtp_in.TIMEOUT_SECONDS,
            loop=loop,
        )
        self.receiver = receiver
        self.is_refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.receiver.sessions += 1
        if self.receiver.sessions > smtp_in.MAX_SESSIONS and isinstance(transport, asyncio.WriteTransport):
            self.is_refused = True
            transport.write(f"{smtp_in.BUSY}\r\n".encode())
            transport.close()
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.receiver.sessions -= 1
        if not self.is_refused:
            super().connection_lost(error)


class LmtpSession(SmtpSession, LMTP):
    pass
