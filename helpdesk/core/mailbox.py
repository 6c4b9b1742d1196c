"""How mails leave: by the SMTP server of the house or one of their sender's own, or as .eml files in
DATA_DIR/mails without an EMAIL_URL; and who hears of it.
"""

import base64
import re
import smtplib
import socket
import ssl
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import EmailMessage
from django.utils.translation import gettext as _

from helpdesk.core.domain.reach import NotAllowed, NotReachable, address_of

_settled: dict[str, Callable[[str], None]] = {}


def when_settled(kind: str, tell: Callable[[str], None]) -> None:
    """`tell(ref)` is called once a mail of `kind` is out or given up, after that is written down."""
    _settled[kind] = tell


def tell_settled(kind: str, ref: str) -> None:
    if kind in _settled:
        _settled[kind](ref)


class WayBlocked(OSError):
    """A mail cannot even be tried; the text says why, for people. `lane`: whose settings must be mended."""

    def __init__(self, words: str, *, lane: str = "") -> None:
        super().__init__(words)
        self.lane = lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A mail server of a sender's own; `lane` is the queue of its mails, `security` tls, starttls or none."""

    lane: str
    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


class Trouble(NamedTuple):
    """Why a server took nothing from us: it refuses us, or is away."""

    is_refusal: bool
    words: str


_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_EXPIRED = (9, 10)


def certificate_words(error: ssl.SSLCertVerificationError, host: str) -> str:
    """What is wrong with the certificate of this server, and what helps. No password was sent."""
    names = {"host": host}
    if error.verify_code in _OTHER_NAME:
        return _("The certificate of %(host)s is made out to another name. Enter the name it has.") % names
    if error.verify_code in _EXPIRED:
        return _("The certificate of %(host)s is not valid today. Its owner must renew it.") % names
    words = _(
        "Nobody known here vouches for the certificate of %(host)s (%(words)s). For an authority of the house"
        " set SSL_CERT_FILE."
    )
    return words % {"host": host, "words": error.verify_message}


class OwnServers(Protocol):
    """Who knows the senders that have a mail server of their own."""

    def route_of(self, from_address: str) -> Route | None:
        """None: the server of the house. WayBlocked when the password cannot be read."""

    def lanes_of(self, addresses: Collection[str]) -> dict[str, str]:
        """Only of those that have one."""

    def rests_until(self, lane: str) -> datetime | None:
        """Until when nothing is tried there."""

    def heard(self, lane: str, trouble: Trouble | None, now: datetime) -> None:
        """What became of a try; None: the server is well."""


class _None:
    def route_of(self, from_address: str) -> Route | None:
        return None

    def lanes_of(self, addresses: Collection[str]) -> dict[str, str]:
        return {}

    def rests_until(self, lane: str) -> datetime | None:
        return None

    def heard(self, lane: str, trouble: Trouble | None, now: datetime) -> None:
        pass


_own: list[OwnServers] = [_None()]


def use_own_servers(known: OwnServers | None) -> None:
    _own[:] = [known or _None()]


def own_servers() -> OwnServers:
    return _own[0]


def way_out(route: Route | None, *, patience: float) -> BaseEmailBackend:
    """Not yet open. `patience`: seconds for each step."""
    if route is None:
        return get_connection(timeout=patience)
    return SmtpBackend(
        host=route.host,
        port=route.port,
        username=route.user,
        password=route.password,
        use_tls=route.security == "starttls",
        use_ssl=route.security == "tls",
        timeout=patience,
        is_guarded=True,
    )


class FileBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = settings.DATA_DIR / "mails"
        folder.mkdir(mode=0o700, exist_ok=True)
        for message in email_messages:
            part = folder / f".{uuid.uuid4().hex}.part"
            part.write_bytes(message.message().as_bytes())
            part.rename(folder / f"{uuid.uuid4().hex}.eml")  # a reader never sees half a mail
        return len(email_messages)


_DOT = re.compile(rb"^\.", re.MULTILINE)


