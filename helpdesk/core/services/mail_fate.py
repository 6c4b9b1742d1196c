"""What becomes of a mail besides being sent: taken back, sent once more, come back, found lying about."""

from datetime import datetime, timedelta
from email.utils import make_msgid

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from helpdesk.core import jobs
from helpdesk.core.domain.mail_headers import domain_of
from helpdesk.core.errors import Conflict
from helpdesk.core.mailbox import own_servers, tell_settled
from helpdesk.core.models import Job, OutgoingMail
from helpdesk.core.services.jobs import enqueue
from helpdesk.core.services.mail_queue import Enclosure, MailSpec, enqueue_mails, queue_mails_bulk

Status = OutgoingMail.Status
FORGOTTEN_AFTER = timedelta(minutes=10)


class MailIsOut(Conflict):
    code = "mail-is-out"
    title = _("The mail is already on its way. It cannot be taken back any more.")


class MailNotToResend(Conflict):
    code = "mail-not-to-resend"
    title = _("This mail did not fail, or it was sent again already.")


@transaction.atomic
def cancel_mail(*, mail: OutgoingMail) -> None:
    """Takes a mail and its copies back, all or none; only while they are on hold and no worker has one.

    Of an undo and a worker exactly one wins. Raises `MailIsOut`.
    """
    letters = OutgoingMail.objects.filter(Q(pk=mail.pk) | Q(copy_of=mail.pk))
    held = letters.filter(status=Status.QUEUED, tries=0, hold_until__isnull=False)
    if held.update(status=Status.CANCELLED) != letters.count():
        raise MailIsOut  # rolls back
    mail.status = Status.CANCELLED


@transaction.atomic
def resend_mail(*, mail: OutgoingMail, now: datetime) -> OutgoingMail:
    """A new mail like one that failed or came back, and under a new Message-ID, because servers drop copies.

    The old id ends its References, so an answer finds the ticket. The first caller wins; raises
    `MailNotToResend`.
    """
    if not mail.may_be_resent:
        raise MailNotToResend
    spec = MailSpec(
        to=mail.to,
        to_name=mail.to_name,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        kind=mail.kind,
        ref=mail.ref,
        language=mail.language,
        from_address=mail.from_address,
        from_name=mail.from_name,
        envelope_from=mail.envelope_from,
        reply_to=mail.reply_to,
        message_id=make_msgid(domain=domain_of(mail.message_id)),
        in_reply_to=mail.in_reply_to,
        references=[*mail.references.split(), mail.message_id],
        automatic=OutgoingMail.Automatic(mail.automatic),
        files=[Enclosure(file.blob, file.filename, file.media_type) for file in mail.files.all()],
        copy_of=mail.copy_of,
        resent_from=mail,
        lane=own_servers().lanes_of({mail.from_address}).get(mail.from_address, ""),
    )
    try:
        with transaction.atomic():
            (again,) = queue_mails_bulk([spec], now=now)
    except IntegrityError:  # resent_from is unique
        raise MailNotToResend from None
    OutgoingMail.objects.filter(copy_of=mail).update(copy_of=again)
    return again


def mark_bounced(*, mail: OutgoingMail, words: str) -> bool:
    """The mail came back; `words` are what the other server said. True for the first caller.

    Whatever still would be done with it is not done any more.
    """
    came_back = OutgoingMail.objects.filter(pk=mail.pk).exclude(status__in=[Status.BOUNCED, Status.CANCELLED])
    if not came_back.update(
        status=Status.BOUNCED, last_error=words[:2000], claim=None, lease_until=None, is_in_doubt=False
    ):
        return False
    transaction.on_commit(lambda: tell_settled(mail.kind, mail.ref))
    return True


@jobs.each_minute
def rescue_mails(now: datetime) -> None:
    """A new job for each mail that has been due for long and whose own job is gone (its worker was killed at
    every try): the sender then sends it or gives it up, so that none stays "sending" for ever.
    """
    long_ago = now - FORGOTTEN_AFTER
    forgotten = Q(status=Status.QUEUED, next_try_at__lte=long_ago) | Q(
        status=Status.SENDING, lease_until__lte=long_ago
    )
    mails = list(OutgoingMail.objects.filter(forgotten).order_by("pk")[:100])
    if not mails:
        return
    spans = _spans_with_job()
    lanes = own_servers().lanes_of({mail.from_address for mail in mails})
    for mail in mails:
        if not any(first <= mail.pk <= last for first, last in spans):
            enqueue_mails([mail], lane=lanes.get(mail.from_address, ""), now=now)


def _spans_with_job() -> list[tuple[int, int]]:
    """The first and the last id of what the waiting jobs care for."""
    waiting = Job.objects.filter(kind="send_mail", status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    spans = [ref.partition("@")[0].partition("-") for ref in waiting.values_list("ref", flat=True)]
    return [(int(first), int(last or first)) for first, _dash, last in spans]


@transaction.atomic
def retry_mails(*, from_address: str, now: datetime) -> int:
    """Tries at once what waits for a server that was mended; how many mails. What is on hold stays so."""
    waiting = OutgoingMail.objects.filter(from_address=from_address, status=Status.QUEUED)
    mails = list(waiting.exclude(hold_until__gt=now).order_by("pk")[:1000])
    if mails:
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails], status=Status.QUEUED).update(
            next_try_at=now
        )
        lane = own_servers().lanes_of({from_address}).get(from_address, "")
        enqueue(kind="send_mail", ref=f"{mails[0].pk}-{mails[-1].pk}" + (f"@{lane}" if lane else ""), now=now)
    return len(mails)
