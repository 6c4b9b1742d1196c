"""Mails of a batch, read: parsed by the worker process, their files in the store, before any transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from helpdesk.core.domain.upload import HEAD_BYTES, clean_name, is_program, media_type_of
from helpdesk.core.files import keep_bytes
from helpdesk.core.models import Blob
from tickets.domain.mail.letter import Letter
from tickets.domain.mail.parsed import MailFile, ParsedMail
from tickets.domain.mail.threading import Arrival, Decision, Outcome, Reason
from tickets.models import MailIn
from tickets.services.files import StoredFile
from tickets.services.mail.journal import raw_of
from tickets.services.mail.parser import Read, read_many

MAX_FILES = 100


@dataclass(slots=True)
class Reading:
    """One claimed mail on its way through the intake. `notes` join the reasons of the decision."""

    row: MailIn
    arrival: Arrival
    letter: Letter
    files: list[StoredFile] = field(default_factory=list)
    #: What was noticed while reading; it stays when the rest has to be done again.
    noticed: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    claim: UUID | None = None
    decision: Decision = field(default_factory=lambda: Decision(Outcome.UNPARSED, ()))

    @property
    def mail(self) -> ParsedMail:
        return self.arrival.mail

    @property
    def sender(self) -> str:
        return self.arrival.sender

    def __post_init__(self) -> None:
        self.claim = self.row.claim

    def begin(self, decision: Decision) -> None:
        """What the journal will say of it; nothing of an earlier try stays."""
        self.decision, self.notes = decision, [*self.noticed]
        row = self.row
        row.claim, row.ticket, row.entry = self.claim, None, None
        row.outcome = decision.outcome.value
        row.sender, row.subject = self.sender[:254], self.mail.subject[:300]
        row.message_id = (self.mail.message_id or row.message_id)[:300]
        row.last_error = ""

    def tell(self) -> None:
        """The decision and every note, as the journal keeps them."""
        self.row.reasons = [reason._asdict() for reason in (*self.decision.reasons, *self.notes)]


def read_mails(rows: Sequence[MailIn], *, now: datetime) -> list[Reading]:
    """The mails in order; whatever cannot be read is `is_unparsed` and has the original as its file.

    So has a signed or encrypted one, beside its parts: who checks the signature needs all of it.
    """
    raws = [raw_of(row) for row in rows]
    return [_read(row, raw, read, now) for row, raw, read in zip(rows, raws, read_many(raws), strict=True)]


def _read(row: MailIn, raw: bytes, read: Read, now: datetime) -> Reading:
    mail, letter = read
    arrival = Arrival(
        mail=mail,
        mailbox=row.mailbox_id,
        envelope_from=row.envelope_from,
        envelope_to=tuple(row.envelope_to),
        trusted_authserv_id=row.mailbox.trusted_authserv_id if row.mailbox else "",
    )
    if mail.is_unparsed:
        return unreadable(row, arrival, raw, now)
    reading = Reading(row, arrival, letter)
    if mail.is_sealed:
        reading.files.append(_original(raw, now))
    for file in mail.files[:MAX_FILES]:
        _keep(reading, file, now)
    if len(mail.files) > MAX_FILES:
        reading.noticed.append(Reason("files-left-out", str(len(mail.files) - MAX_FILES)))
    return reading


def unreadable(row: MailIn, arrival: Arrival, raw: bytes, now: datetime) -> Reading:
    """A mail that becomes a ticket with the original attached, whatever is wrong with it."""
    text = arrival.mail.text[:2_000]
    return Reading(row, arrival, Letter(text, text), [_original(raw, now)] if raw else [])


def _original(raw: bytes, now: datetime) -> StoredFile:
    return StoredFile(keep_bytes(raw, now), "mail.eml", "message/rfc822", len(raw))


def _keep(reading: Reading, file: MailFile, now: datetime) -> None:
    """Programs stay in the original only (A25); so do files without content."""
    head = file.content[:HEAD_BYTES]
    name = clean_name(file.name)
    if is_program(file.name, head):
        reading.noticed.append(Reason("program-left-out", name))
    elif file.content:
        reading.files.append(
            StoredFile(
                keep_bytes(file.content, now),
                name,
                media_type_of(file.name, head),
                len(file.content),
                content_id=file.content_id[:250],
                is_inline=file.is_inline,
            )
        )


def write_blobs(readings: Iterable[Reading]) -> None:
    """The rows of the files, in the transaction that attaches them."""
    blobs = {file.blob.sha256: file.blob for reading in readings for file in reading.files}
    if blobs:
        Blob.objects.bulk_create(blobs.values(), ignore_conflicts=True)
