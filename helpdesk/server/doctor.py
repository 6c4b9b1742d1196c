"""What `manage.py doctor` looks at: room, mailboxes, the way out, a mail that goes round, DNS.

Each finding is a sentence; a problem says what helps.
"""

import smtplib
import socket
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from helpdesk.core.mailbox import way_out
from helpdesk.core.selectors.organisation import current_organisation
from tickets.models import Mailbox, MailIn
from tickets.selectors.mailboxes import active_mailboxes
from tickets.services.mail.identity import desk_domain
from tickets.services.mailboxes.check import check_mailbox, nobody_listens, receiver_address
from tickets.services.mailboxes.imap import NotConnected
from tickets.services.mailboxes.room import has_room, reserve_mb
from tickets.services.mailboxes.sending import check_sending, route_of
from tickets.services.mailboxes.words import help_for, sending_help_for, sending_trouble_of, trouble_of

LOOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, warning or problem."""

    level: str
    words: str


def ok(words: str) -> Finding:
    return Finding("ok", words)


def warning(words: str) -> Finding:
    return Finding("warning", words)


def problem(words: str) -> Finding:
    return Finding("problem", words)


def examine(*, sends_mail: bool, asks_dns: bool) -> Iterator[Finding]:
    """One after the other, as they are found."""
    yield look_at_room()
    boxes = active_mailboxes()
    if not boxes:
        yield problem(_("There is no active mailbox. Add one under Settings > Mailboxes."))
    for box in boxes:
        yield from look_at_mailbox(box)
    yield look_at_the_way_out()
    yield from look_at_the_brake(boxes)
    if sends_mail:
        yield from (send_round(box) for box in boxes)
    if asks_dns:
        yield from look_at_dns({box.address.rpartition("@")[2] for box in boxes})


def look_at_room() -> Finding:
    if has_room():
        return ok(_("There is room on the disk."))
    return problem(
        _("The disk has less than %(mb)s MB left. New mail waits with its sender. Make room in %(folder)s.")
        % {"mb": reserve_mb(), "folder": settings.DATA_DIR}
    )


def look_at_mailbox(box: Mailbox) -> Iterator[Finding]:
    """What the running desk saw last, then what we see ourselves."""
    if said := trouble_of(box):
        yield _told(box, said, box.state_at, box.state_words, help_for(box))
    elif box.state_words:
        yield warning(f"{box.address}: {box.state_words}")
    try:
        yield ok(f"{box.address}: {check_mailbox(box)}")
    except NotConnected as error:
        if error.words != box.state_words:
            yield problem(f"{box.address}: {error.words}")
    if box.sends_itself:
        yield from look_at_sending(box)


def look_at_sending(box: Mailbox) -> Iterator[Finding]:
    """The mailbox's own way out: what the outbox saw last, then a sign-in."""
    if said := sending_trouble_of(box):
        yield _told(box, said, box.send_state_at, box.send_words, sending_help_for(box))
    try:
        yield ok(f"{box.address}: {check_sending(box, patience=10)}")
    except (OSError, smtplib.SMTPException) as error:
        if str(error) != box.send_words:
            yield problem(f"{box.address}: {error}")


def _told(box: Mailbox, trouble: str, at: datetime | None, words: str, help_words: str) -> Finding:
    since = _("Since %(at)s.") % {"at": _since(at)}
    words = words if words.endswith((".", "!")) or not words else f"{words}."
    return problem(" ".join(filter(None, [f"{box.address}: {trouble}", since, words, help_words])))


def _since(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "j M G:i") if at else "?"


def look_at_the_brake(boxes: Iterable[Mailbox]) -> Iterator[Finding]:
    where = _("Look for the sender, then start it again under Settings > Mailboxes.")
    if at := current_organisation().automatic_stopped_at:
        yield problem(_("All automatic mail is stopped (%(at)s).") % {"at": _since(at)} + " " + where)
    for box in boxes:
        if box.automatic_stopped_at:
            words = _("%(address)s: automatic mail is stopped (%(at)s).")
            names = {"address": box.address, "at": _since(box.automatic_stopped_at)}
            yield problem(words % names + " " + where)


