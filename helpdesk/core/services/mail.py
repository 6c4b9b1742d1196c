"""The outbox: a mail is a row first and leaves the house from a job.

SMTP cannot promise "exactly once": a worker that dies after the server took the text and before its "250 OK"
is written down cannot know. What we promise:

- Never lost: a mail stays queued or in flight until a server accepted it, or has failed with the reason in
  last_error.
- Never sent by two workers: a claim is one conditional UPDATE with a lease longer than the slowest SMTP talk.
- Never sent again once the acceptance is recorded, and that is recorded before the goodbye (QUIT).
- `is_in_doubt` is written when the whole text has gone and only the final dot is left. A worker that dies (or
  a line that drops) before it leaves no doubt and costs nothing: without the dot no server keeps a text.
- A worker that dies after it has most likely delivered, since the system still hands over what it wrote: such
  a mail is not repeated, it fails with these words and a person decides.
- A line that drops after it shows that something is wrong between us: the mail is repeated once, with the
  same Message-ID so that the receiving side can drop the copy; a second doubt is left to a person, too.

A sender with a mail server of its own (`core.mailbox.OwnServers`) has a lane of its own: its jobs wait for
nobody else's server. While that server refuses us or is away the lane rests; for five days that uses up no
try of any mail, since it is no failure of theirs.
"""

import smtplib
import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from helpdesk.core import jobs
from helpdesk.core.domain.backoff import MAX_TRIES, delay_after
from helpdesk.core.domain.redaction import redact
from helpdesk.core.mailbox import SmtpBackend, Trouble, WayBlocked, own_servers, tell_settled, way_out
from helpdesk.core.models import OutgoingMail
from helpdesk.core.services.mail_fate import cancel_mail, mark_bounced, rescue_mails, resend_mail, retry_mails
from helpdesk.core.services.mail_message import message_of
from helpdesk.core.services.mail_queue import (
    Enclosure,
    MailSpec,
    is_address,
    mail_row,
    queue_mail,
    queue_mails_bulk,
)

__all__ = [
    "WIPED",
    "Enclosure",
    "MailSpec",
    "cancel_mail",
    "is_address",
    "lease",
    "mark_bounced",
    "queue_mail",
    "queue_mails_bulk",
    "rescue_mails",
    "resend_mail",
    "retry_mails",
    "send_at_once",
    "send_due_mail",
    "send_mail_job",
]

Status = OutgoingMail.Status
MAILS_A_RUN = 100
PATIENCE_WITH_SERVER = timedelta(days=5)  # RFC 5321, 4.5.4.1
_TALK_STEPS = (
    10  # connect, EHLO, STARTTLS, EHLO, AUTH (2), MAIL, RCPT, DATA, text: each may use the whole time-out
)
WIPED = "(removed after sending)"


def lease() -> timedelta:
    """How long one worker may keep a mail."""
    return timedelta(seconds=_TALK_STEPS * settings.EMAIL_TIMEOUT)


@jobs.handler("send_mail", waits=True)
def send_mail_job(ref: str, now: datetime) -> None:
    """`ref` is a mail's id or the first and the last of several, like 7-9, and perhaps a lane, like 7-9@3.

    The first one that does not go out ends the run: a server that is away must not keep the other jobs for
    one time-out after the other.
    """
    span, _at, lane = ref.partition("@")
    first, _dash, last = span.partition("-")
    open_ones = OutgoingMail.objects.filter(
        pk__range=(int(first), int(last or first)), status__in=[Status.QUEUED, Status.SENDING]
    )
    rests_until = own_servers().rests_until(lane) if lane else None
    if rests_until and rests_until > now and open_ones.exists():
        raise jobs.Later(rests_until)
    for mail_id in list(
        open_ones.filter(_due(now)).order_by("pk").values_list("pk", flat=True)[:MAILS_A_RUN]
    ):
        if not send_due_mail(mail_id=mail_id, now=now):
            break
    # Refused for now, on hold, or in the hands of a worker that may have died.
    if again_at := open_ones.aggregate(at=Min(Coalesce("lease_until", "next_try_at")))["at"]:
        raise jobs.Later(again_at)


def _due(now: datetime) -> Q:
    return Q(status=Status.QUEUED, next_try_at__lte=now) | Q(status=Status.SENDING, lease_until__lte=now)


def send_due_mail(*, mail_id: int, now: datetime) -> bool:
    """Tries to send; True when the server accepted it now. The first caller wins; safe to repeat."""
    claim = uuid.uuid4()
    claimed = OutgoingMail.objects.filter(_due(now), pk=mail_id).update(
        status=Status.SENDING, claim=claim, lease_until=now + lease(), tries=F("tries") + 1
    )
    if claimed != 1:
        return False
    mail = OutgoingMail.objects.get(pk=mail_id)
    mail.claim = claim
    if mail.is_in_doubt:
        words = "The desk was ended while the server was answering; the mail may have arrived."
        _leave(mail, status=Status.FAILED, doubts=mail.doubts + 1, last_error=words)
        return False
    if mail.tries > MAX_TRIES:
        _leave(mail, status=Status.FAILED, last_error=mail.last_error or "The worker died at every try.")
        return False
    return _send(mail, now, settings.EMAIL_TIMEOUT) is not None