class _Talk:
    """Names its own envelope sender; calls `before_dot` when only the final dot is left to send, and keeps
    the answer to it. A guarded one connects to the address that was checked (A23); TLS asks for the name.
    """

    before_dot: Callable[[], None] | None = None
    envelope_from = ""
    answer = ""
    is_guarded = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        address = host
        if self.is_guarded:
            try:
                address = address_of(host, port, allowed=settings.MAIL_ALLOWED_HOSTS)
            except NotAllowed:
                words = _(
                    "This host is in a private network. The operator must name it in MAIL_ALLOWED_HOSTS."
                )
                raise WayBlocked(words) from None
            except NotReachable:
                raise WayBlocked(_("The name %(host)s is not known.") % {"host": host}) from None
        try:
            return super()._get_socket(address, port, timeout)  # type: ignore[misc, no-any-return]
        except ssl.SSLCertVerificationError as error:
            raise WayBlocked(certificate_words(error, host)) from None
        except OSError as error:
            if not self.is_guarded:
                raise
            where = {"host": host, "port": port, "words": error.strerror or error}
            words = _("%(host)s does not answer at port %(port)d: %(words)s") % where
            raise WayBlocked(words) from None

    def starttls(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            return super().starttls(*args, **kwargs)  # type: ignore[misc, no-any-return]
        except ssl.SSLCertVerificationError as error:
            host = self._host  # type: ignore[attr-defined]
            raise WayBlocked(certificate_words(error, host)) from None

    def login(self, user: str, password: str, **options: Any) -> tuple[int, bytes]:
        """As smtplib, and with letters that ASCII has not: as UTF-8 (RFC 4616)."""
        if (user + password).isascii():
            return super().login(user, password, **options)  # type: ignore[misc, no-any-return]
        self.ehlo_or_helo_if_needed()  # type: ignore[attr-defined]
        words = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        code, said = self.docmd("AUTH", f"PLAIN {words}")  # type: ignore[attr-defined]
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, said)
        return code, said

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        return super().mail(self.envelope_from or sender, options)  # type: ignore[misc, no-any-return]

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401 (as in smtplib)
        """As smtplib, with a stop before the final dot: without it no server keeps the text (RFC 5321,
        4.1.1.4). `msg` is bytes with CRLF.
        """
        code, said = self.docmd("data")  # type: ignore[attr-defined]
        if code != 354:
            raise smtplib.SMTPDataError(code, said)
        text = _DOT.sub(b"..", msg)
        self.send(text if text.endswith(b"\r\n") else text + b"\r\n")  # type: ignore[attr-defined]
        if self.before_dot:
            try:
                self.before_dot()
            except BaseException:
                self.close()  # type: ignore[attr-defined]
                raise
        self.send(b".\r\n")  # type: ignore[attr-defined]
        code, said = self.getreply()  # type: ignore[attr-defined]
        self.answer = f"{code} {said.decode(errors='replace')}"
        return code, said


class _Smtp(_Talk, smtplib.SMTP):
    pass


class _SmtpTls(_Talk, smtplib.SMTP_SSL):
    pass


class _GuardedSmtp(_Smtp):
    is_guarded = True


class _GuardedSmtpTls(_SmtpTls):
    is_guarded = True


class SmtpBackend(EmailBackend):
    """Django's backend; `before_dot` lets the outbox note the moment from which a mail may have arrived."""

    def __init__(self, *args: Any, is_guarded: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_guarded = is_guarded

    @property
    def connection_class(self) -> type[_Smtp | _SmtpTls]:
        if self.is_guarded:
            return _GuardedSmtpTls if self.use_ssl else _GuardedSmtp
        return _SmtpTls if self.use_ssl else _Smtp

    def before_dot(self, fn: Callable[[], None], *, envelope_from: str = "") -> None:
        """After `open()`. `envelope_from` gets what comes back; <> is for mail that must not come back."""
        if isinstance(self.connection, _Talk):
            self.connection.before_dot, self.connection.envelope_from = fn, envelope_from

    @property
    def answer(self) -> str:
        """What the server said to the text."""
        return str(getattr(self.connection, "answer", ""))
