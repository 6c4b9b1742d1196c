"""The outbox: a mail is a row first and leaves the house from a job.

SMTP cannot promise "exactly once": a worker that dies after the server took the text and before its "250 OK"
is written down cannot know. What we promise:

- Never lost: a mail stays queued or in flight until a server accepted it, or has failed with the reason in
  last_error.
- Never sent by two workers: a claim is one conditional UPDATE with a lease longer than the slowest SMTP talk.
- Never sent again once the acceptance is recorded, and that is recorded before the goodbye (QUIT).
- `is_in_doubt` is written when the envelope is accepted, just before the text goes. A worker that dies (or a
  line that drops) before it leaves no doubt and costs nothing. After it, the mail is repeated once, with the
  same Message-ID so that the receiving side can drop the copy; a second doubt ends as failed, for a human to
  decide.
"""

import re
import smtplib
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import make_msgid
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.domain.backoff import MAX_TRIES, delay_after
from helpdesk.core.domain.redaction import redact
from helpdesk.core.errors import Invalid
from helpdesk.core.files import open_blob
from helpdesk.core.mailbox import SmtpBackend, tell_settled
from helpdesk.core.models import Blob, MailFile, OutgoingMail
from helpdesk.core.services.jobs import enqueue

Status = OutgoingMail.Status
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TALK_STEPS = (
    10  # connect, EHLO, STARTTLS, EHLO, AUTH (2), MAIL, RCPT, DATA, text: each may use the whole time-out
)
WIPED = "(removed after sending)"


def lease() -> timedelta:
    """How long one worker may keep a mail."""
    return timedelta(seconds=_TALK_STEPS * settings.EMAIL_TIMEOUT)


class Enclosure(NamedTuple):
    """A file that goes with a mail."""

    blob: Blob
    filename: str
    media_type: str


def _checked_address(field: str, address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(fields={field: _("Enter one e-mail address, like name@example.com.")}) from None
    return address


def queue_mail(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    language: str = "en",
    reply_to: str = "",
    kind: str,
    ref: str = "",
    is_secret: bool = False,
    files: Iterable[Enclosure] = (),
    now: datetime,
) -> OutgoingMail:
    """Writes the mail and its job in the caller's transaction; it is sent after the commit.

    Invalid when an address is not exactly one address or the subject holds a line break or another control
    character (A9). `is_secret` (tokens, one-time links): text and html are wiped from the row once it is out
    or given up (A27).
    """
    _checked_address("to", to)
    if reply_to:
        _checked_address("reply_to", reply_to)
    if _CONTROL.search(subject) or not subject.strip():
        raise Invalid(fields={"subject": _("Write the subject on one line.")})
    mail = OutgoingMail.objects.create(
        to=to,
        subject=subject[:300],
        text=text,
        html=html,
        language=language,
        reply_to=reply_to,
        kind=kind,
        ref=ref,
        is_secret=is_secret,
        message_id=make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
        next_try_at=now,
        created_at=now,
    )
    MailFile.objects.bulk_create(MailFile(mail=mail, **file._asdict()) for file in files)
    enqueue(kind="send_mail", ref=str(mail.pk), now=now)
    return mail


@jobs.handler("send_mail")
def send_mail_job(ref: str, now: datetime) -> None:
    send_due_mail(mail_id=int(ref), now=now)
    mail = OutgoingMail.objects.filter(pk=int(ref), status__in=[Status.QUEUED, Status.SENDING]).first()
    if mail:  # refused for now, or in the hands of a worker that may have died
        raise jobs.Later((mail.lease_until if mail.status == Status.SENDING else None) or mail.next_try_at)


def send_due_mail(*, mail_id: int, now: datetime) -> bool:
    """Tries to send; True when the server accepted it now. The first caller wins; safe to repeat."""
    claim = uuid.uuid4()
    due = Q(status=Status.QUEUED, next_try_at__lte=now) | Q(status=Status.SENDING, lease_until__lte=now)
    claimed = OutgoingMail.objects.filter(due, pk=mail_id).update(
        status=Status.SENDING, claim=claim, lease_until=now + lease(), tries=F("tries") + 1
    )
    if claimed != 1:
        return False
    mail = OutgoingMail.objects.get(pk=mail_id)
    mail.claim = claim
    if mail.is_in_doubt:  # its last worker died with the text handed over
        mail.doubts += 1
        _mine(mail).update(doubts=mail.doubts, is_in_doubt=False)
    if mail.doubts > 1:
        words = "The connection was lost twice while the server was answering; the mail may have arrived."
        _leave(mail, status=Status.FAILED, last_error=words)
        return False
    if mail.tries > MAX_TRIES:
        _leave(mail, status=Status.FAILED, last_error=mail.last_error or "The worker died at every try.")
        return False
    return _send(mail, now)


class _Overtaken(Exception):
    """Our lease ran out before the text was handed over, and another worker claimed the mail."""


def _send(mail: OutgoingMail, now: datetime) -> bool:
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    is_handed_over = False

    def hand_over() -> None:
        nonlocal is_handed_over
        if _mine(mail).update(is_in_doubt=True) != 1:
            raise _Overtaken
        is_handed_over = True

    try:
        connection.open()
        if isinstance(connection, SmtpBackend):
            connection.before_text(hand_over)
        else:
            hand_over()
        connection.send_messages([_message(mail)])
    except _Overtaken:
        return False
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; ValueError: it cannot be encoded
        is_cut = isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(
            error, smtplib.SMTPException
        )
        _put_back(mail, error, is_doubtful=is_handed_over and is_cut, now=now)
        return False
    else:
        _leave(mail, status=Status.SENT, sent_at=now, last_error="")
        return True
    finally:
        with suppress(OSError):  # a goodbye that fails changes nothing
            connection.close()


def _mine(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim)


def _leave(mail: OutgoingMail, **fields: object) -> None:
    """Lets go of the mail, in one UPDATE that changes nothing when it is no longer ours."""
    is_settled = fields["status"] != Status.QUEUED
    if mail.is_secret and is_settled:
        fields |= {"text": WIPED, "html": ""}
    if _mine(mail).update(claim=None, lease_until=None, is_in_doubt=False, **fields) and is_settled:
        tell_settled(mail.kind, mail.ref)


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        # RFC 3834: auto-responders leave it alone, so no loop begins here.
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for file in mail.files.select_related("blob"):
        with open_blob(file.blob) as stream:
            message.attach(file.filename, stream.read(), file.media_type)
    return message


def _words_of(error: Exception) -> str:
    """What the server said, readable."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _readable(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _readable(error.smtp_code, error.smtp_error)
    return redact(f"{type(error).__name__}: {error}")[:2000]


def _readable(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return redact(f"{code} {text}")[:2000]


def _is_final(error: Exception) -> bool:
    """A permanent "no" to this recipient or this text (RFC 5321: 5yz); trying again would not help."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused):
        return error.smtp_code == 552  # too large (RFC 1870), said before the text is sent
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _put_back(mail: OutgoingMail, error: Exception, *, is_doubtful: bool, now: datetime) -> None:
    words = _words_of(error)
    doubts = mail.doubts + is_doubtful
    delay = delay_after(mail.tries)
    if delay is None or doubts > 1 or _is_final(error):
        _leave(mail, status=Status.FAILED, last_error=words, doubts=doubts)
    else:
        _leave(mail, status=Status.QUEUED, last_error=words, doubts=doubts, next_try_at=now + delay)
