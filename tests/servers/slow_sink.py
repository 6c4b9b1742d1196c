"""A mail server that stands still at a chosen step, so that a kill can hit it there."""

import asyncio
import email
import threading
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.hosts.process import free_port

#: In the order of a delivery. Before the text is handed over a kill costs nothing; after the final dot the
#: sender cannot know: the server kept it or not; 250 may be on the line; at QUIT all is written down.
STEPS = ("MAIL", "RCPT", "DATA", "dot, dropped", "dot, kept", "250", "QUIT")
HOLD_SECONDS = 5


class SlowSink:
    """Keeps what it is given. `arm` a step; `reached` is set when a conversation stands there; `holding` is
    that step for as long as the sender waits. 250 cannot be held: it is reached when it is said.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.holding = ""
        self.reached = threading.Event()
        self._armed, self._passes = "", 0
        self.port = free_port()
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def arm(self, step: str, *, passes: int = 0) -> None:
        """The step of the conversation after the next `passes` ones."""
        self.reached.clear()
        self.holding, self._armed, self._passes = "", step, passes

    def close(self) -> None:
        self.arm("")
        self._controller.stop()

    async def at(self, step: str) -> None:
        if step != self._armed or self._passes:
            return
        self._armed = ""
        self.holding = step
        self.reached.set()
        if step != "250":
            await asyncio.sleep(HOLD_SECONDS)  # the kill ends it: aiosmtpd cancels what it was doing
            self.holding = ""

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._passes = max(0, self._passes - 1)
        await self.at("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self.at("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await self.at("dot, dropped")
        assert isinstance(envelope.content, bytes)
        self.messages.append(email.message_from_bytes(envelope.content))
        await self.at("dot, kept")
        await self.at("250")
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await self.at("QUIT")
        return "221 Bye"


class _Smtp(SMTP):
    async def smtp_DATA(self, arg: str) -> None:
        await self.event_handler.at("DATA")
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Smtp(self.handler, **self.SMTP_kwargs)
