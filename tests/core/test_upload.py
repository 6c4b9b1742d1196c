"""Names and kinds of files: rows A2, A24, A25 and A34."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.domain.upload import MAX_NAME, clean_name, image_type, is_program, media_type_of

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\secret.txt", "secret.txt"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        (" . hidden . ", "hidden"),
        ("Größe  1.png", "Größe 1.png"),
        ("x" * 300 + ".png", "x" * (MAX_NAME - 4) + ".png"),
        ("y" * 300, "y" * MAX_NAME),
        ("a." + "z" * 200, ("a." + "z" * 200)[:MAX_NAME]),
    ],
)
def test_a24_a34_a_name_cannot_leave_its_folder_or_deceive(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.text(max_size=400))
def test_a24_no_text_makes_a_dangerous_name(name: str) -> None:
    clean = clean_name(name)
    assert 0 < len(clean) <= MAX_NAME
    assert not set(clean) & set('/\\<>:"|?*\x00\r\n\u202e')
    assert clean not in {".", ".."}
    assert clean_name(clean) == clean


@pytest.mark.parametrize(
    "name", ["a.exe", "A.EXE", "a.exe.", "a.exe ", "a.pdf.js", "a.exe.pdf", "x/a.lnk", "a.ps1", "a.e\u202exe"]
)
def test_a25_programs_are_known_by_any_ending(name: str) -> None:
    assert is_program(name, b"hello")


@pytest.mark.parametrize("head", [b"MZ\x90\x00", b"\x7fELF\x02"])
def test_a25_programs_are_known_by_their_first_bytes(head: bytes) -> None:
    assert is_program("holiday.jpg", head)


def test_a25_ordinary_files_are_no_programs() -> None:
    assert not is_program("report.pdf", b"%PDF-1.7")
    assert not is_program("exe", b"text")


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"<svg onload=alert(1)>", None),
    ],
)
def test_a2_an_image_is_what_its_bytes_prove(head: bytes, media_type: str | None) -> None:
    assert image_type(head) == media_type


def test_a2_a_name_cannot_make_a_web_page() -> None:
    assert media_type_of("page.html", b"<script>") == "application/octet-stream"
    assert media_type_of("page.png", b"<script>") == "application/octet-stream"
    assert media_type_of("page.html", PNG) == "image/png"
    assert media_type_of("list.CSV", b"a;b") == "text/csv"
