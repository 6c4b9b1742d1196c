"""Files of people, kept before the transaction: writing megabytes must not hold the writer lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from helpdesk.core import files
from helpdesk.core.domain.upload import HEAD_BYTES, clean_name
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Blob
from tickets.domain.kinds import AttachmentKind
from tickets.errors import TicketInvalid
from tickets.models import Attachment, Message, Ticket

MAX_FILES = 10
MAX_TOTAL_BYTES = 50 * 1024 * 1024
SCREENSHOT_TYPES = frozenset({"image/png", "image/jpeg"})


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that passed the upload policy and lies in the store, not yet on a ticket."""

    blob: Blob
    filename: str
    media_type: str
    size: int
    kind: AttachmentKind = AttachmentKind.FILE
    #: A picture in the text of a mail: the name by which its HTML shows it.
    content_id: str = ""
    is_inline: bool = False


def store_uploads(
    uploads: Iterable["UploadedFile[Any]"],
    *,
    screenshot: "UploadedFile[Any] | None" = None,
    field: str = "files",
) -> list[StoredFile]:
    """Check all files, then keep them; the screenshot comes first. Raises `Invalid` naming the field (A25).

    Nothing is kept unless every file passes. Safe to repeat: equal bytes are kept once.
    """
    wanted = [(upload, AttachmentKind.FILE, field) for upload in uploads]
    if screenshot is not None:
        wanted.insert(0, (screenshot, AttachmentKind.SCREENSHOT, "screenshot"))
    _check_amount([upload for upload, _kind, _field in wanted], field)
    checked = [(upload, kind, *_checked(upload, kind, name)) for upload, kind, name in wanted]
    return [_stored(upload, kind, filename, media_type) for upload, kind, filename, media_type in checked]


def attach(*, ticket: Ticket, stored: Sequence[StoredFile], message: Message | None = None) -> None:
    """Put stored files on a ticket or on one of its messages with one INSERT; none without files."""
    if stored:
        Attachment.objects.bulk_create(attachment_of(file, ticket=ticket, message=message) for file in stored)


def attachment_of(file: StoredFile, *, ticket: Ticket, message: Message | None) -> Attachment:
    """The row, not yet saved."""
    return Attachment(
        ticket=ticket,
        message=message,
        blob=file.blob,
        filename=file.filename,
        media_type=file.media_type,
        size=file.size,
        kind=file.kind,
        content_id=file.content_id,
        is_inline=file.is_inline,
    )


def _check_amount(uploads: "Sequence[UploadedFile[Any]]", field: str) -> None:
    if len(uploads) > MAX_FILES:
        raise TicketInvalid(fields={field: _("Send at most %(count)s files.") % {"count": MAX_FILES}})
    if sum(upload.size or 0 for upload in uploads) > MAX_TOTAL_BYTES:
        megabytes = MAX_TOTAL_BYTES // 1024**2
        raise TicketInvalid(fields={field: _("Send at most %(size)s MB in all.") % {"size": megabytes}})


def _checked(upload: "UploadedFile[Any]", kind: AttachmentKind, field: str) -> tuple[str, str]:
    """(safe name, media type) by the policy; the error stands at the caller's field."""
    name = upload.name or ""
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    try:
        media_type = files.check_upload(name, upload.size or 0, head)
    except Invalid as problem:
        raise TicketInvalid(fields={field: " ".join((problem.fields or {}).values())}) from problem
    if kind is AttachmentKind.SCREENSHOT and media_type not in SCREENSHOT_TYPES:
        raise TicketInvalid(fields={field: _("Send the screenshot as PNG or JPEG.")})
    return clean_name(name), media_type


def _stored(upload: "UploadedFile[Any]", kind: AttachmentKind, filename: str, media_type: str) -> StoredFile:
    blob = files.store(upload)
    return StoredFile(blob, filename, media_type, blob.size, kind)
