"""What an administrator tries by hand: does the mail come in, does it go out?"""

import smtplib
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.core.models import User
from helpdesk.core.services.mail import MailSpec, send_at_once
from tickets.models import Mailbox
from tickets.services.mailboxes.imap import NotConnected, choose_folder, close, connect

TRIAL_KIND = "trial"
PATIENCE_SECONDS = 10


def check_mailbox(mailbox: Mailbox) -> str:
    """Tries what the watcher or the sender of a mail would do; nothing is changed. A sentence of success, or
    NotConnected.
    """
    if mailbox.kind == Mailbox.Kind.SMTP:
        return _check_receiver(mailbox)
    box = connect(mailbox)
    try:
        choose_folder(box, mailbox)
        count = int(box.client.response("EXISTS")[1][0] or 0)
    finally:
        close(box)
    text = ngettext(
        "Signed in. The folder %(folder)s holds %(n)d mail.",
        "Signed in. The folder %(folder)s holds %(n)d mails.",
        count,
    )
    return text % {"folder": mailbox.folder, "n": count}


def receiver_address() -> tuple[str, int]:
    """Where the desk's own SMTP server is reached from here; NotConnected when there is none."""
    if settings.SMTP_LISTEN is None:
        raise NotConnected(Mailbox.State.UNREACHABLE, _("The desk does not listen: SMTP_LISTEN is empty."))
    host, port = settings.SMTP_LISTEN
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104 (compared, not bound)


def nobody_listens(error: Exception) -> NotConnected:
    """What an error at the desk's own SMTP server means, as a sentence that says what helps."""
    if not isinstance(error, ConnectionError | TimeoutError):
        return NotConnected(Mailbox.State.UNREACHABLE, str(error))
    host, port = receiver_address()
    said = _("Nothing takes mail at %(host)s, port %(port)d. Is `serve` running, with the same SMTP_LISTEN?")
    return NotConnected(Mailbox.State.UNREACHABLE, said % {"host": host, "port": port})


def _check_receiver(mailbox: Mailbox) -> str:
    host, port = receiver_address()
    try:
        with smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS) as server:
            server.ehlo_or_helo_if_needed()
            server.mail("")
            code, words = server.rcpt(mailbox.address)
    except (OSError, smtplib.SMTPException) as error:
        raise nobody_listens(error) from None
    if code != 250:
        raise NotConnected(Mailbox.State.REFUSED, words.decode("utf-8", "replace"))
    return _("The desk takes mail for this address at port %(port)d.") % {"port": port}


def send_trial(*, mailbox: Mailbox, to: User, now: datetime) -> tuple[bool, str]:
    """A test mail from this address to a person of the desk, by its own way out, at once: did the server take
    it, and what it said. The answer to the mail shows whether mail comes in.
    """
    spec = MailSpec(
        to=to.email,
        to_name=to.full_name,
        from_address=mailbox.address,
        from_name=mailbox.name,
        subject=_("Test mail from %(address)s") % {"address": mailbox.address},
        text=_(
            "Mail from this address arrives. Answer it: the answer becomes a ticket, if mail comes in too."
        ),
        kind=TRIAL_KIND,
        ref=str(mailbox.pk),
    )
    return send_at_once(spec, patience=PATIENCE_SECONDS, now=now)
