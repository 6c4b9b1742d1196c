"""Content-addressed files in DATA_DIR/files, outside of everything the web server serves."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NoReturn, Protocol

from django.conf import settings
from django.db.models import ForeignObjectRel
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.domain import upload
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Blob

_CHUNK = 64 * 1024


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def check_upload(name: str, size: int, head: bytes) -> str:
    """The media type to store; Invalid (field "files") for programs, empty and too big files.

    `head` is the first 512 bytes. Keep the file under `domain.upload.clean_name(name)`.
    """
    shown = upload.clean_name(name)
    if size > upload.MAX_BYTES:
        most = upload.MAX_BYTES // 2**20
        _refuse(_("%(name)s is larger than %(most)s MB.") % {"name": shown, "most": most})
    if size == 0:
        _refuse(_("%(name)s is empty.") % {"name": shown})
    if upload.is_program(name, head):
        _refuse(_("%(name)s is a program; programs are not accepted.") % {"name": shown})
    return upload.media_type_of(name, head)


def _refuse(sentence: str) -> NoReturn:
    raise Invalid(fields={"files": sentence})


def path_of(sha256: str) -> Path:
    folder: Path = settings.DATA_DIR / "files"
    return folder / sha256[:2] / sha256[2:]


def _chunks(stream: Readable, max_bytes: int) -> Iterator[bytes]:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > max_bytes:
            most = max_bytes // 2**20
            _refuse(_("A file may be at most %(most)s MB.") % {"most": most})
        yield chunk


def store(stream: Readable, *, max_bytes: int = upload.MAX_BYTES) -> Blob:
    """Writes the bytes and their row. The size is counted while reading, not believed.

    The same content is kept once. The file is on the disk (fsync) before the row is written; when the
    caller's transaction rolls back, a file without a row stays behind and does no harm.
    """
    folder: Path = settings.DATA_DIR / "files"
    folder.mkdir(mode=0o700, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, part = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in _chunks(stream, max_bytes):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        _settle(Path(part), path_of(digest.hexdigest()))
    finally:
        Path(part).unlink(missing_ok=True)
    return Blob.objects.get_or_create(
        sha256=digest.hexdigest(), defaults={"size": size, "created_at": timezone.now()}
    )[0]


def keep_bytes(content: bytes, now: datetime) -> Blob:
    """The same for bytes at hand, outside of any transaction; the row is the caller's to write, later, with
    `bulk_create(ignore_conflicts=True)`.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    if not path_of(sha256).exists():
        folder: Path = settings.DATA_DIR / "files"
        folder.mkdir(mode=0o700, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            _settle(Path(part), path_of(sha256))
        finally:
            Path(part).unlink(missing_ok=True)
    return Blob(sha256=sha256, size=len(content), created_at=now)


def _settle(part: Path, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(mode=0o700, exist_ok=True)
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_blob(blob: Blob) -> BinaryIO:
    return path_of(blob.sha256).open("rb")


def etag_of(blob: Blob) -> str:
    return f'"{blob.sha256}"'


def serve(blob: Blob, filename: str, media_type: str) -> FileResponse:
    """The file as a safe answer: a download, or inline when its first bytes prove that it is a plain image.

    Text types of the web (HTML, SVG, scripts) always become a download of plain bytes (A2).
    """
    with open_blob(blob) as stream:
        proved = upload.image_type(stream.read(upload.HEAD_BYTES))
    is_inline = media_type in upload.INLINE_TYPES and proved == media_type
    response = FileResponse(
        open_blob(blob),
        as_attachment=not is_inline,
        filename=upload.clean_name(filename),
        content_type=media_type if is_inline else upload.OTHER,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    # Kept by the browser, but asked for again each time: rights end with a sign-out (A12).
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag_of(blob)
    return response


def forget(blob: Blob) -> bool:
    """Deletes a blob, bytes and row, on which nothing hangs any more; False while something does."""
    relations = (field for field in blob._meta.get_fields(include_hidden=True) if field.auto_created)
    if any(
        relation.related_model._base_manager.filter(**{relation.field.name: blob}).exists()
        for relation in relations
        if isinstance(relation, ForeignObjectRel)
    ):
        return False
    path = path_of(blob.sha256)
    blob.delete()
    path.unlink(missing_ok=True)
    return True
