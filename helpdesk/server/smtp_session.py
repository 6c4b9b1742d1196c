"""One connection of the receiver; imports aiosmtpd, which an idle desk does without."""

import asyncio
import logging
from typing import TYPE_CHECKING

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from helpdesk.core.domain.address import brake_of
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
        self.peer = ""
        self.ends_at = loop.time() + smtp_in.SESSION_SECONDS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.peer = brake_of(str((transport.get_extra_info("peername") or ("",))[0]))
        has_place = self.receiver.enter(self.peer)
        if not has_place and isinstance(transport, asyncio.WriteTransport):
            self.is_refused = True
            transport.write(f"{smtp_in.BUSY}\r\n".encode())
            transport.close()
            return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.receiver.leave(self.peer)
        if not self.is_refused:
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Who sends a large mail slowly is not silent; aiosmtpd counts from the command alone."""
        super().data_received(data)
        if not self.is_refused:
            self._reset_timeout()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Nobody stays longer than SESSION_SECONDS by saying a word now and then."""
        left = max(self.ends_at - self.loop.time(), 0.001)
        super()._reset_timeout(min(duration or smtp_in.TIMEOUT_SECONDS, left))


class LmtpSession(SmtpSession, LMTP):
    pass
