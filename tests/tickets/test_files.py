"""Files of people: names, kinds, sizes and numbers (A24, A25)."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from PIL import Image

from helpdesk.core import files
from helpdesk.core.models import Blob
from tickets.domain.kinds import AttachmentKind
from tickets.errors import TicketInvalid
from tickets.services import files as service
from tickets.services.files import store_uploads

pytestmark = pytest.mark.django_db


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(stream, "PNG")
    return stream.getvalue()


def test_files_are_kept_with_the_screenshot_first() -> None:
    stored = store_uploads(
        [SimpleUploadedFile("log.txt", b"C:\\Users\\anna\\x\t\xf0\x9f\x98\x80")],
        screenshot=SimpleUploadedFile("screen.png", png()),
    )
    assert [(f.filename, f.kind) for f in stored] == [
        ("screen.png", AttachmentKind.SCREENSHOT),
        ("log.txt", AttachmentKind.FILE),
    ]
    assert stored[0].media_type == "image/png"
    with files.open_blob(stored[1].blob) as stream:
        assert stream.read() == b"C:\\Users\\anna\\x\t\xf0\x9f\x98\x80"


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.txt", "..\\..\\win.txt", "a/b.txt", "\u202etxt.gpj"])
def test_a24_no_name_leaves_its_folder(name: str) -> None:
    upload = SimpleUploadedFile("x", b"x")
    upload._name = name  # type: ignore[attr-defined]  # past Django's own cleaning
    (stored,) = store_uploads([upload])
    assert not set(stored.filename) & set("/\\\u202e\x00")
    assert files.path_of(stored.blob.sha256).read_bytes() == b"x"


@pytest.mark.parametrize(
    ("name", "content"),
    [("setup.exe", b"x"), ("run.PS1", b"x"), ("letter.txt", b"MZ\x90\x00program"), ("empty.txt", b"")],
)
def test_a25_programs_are_refused_and_nothing_is_kept(name: str, content: bytes) -> None:
    with pytest.raises(TicketInvalid) as refused:
        store_uploads([SimpleUploadedFile("good.txt", b"good"), SimpleUploadedFile(name, content)])
    assert list(refused.value.fields or {}) == ["files"]
    assert not Blob.objects.exists()


def test_a25_a_screenshot_is_a_picture() -> None:
    with pytest.raises(TicketInvalid) as refused:
        store_uploads([], screenshot=SimpleUploadedFile("screen.png", b"<html>"))
    assert list(refused.value.fields or {}) == ["screenshot"]
    with pytest.raises(TicketInvalid) as refused:
        store_uploads([], screenshot=SimpleUploadedFile("screen.exe", b"x"))
    assert list(refused.value.fields or {}) == ["screenshot"]


def test_a25_number_and_size_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    def some(count: int) -> "list[UploadedFile[Any]]":
        return [SimpleUploadedFile(f"{i}.txt", b"0123456789") for i in range(count)]

    with pytest.raises(TicketInvalid):
        store_uploads(some(11))
    monkeypatch.setattr(service, "MAX_TOTAL_BYTES", 25)
    with pytest.raises(TicketInvalid):
        store_uploads(some(3))
    assert len(store_uploads(some(2))) == 2
