"""Mails become rows here, one or many at once; `services.mail` sends them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from helpdesk.core.domain.mail_headers import bracketed, reference_chain
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Blob, MailFile, OutgoingMail
from helpdesk.core.rows import insert_rows
from helpdesk.core.services.jobs import enqueue

Automatic = OutgoingMail.Automatic
NOWHERE = "<>"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Enclosure(NamedTuple):
    """A file that goes with a mail."""

    blob: Blob
    filename: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSpec:
    """What a mail shall be; the defaults make a notice of the desk itself.

    `message_id`, `in_reply_to` and `references` with or without their angle brackets; `hold_until`: not sent
    before, and until then it can be taken back; `copy_of`: the same letter to somebody else; `lane`: of a
    sender with a mail server of its own.
    """

    to: str
    subject: str
    text: str
    kind: str
    html: str = ""
    language: str = "en"
    to_name: str = ""
    from_address: str = ""
    from_name: str = ""
    envelope_from: str = ""
    reply_to: str = ""
    ref: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    automatic: Automatic = Automatic.NOTICE
    is_secret: bool = False
    files: Sequence[Enclosure] = ()
    hold_until: datetime | None = None
    copy_of: OutgoingMail | None = None
    resent_from: OutgoingMail | None = None
    lane: str = ""


@lru_cache(maxsize=4096)
def is_address(text: str) -> bool:
    """Exactly one e-mail address and nothing else (A9)."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


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
    """One notice of the desk; as `queue_mails_bulk`."""
    spec = MailSpec(
        to=to,
        subject=subject,
        text=text,
        html=html,
        language=language,
        reply_to=reply_to,
        kind=kind,
        ref=ref,
        is_secret=is_secret,
        files=tuple(files),
    )
    return queue_mails_bulk([spec], now=now)[0]


def queue_mails_bulk(specs: Iterable[MailSpec], *, now: datetime) -> list[OutgoingMail]:
    """Writes the mails, their files and one job per lane in the caller's transaction; they are sent after the
    commit.

    Three INSERTs however many there are, and one more for each further lane. Invalid when an address is not
    exactly one address or a subject holds a line break or another control character (A9); then nothing is
    written. `is_secret` (tokens, one-time links): text and html are wiped from the row once it is out or
    given up (A27).
    """
    wanted = list(specs)
    order = sorted(range(len(wanted)), key=lambda at: wanted[at].lane)  # the ids of a lane stand together
    rows = insert_rows([mail_row(wanted[at], now) for at in order])
    mails = [row for _at, row in sorted(zip(order, rows, strict=True), key=lambda pair: pair[0])]
    MailFile.objects.bulk_create(
        MailFile(mail=mail, **file._asdict())
        for mail, spec in zip(mails, wanted, strict=True)
        for file in spec.files
    )
    for lane, group in groupby(zip(order, rows, strict=True), key=lambda pair: wanted[pair[0]].lane):
        enqueue_mails([row for _at, row in group], lane=lane, now=now)
    return mails


def enqueue_mails(mails: Sequence[OutgoingMail], *, lane: str, now: datetime) -> None:
    """One job for these mails of one lane."""
    first, last = min(mail.pk for mail in mails), max(mail.pk for mail in mails)
    span = str(first) if first == last else f"{first}-{last}"
    run_at = min(mail.next_try_at for mail in mails)
    enqueue(kind="send_mail", ref=f"{span}@{lane}" if lane else span, now=now, run_at=run_at)


def mail_row(spec: MailSpec, now: datetime) -> OutgoingMail:
    _check(spec)
    return OutgoingMail(
        kind=spec.kind,
        ref=spec.ref,
        to=spec.to,
        to_name=_one_line(spec.to_name),
        from_address=spec.from_address,
        from_name=_one_line(spec.from_name),
        envelope_from=spec.envelope_from,
        reply_to=spec.reply_to,
        subject=spec.subject[:300],
        text=spec.text,
        html=spec.html,
        language=spec.language,
        message_id=bracketed(spec.message_id) or make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
        in_reply_to=bracketed(spec.in_reply_to),
        references=reference_chain(spec.references),
        automatic=spec.automatic,
        copy_of=spec.copy_of,
        resent_from=spec.resent_from,
        is_secret=spec.is_secret,
        hold_until=spec.hold_until,
        next_try_at=spec.hold_until or now,
        created_at=now,
    )


def _check(spec: MailSpec) -> None:
    envelope = "" if spec.envelope_from == NOWHERE else spec.envelope_from
    addresses = {"reply_to": spec.reply_to, "from_address": spec.from_address, "envelope_from": envelope}
    given = {"to": spec.to} | {field: address for field, address in addresses.items() if address}
    for field, address in given.items():
        if not is_address(address):
            raise Invalid(fields={field: _("Enter one e-mail address, like name@example.com.")})
    if _CONTROL.search(spec.subject) or not spec.subject.strip():
        raise Invalid(fields={"subject": _("Write the subject on one line.")})


def _one_line(name: str) -> str:
    return " ".join(_CONTROL.sub(" ", name).split())[:150]
