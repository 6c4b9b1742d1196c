"""A real SMTP server in a thread that can refuse, hang up or stand still at a chosen step."""

import asyncio
import contextlib
import email
import logging
import threading
from collections.abc import Iterator
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)


class Sink:
    def __init__(self) -> None:
        self.accepted: list[Message] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.answers: dict[
            str, list[str]
        ] = {}  # "MAIL", "RCPT" or "DATA": what to answer next instead of yes
        self.hang_ups = 0  # how often to cut the line instead of answering DATA
        self.stall_at = ""  # "RCPT", "DATA" or "QUIT"
        self.reached = threading.Event()
        self.go_on = threading.Event()

    async def _at(self, step: str) -> str | None:
        answers = self.answers.get(step)
        answer = answers.pop(0) if answers else None
        if self.stall_at == step:
            self.stall_at = ""
            self.reached.set()
            await asyncio.to_thread(self.go_on.wait)
        return answer

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := await self._at("MAIL"):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := await self._at("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if refusal := await self._at("DATA"):
            return refusal
        if self.hang_ups:
            self.hang_ups -= 1
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "421 gone"
        assert isinstance(envelope.content, bytes)
        self.envelopes.append((envelope.mail_from or "", envelope.rcpt_tos))
        self.accepted.append(email.message_from_bytes(envelope.content))
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await self._at("QUIT")
        return "221 Bye"


class _Controller(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]  # the system chose it
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def running_sink(**options: Any) -> Iterator[tuple[Sink, int]]:
    """The sink and its port; `options` are those of aiosmtpd's SMTP."""
    sink = Sink()
    controller = _Controller(sink, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield sink, controller.port
    finally:
        sink.go_on.set()
        controller.stop()