def look_at_the_way_out() -> Finding:
    if settings.EMAIL_BACKEND.endswith("FileBackend"):
        return warning(
            _("Mails become files in DATA_DIR/mails. Set EMAIL_URL, so that they leave the house.")
        )
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection(timeout=10):
            return ok(_("The mail server %(server)s takes our mail.") % {"server": where})
    except (OSError, smtplib.SMTPException) as error:
        return problem(
            _("The mail server %(server)s does not take our mail: %(words)s")
            % {"server": where, "words": error}
        )


def send_round(box: Mailbox) -> Finding:
    """A mail to ourselves, out by the way that leads to this mailbox; the journal tells when it is back."""
    token = f"doctor.{uuid.uuid4().hex}@{desk_domain()}"
    names = {"address": box.address, "seconds": LOOP_SECONDS}
    if (
        box.kind == Mailbox.Kind.IMAP
        and not box.sends_itself
        and settings.EMAIL_BACKEND.endswith("FileBackend")
    ):
        return warning(_("%(address)s: no test mail, because mails become files.") % names)
    try:
        post(box, token)
    except NotConnected as error:
        return problem(f"{box.address}: {error.words}")
    except (OSError, smtplib.SMTPException) as error:
        return problem(_("%(address)s: the test mail was not taken: %(words)s") % {**names, "words": error})
    if wait_for(lambda: MailIn.objects.filter(message_id=token).exists(), LOOP_SECONDS):
        return ok(_("%(address)s: the test mail came back.") % names)
    return problem(
        _("%(address)s: the test mail did not come back within %(seconds)s s. Is `serve` running?") % names
    )


def post(box: Mailbox, token: str) -> None:
    mail = EmailMessage()
    mail["From"] = mail["To"] = box.address
    mail["Subject"] = "Deskbell doctor"
    mail["Message-ID"] = f"<{token}>"
    mail["Date"] = timezone.now()
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Loop"] = desk_domain()
    mail.set_content("A test mail that the desk sends to itself. It makes no ticket.")
    if box.kind == Mailbox.Kind.SMTP:
        try:
            with smtplib.SMTP(*receiver_address(), timeout=10) as server:
                server.send_message(mail)
        except ConnectionError as error:
            raise nobody_listens(error) from None
        return
    with way_out(route_of(box), patience=10) as way:
        connection = way.connection  # type: ignore[attr-defined]
        connection.send_message(mail)


def wait_for(is_there: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def look_at_dns(domains: Iterable[str]) -> Iterator[Finding]:
    """SPF, DMARC and MX of the domains we send from; DKIM needs a selector that only its owner knows."""
    for domain in sorted(domains):
        if "." not in domain or domain.endswith((".example", ".test", ".localhost", ".invalid")):
            yield warning(
                _("%(domain)s is no domain of the internet; DNS was not asked.") % {"domain": domain}
            )
            continue
        try:
            yield from _look_at_domain(domain)
        except (OSError, socket.gaierror):
            yield warning(_("DNS does not answer here; SPF and DMARC were not checked."))
            return


def _look_at_domain(domain: str) -> Iterator[Finding]:
    names = {"domain": domain}
    if any(text.startswith("v=spf1") for text in texts_of(domain)):
        yield ok(_("%(domain)s has an SPF record.") % names)
    else:
        yield problem(_("%(domain)s has no SPF record: our mail may be taken for spam.") % names)
    if any(text.startswith("v=DMARC1") for text in texts_of(f"_dmarc.{domain}")):
        yield ok(_("%(domain)s has a DMARC record.") % names)
    else:
        yield warning(_("%(domain)s has no DMARC record: anybody may write in its name.") % names)
    selectors = [name for name in ("default", "mail", "dkim", "google", "selector1", "s1", "k1")
                 if texts_of(f"{name}._domainkey.{domain}")]  # fmt: skip
    if selectors:
        yield ok(_("%(domain)s has a DKIM key.") % names)
    else:
        yield warning(
            _("No DKIM key of %(domain)s under the usual names. The smarthost signs the mail.") % names
        )


def texts_of(name: str) -> list[str]:
    """The TXT records; none is no error. OSError when DNS does not answer."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise OSError(str(error)) from None
    return [b"".join(record.strings).decode("ascii", "replace") for record in answer]
