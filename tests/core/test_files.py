"""Rows A2, A24 and A25: what comes in as a file and how it goes out."""

import io
import stat
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from helpdesk.core import files
from helpdesk.core.domain.upload import MAX_BYTES
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Blob

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def stored() -> list[Path]:
    return [path for path in (settings.DATA_DIR / "files").rglob("*") if path.is_file()]


def test_the_same_content_is_kept_once() -> None:
    first, second = files.store(io.BytesIO(b"hello")), files.store(io.BytesIO(b"hello"))
    assert first == second == Blob.objects.get()
    assert str(first) == first.sha256[:12]
    assert first.size == 5
    (path,) = stored()
    assert path == files.path_of(first.sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with files.open_blob(first) as stream:
        assert stream.read() == b"hello"


def test_a25_the_size_is_counted_and_not_believed() -> None:
    with pytest.raises(Invalid):
        files.store(io.BytesIO(b"x" * 101), max_bytes=100)
    assert stored() == []
    assert not Blob.objects.exists()


@pytest.mark.parametrize(
    ("name", "size", "head"), [("big.png", MAX_BYTES + 1, PNG), ("none.txt", 0, b""), ("run.exe", 9, b"MZ")]
)
def test_a25_too_big_empty_and_programs_are_refused_with_their_name(
    name: str, size: int, head: bytes
) -> None:
    with pytest.raises(Invalid) as caught:
        files.check_upload(f"C:\\{name}", size, head)
    assert name in (caught.value.fields or {})["files"]


def test_a_good_file_gets_its_type() -> None:
    assert files.check_upload("shot.bin", 28, PNG) == "image/png"


def test_a_proved_image_is_shown_in_the_page() -> None:
    response = files.serve(files.store(io.BytesIO(PNG)), "shot.png", "image/png")
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == 'inline; filename="shot.png"'
    assert response.getvalue() == PNG
    response.close()


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"<script>alert(1)</script>", "page.html", "text/html"),
        (b"<svg onload=alert(1)>", "logo.svg", "image/svg+xml"),
        (b"<script>", "shot.png", "image/png"),
        (b"<?php", "a.png.pht", "application/x-php"),
        (PNG, "shot.png", "text/html"),
        (b"%PDF-1.7", "a.pdf", "application/pdf"),
    ],
)
def test_a2_everything_else_is_a_download_of_plain_bytes(content: bytes, name: str, media_type: str) -> None:
    response = files.serve(files.store(io.BytesIO(content)), name, media_type)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"].startswith("private")
    response.close()


def test_a24_the_name_in_the_answer_is_clean_too() -> None:
    response = files.serve(files.store(io.BytesIO(b"x")), '../a"\r\nX-Evil: 1.txt', "text/plain")
    assert "X-Evil" not in response
    assert "/" not in response["Content-Disposition"]
    response.close()
