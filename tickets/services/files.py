"""Files of people, kept before the transaction that needs them: writing megabytes must not hold the writer lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from tickets.domain.kinds import AttachmentKind
from tickets.models import Attachment, Message, Ticket

from helpdesk.core import files
from helpdesk.core.models import Blob


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that passed the upload policy and lies in the store, not yet on a ticket."""

    blob: Blob
    filename: str
    media_type: str
    size: int
    kind: AttachmentKind = AttachmentKind.FILE


def store_uploads(
    uploads: Iterable[UploadedFile], *, kind: AttachmentKind = AttachmentKind.FILE
) -> list[StoredFile]:
    """Check and keep files; raises `Invalid` naming the field. Safe to repeat: equal bytes are kept once."""
    raise NotImplementedError


def attach(*, ticket: Ticket, stored: Sequence[StoredFile], message: Message | None = None) -> list[Attachment]:
    """Put stored files on a ticket or on one of its messages with one INSERT."""
    raise NotImplementedError
