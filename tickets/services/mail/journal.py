"""The journal: every mail is a row, bytes and all, before anybody looks at it.

What was stored is durable: the sender may be told so. A claim is one conditional UPDATE with a lease, and
what became of a mail is written in the transaction that made it, under that claim: so a worker that is killed
at any statement leaves a mail that is due again, or one that is done, and never a ticket twice.
"""

import hashlib
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Model, Q

from helpdesk.core import jobs
from helpdesk.core.files import path_of, store
from helpdesk.core.models import Job
from helpdesk.core.rows import converter_of
from helpdesk.core.services.jobs import enqueue
from tickets.domain.mail.headers import one_line
from tickets.domain.mail.ids import raw_message_id
from tickets.models import Mailbox, MailIn

JOB = "take_mail"
LEASE = timedelta(minutes=5)
#: Bigger mails are files: a table full of long rows is slow to copy and to back up.
MAX_INLINE_BYTES = 256 * 1024
MAX_BATCH_BYTES = 16 * 1024 * 1024
MAX_RAW_BYTES = 60 * 1024 * 1024
Status = MailIn.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """A mail as a server, a mailbox or a pipe handed it over."""

    raw: bytes
    source: str
    mailbox: Mailbox | None = None
    envelope_from: str = ""
    envelope_to: Sequence[str] = field(default_factory=tuple)


def store_raw(
    *,
    raw: bytes,
    source: str,
    mailbox: Mailbox | None = None,
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
    now: datetime,
) -> MailIn:
    """Keep one mail; when this returns, it is on the disk and will be taken. Safe to repeat: the same bytes
    for the same mailbox are kept once and the first row comes back. OSError or a DatabaseError: not kept.
    """
    mail = RawMail(
        raw=raw, source=source, mailbox=mailbox, envelope_from=envelope_from, envelope_to=envelope_to
    )
    return store_many(mails=[mail], now=now)[0]


def store_many(*, mails: Sequence[RawMail], now: datetime) -> list[MailIn]:
    """The same for many mails in one transaction: all are kept, or none. In the order given."""
    rows = [_row(mail, now) for mail in mails]
    keys = [row.key for row in rows]
    with transaction.atomic():
        MailIn.objects.bulk_create(rows, ignore_conflicts=True)
        wake_worker(now=now)
    kept = {row.key: row for row in MailIn.objects.filter(key__in=keys).defer("raw")}
    return [kept[key] for key in keys]


def _row(mail: RawMail, now: datetime) -> MailIn:
    sha256 = hashlib.sha256(mail.raw).hexdigest()
    mailbox = mail.mailbox.pk if mail.mailbox else 0
    message_id = raw_message_id(mail.raw)
    # A repeated delivery has its Message-ID. Without one, two equal mails may well be two mails; an IMAP
    # folder, however, shows the same ones again when its UIDs have changed.
    again = "" if message_id or mail.source == MailIn.Source.IMAP else f":{uuid.uuid4().hex}"[:20]
    is_long = len(mail.raw) > MAX_INLINE_BYTES
    return MailIn(
        key=f"{mailbox}:{sha256}{again}",
        sha256=sha256,
        size=len(mail.raw),
        raw=None if is_long else mail.raw,
        blob=store(BytesIO(mail.raw), max_bytes=MAX_RAW_BYTES) if is_long else None,
        source=mail.source,
        mailbox=mail.mailbox,
        envelope_from=one_line(mail.envelope_from).lower()[:320],
        envelope_to=[one_line(address).lower()[:320] for address in mail.envelope_to],
        message_id=one_line(message_id)[:300],
        received_at=now,
        next_try_at=now,
    )


def raw_of(mail: MailIn) -> bytes:
    """The bytes as they arrived."""
    if mail.raw is not None:
        return bytes(mail.raw)
    return path_of(str(mail.blob_id)).read_bytes()


def wake_worker(*, now: datetime) -> None:
    """See to it that a job takes the mails that are due when this transaction ends; one job is enough.

    The conditional UPDATE keeps a worker from claiming the queued job before the caller's mails are there.
    """
    queued = Job.objects.filter(kind=JOB, status=Job.Status.QUEUED)
    waiting = queued.values_list("pk", "run_at").first()
    if waiting is None or not queued.filter(pk=waiting[0]).update(run_at=min(waiting[1], now)):
        enqueue(kind=JOB, ref="", now=now)
    elif waiting[1] > now:
        job_id = waiting[0]
        transaction.on_commit(lambda: jobs.wake(job_id))


def _due(now: datetime) -> Q:
    return Q(status=Status.NEW, next_try_at__lte=now) | Q(status=Status.WORKING, lease_until__lte=now)


_WORKED_ON = (
    "claim", "tries", "mailbox", "envelope_from", "envelope_to", "message_id", "last_error", "raw", "blob",
)  # fmt: skip