def send_at_once(spec: MailSpec, *, patience: float, now: datetime) -> tuple[bool, str]:
    """Sends without queueing while somebody waits for it: is it out, and what the server said. One try."""
    mail = mail_row(spec, now)
    mail.status, mail.claim, mail.tries, mail.lease_until = Status.SENDING, uuid.uuid4(), 1, now + lease()
    mail.save(force_insert=True)
    said = _send(mail, now, patience)
    if said is not None:
        return True, said
    OutgoingMail.objects.filter(pk=mail.pk, status=Status.QUEUED).update(status=Status.FAILED)
    mail.refresh_from_db()
    return False, mail.last_error


class _Overtaken(Exception):
    """Our lease ran out before the final dot, and another worker claimed the mail."""


def _send(mail: OutgoingMail, now: datetime, patience: float) -> str | None:
    """The server's answer to the text, or None when the mail is not out."""
    lane, connection, is_handed_over = "", None, False

    def hand_over() -> None:
        nonlocal is_handed_over
        if _mine(mail).update(is_in_doubt=True) != 1:
            raise _Overtaken
        is_handed_over = True

    try:
        route = own_servers().route_of(mail.from_address)
        lane = route.lane if route else ""
        connection = way_out(route, patience=patience)
        connection.open()
        if isinstance(connection, SmtpBackend):
            connection.before_dot(hand_over, envelope_from=mail.envelope_from)
        else:
            hand_over()
        connection.send_messages([message_of(mail)])
    except _Overtaken:
        return None
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; ValueError: it cannot be encoded
        _failed(mail, error, lane=lane, is_handed_over=is_handed_over, now=now)
        return None
    else:
        _leave(mail, status=Status.SENT, sent_at=now, last_error="")
        if lane:
            own_servers().heard(lane, None, now)
        return connection.answer if isinstance(connection, SmtpBackend) else ""
    finally:
        if connection is not None:
            with suppress(OSError):  # a goodbye that fails changes nothing
                connection.close()


def _failed(mail: OutgoingMail, error: Exception, *, lane: str, is_handed_over: bool, now: datetime) -> None:
    is_cut = isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException)
    is_doubtful = is_handed_over and is_cut
    lane = error.lane if isinstance(error, WayBlocked) and error.lane else lane
    if lane and _is_of_server(error):
        own_servers().heard(lane, Trouble(_refuses_us(error), _words_of(error)), now)
        if not is_doubtful and now < mail.created_at + PATIENCE_WITH_SERVER:
            _wait_for_server(mail, lane, error, now)
            return
    _put_back(mail, error, is_doubtful=is_doubtful, now=now)


def _mine(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(pk=mail.pk, claim=mail.claim)


def _leave(mail: OutgoingMail, **fields: object) -> None:
    """Lets go of the mail, in one UPDATE that changes nothing when it is no longer ours."""
    is_settled = fields["status"] != Status.QUEUED
    if mail.is_secret and is_settled:
        fields |= {"text": WIPED, "html": ""}
    if _mine(mail).update(claim=None, lease_until=None, is_in_doubt=False, **fields) and is_settled:
        tell_settled(mail.kind, mail.ref)


def _words_of(error: Exception) -> str:
    """What the server said, readable."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _readable(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _readable(error.smtp_code, error.smtp_error)
    if isinstance(error, WayBlocked):
        return str(error)
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


def _is_of_server(error: Exception) -> bool:
    """Does it say something about the server and us, not about this recipient or this text?"""
    about_mail = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError)
    return not (isinstance(error, about_mail) or _is_final(error))


def _refuses_us(error: Exception) -> bool:
    """For good: somebody must change the settings. Not "come back later"."""
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused):
        return error.smtp_code >= 500
    return isinstance(error, WayBlocked) and bool(error.lane)


def _wait_for_server(mail: OutgoingMail, lane: str, error: Exception, now: datetime) -> None:
    """Its own server takes nothing from us at all: that is no failure of this mail, and uses up no try."""
    again = own_servers().rests_until(lane) or now + timedelta(seconds=5)
    _leave(mail, status=Status.QUEUED, tries=1, last_error=_words_of(error), next_try_at=again)


def _put_back(mail: OutgoingMail, error: Exception, *, is_doubtful: bool, now: datetime) -> None:
    words = _words_of(error)
    doubts = mail.doubts + is_doubtful
    delay = delay_after(mail.tries)
    if delay is None or doubts > 1 or _is_final(error):
        _leave(mail, status=Status.FAILED, last_error=words, doubts=doubts)
    else:
        _leave(mail, status=Status.QUEUED, last_error=words, doubts=doubts, next_try_at=now + delay)
