"""Signing in to a mailbox by IMAP: to the address that was checked (A23), with its password or a token."""

import imaplib
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.core.domain.reach import NotAllowed, NotReachable, address_of
from helpdesk.core.mailbox import certificate_words
from helpdesk.core.services.secrets import SealBroken
from tickets.models import Mailbox
from tickets.services.mailboxes.secret import secrets_of
from tickets.services.mailboxes.tokens import NoToken, access_token

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

TIMEOUT_SECONDS = 30
LARGEST_LITERAL = 40 * 1024 * 1024
State = Mailbox.State


class NotConnected(Exception):
    """`state` is what the mailbox is now; the text is what the server, or the net, said."""

    def __init__(self, state: str, words: str) -> None:
        super().__init__(words)
        self.state = state
        self.words = words


class _Plain(imaplib.IMAP4):
    """Connects to `address`; the name in `host` is for TLS alone."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self.address = address
        super().__init__(host, port, TIMEOUT_SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self.address, self.port), timeout)

    def read(self, size: int) -> bytes:
        """Servers say how much comes; the desk asked for no more than a mail (A8)."""
        if size > LARGEST_LITERAL:
            raise self.abort(f"the server sends {size} bytes at once")
        return super().read(size)


class _Tls(_Plain):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        return ssl.create_default_context().wrap_socket(
            super()._create_socket(timeout), server_hostname=self.host
        )


def connect(mailbox: Mailbox) -> "BaseMailBox":
    """Signed in, with no folder chosen. NotConnected says why not."""
    try:
        box = _opened(mailbox)
    except NotAllowed:
        words = _("This host is in a private network. The operator must name it in MAIL_ALLOWED_HOSTS.")
        raise NotConnected(State.UNREACHABLE, words) from None
    except NotReachable:
        words = _("The name %(host)s is not known.") % {"host": mailbox.host}
        raise NotConnected(State.UNREACHABLE, words) from None
    except ssl.SSLCertVerificationError as error:
        raise NotConnected(State.UNREACHABLE, certificate_words(error, mailbox.host)) from None
    except (OSError, imaplib.IMAP4.error) as error:
        where = {"host": mailbox.host, "port": mailbox.port, "words": words_of(error)}
        words = _("%(host)s does not answer at port %(port)d: %(words)s") % where
        raise NotConnected(State.UNREACHABLE, words) from None
    try:
        _sign_in(box, mailbox)
    except NotConnected:
        close(box)
        raise
    return box


def close(box: "BaseMailBox") -> None:
    """Without a goodbye: the line may be dead."""
    with suppress(OSError):
        box.client.shutdown()


def choose_folder(box: "BaseMailBox", mailbox: Mailbox) -> int:
    """The folder's UIDVALIDITY. NotConnected when there is none, or it holds only other folders."""
    from imap_tools.utils import encode_folder

    try:
        found, data = box.client.select(encode_folder(mailbox.folder).decode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise NotConnected(State.UNREACHABLE, words_of(error)) from None
    if found != "OK":
        words = _("There is no folder %(name)s: %(words)s") % {
            "name": mailbox.folder,
            "words": _text(data[0]),
        }
        raise NotConnected(State.UNREACHABLE, words)
    return int(box.client.response("UIDVALIDITY")[1][0] or 0)


def _opened(mailbox: Mailbox) -> "BaseMailBox":
    from imap_tools import BaseMailBox  # an idle desk does without

    address = address_of(mailbox.host, mailbox.port, allowed=settings.MAIL_ALLOWED_HOSTS)
    kind = _Tls if mailbox.security == Mailbox.Security.TLS else _Plain

    class Box(BaseMailBox):
        def _get_mailbox_client(self) -> imaplib.IMAP4:
            return kind(mailbox.host, mailbox.port, address)

    box = Box()
    if mailbox.security == Mailbox.Security.STARTTLS:
        try:
            box.client.starttls(ssl.create_default_context())
        except BaseException:
            close(box)
            raise
    return box


def _sign_in(box: "BaseMailBox", mailbox: Mailbox) -> None:
    from imap_tools.errors import UnexpectedCommandStatusError

    try:
        if mailbox.auth != Mailbox.Auth.PASSWORD:
            box.xoauth2(mailbox.user, access_token(mailbox), initial_folder=None)
        else:
            password = secrets_of(mailbox).get("secret", "")
            sign_in = box.login if (mailbox.user + password).isascii() else box.login_utf8
            sign_in(mailbox.user, password, initial_folder=None)
    except (NoToken, SealBroken) as error:
        raise NotConnected(State.REFUSED, str(error)) from None
    except NotAllowed:
        words = _(
            "The token server is in a private network. The operator must name it in MAIL_ALLOWED_HOSTS."
        )
        raise NotConnected(State.UNREACHABLE, words) from None
    except (OSError, imaplib.IMAP4.abort) as error:
        raise NotConnected(State.UNREACHABLE, words_of(error)) from None
    except (UnexpectedCommandStatusError, imaplib.IMAP4.error) as error:
        raise NotConnected(State.REFUSED, words_of(error)) from None


def words_of(error: BaseException) -> str:
    """What the server said, in one line."""
    result = getattr(error, "command_result", None)
    if result and len(result) > 1 and result[1]:
        return _text(result[1][0])
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return _text(error.args[0] if error.args else type(error).__name__)


def _text(data: object) -> str:
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
    return " ".join(text.split())[:300]