def claim_due(*, now: datetime, limit: int) -> list[MailIn]:
    """Up to `limit` due mails, now ours and nobody else's for LEASE. Mails tried before come alone, so that
    one that kills its worker takes no other with it.
    """
    due = MailIn.objects.filter(_due(now))
    sizes = due.values_list("pk", "size")
    ids = _fitting(sizes.filter(tries=0).order_by("id")[:limit] or sizes.order_by("tries", "id")[:1])
    if not ids:
        return []
    claim = uuid.uuid4()
    MailIn.objects.filter(_due(now), pk__in=ids).update(
        status=Status.WORKING, claim=claim, lease_until=now + LEASE, tries=F("tries") + 1
    )
    mails = list(MailIn.objects.filter(pk__in=ids, claim=claim).only(*_WORKED_ON).order_by("id"))
    boxes = Mailbox.objects.in_bulk({mail.mailbox_id for mail in mails if mail.mailbox_id})
    for mail in mails:  # one object a mailbox, not one a mail
        mail.mailbox = boxes.get(mail.mailbox_id)
    return mails


def _fitting(sizes: Iterable[tuple[int, int]]) -> list[int]:
    """As many mails as fit into the memory of one batch, but at least one."""
    ids: list[int] = []
    total = 0
    for pk, size in sizes:
        total += size
        if ids and total > MAX_BATCH_BYTES:
            break
        ids.append(pk)
    return ids


class ClaimLost(Exception):
    """Our lease ran out meanwhile, and somebody else has the mail."""


_SETTLED = (
    "status", "claim", "lease_until", "sender", "subject", "message_id",
    "outcome", "reasons", "ticket", "entry", "done_at", "last_error",
)  # fmt: skip


def settle(mails: Collection[MailIn], *, now: datetime, status: str = Status.DONE) -> None:
    """Write what became of these mails, in the caller's transaction. Raises `ClaimLost` for any not ours."""
    claims = [mail.claim for mail in mails]
    for mail in mails:
        mail.status, mail.claim, mail.lease_until, mail.done_at = status, None, None, now
    if _update_many(mails, _SETTLED, claims) != len(mails):
        raise ClaimLost


def _update_many(rows: Iterable[Model], names: Sequence[str], claims: Sequence[uuid.UUID | None]) -> int:
    """One prepared UPDATE for all rows that still hold their claim: Django's own has a query a row."""
    known = {field.name: field for field in MailIn._meta.concrete_fields}
    columns = [(known[name].attname, converter_of(known[name])) for name in names]
    sets = ", ".join(f"{known[name].column} = %s" for name in names)
    claim_of = converter_of(known["claim"]) or str
    sql = f"UPDATE {MailIn._meta.db_table} SET {sets} WHERE id = %s AND claim = %s AND status = 'working'"  # noqa: S608

    def params(row: Model, claim: uuid.UUID | None) -> list[Any]:
        values = [(getattr(row, name), convert) for name, convert in columns]
        return [
            *(value if value is None or convert is None else convert(value) for value, convert in values),
            row.pk,
            claim_of(claim),
        ]

    with connection.cursor() as cursor:
        cursor.executemany(sql, [params(row, claim) for row, claim in zip(rows, claims, strict=True)])
        return int(cursor.rowcount)


def fail(mail: MailIn, *, words: str, now: datetime) -> None:
    """Nothing worked: the journal shows it, and a person may have it tried again."""
    MailIn.objects.filter(pk=mail.pk, claim=mail.claim, status=Status.WORKING).update(
        status=Status.FAILED, claim=None, lease_until=None, last_error=words, done_at=now
    )


def try_again(*, mail: MailIn, now: datetime) -> bool:
    """A failed mail is due again, as if it had just come; True for the first caller."""
    with transaction.atomic():
        rows = MailIn.objects.filter(pk=mail.pk, status=Status.FAILED).update(
            status=Status.NEW, tries=0, next_try_at=now, last_error="", done_at=None
        )
        if rows:
            wake_worker(now=now)
    return rows == 1


def put_back(mail: MailIn, *, words: str, run_at: datetime, counts: bool) -> None:
    """Let go of a mail that could not be taken; `counts`: the failure was the mail's, not the house's."""
    MailIn.objects.filter(pk=mail.pk, claim=mail.claim, status=Status.WORKING).update(
        status=Status.NEW,
        claim=None,
        lease_until=None,
        next_try_at=run_at,
        last_error=words,
        tries=F("tries") if counts else F("tries") - 1,
    )


def release_claims(*, now: datetime) -> None:
    """For the start of a process that alone takes mail: what a killed one had claimed is due at once."""
    MailIn.objects.filter(status=Status.WORKING).update(lease_until=now)


def next_due(now: datetime) -> datetime | None:
    """When the next mail that is not done may be taken; None without one."""
    waiting = MailIn.objects.filter(status=Status.NEW).order_by("next_try_at").values_list("next_try_at")
    working = MailIn.objects.filter(status=Status.WORKING).order_by("lease_until").values_list("lease_until")
    times = [row[0] for rows in (waiting, working) for row in rows[:1] if row[0]]
    return min(times, default=None)
