"""What a ticket may hold, without a window."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from helpdesk.core.domain import upload
from tickets.services.files import MAX_FILES, MAX_TOTAL_BYTES
from tray_agent import screen
from tray_agent.model import FileDraft, TicketDraft
from tray_agent.ui import limits
from tray_agent.ui.icon import logo, small_icon, tray_image
from tray_agent.ui.marks import ARROW, Mark, painted
from tray_agent.ui.settings import looks_like_address
from tray_agent.ui.tickets import status_words


def test_a_ticket_within_its_limits_has_no_problem() -> None:
    assert limits.problems(TicketDraft("x" * 200, "y" * 20_000)) == {}


@pytest.mark.parametrize(
    ("draft", "field", "told"),
    [
        (TicketDraft(""), "subject", "one line"),
        (TicketDraft("x" * 201), "subject", "201"),
        (TicketDraft("x", "y" * 20_001), "description", "20,001"),
        (TicketDraft("x", screenshot=bytes(9), files=(FileDraft("a", bytes(49_999_992)),)), "files", "50"),
    ],
    ids=["empty", "long subject", "long text", "too much"],
)  # fmt: skip
def test_each_limit_has_its_sentence_at_its_field(draft: TicketDraft, field: str, told: str) -> None:
    found = limits.problems(draft)
    assert list(found) == [field]
    assert told in found[field]


def test_a_file_goes_by_its_base_name(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF")
    assert limits.read_file(path, beside=[]) == FileDraft("report.pdf", b"%PDF")


def test_the_eleventh_file_stays_out(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF")
    with pytest.raises(limits.NotAdded, match="10 files"):
        limits.read_file(path, beside=[FileDraft("a", b"")] * 10)


def test_the_screenshot_counts_among_the_files(tmp_path: Path) -> None:
    nine = [FileDraft(f"{n}.txt", b"x") for n in range(9)]
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF")
    with pytest.raises(limits.NotAdded, match="10 files, its screenshot among them"):
        limits.read_file(path, beside=nine, has_picture=True)
    ten = (*nine, limits.read_file(path, beside=nine))
    assert limits.problems(TicketDraft("x", files=ten)) == {}
    assert "10 files" in limits.problems(TicketDraft("x", files=ten, screenshot=b"PNG"))["files"]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [("setup.exe", b"x", "a program"), ("invoice.exe.pdf", b"x", "a program"),
     ("a.txt", b"MZ..", "a program"), ("empty.txt", b"", "is empty")],
)  # fmt: skip
def test_what_the_desk_would_refuse_for_good_is_not_added(
    tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(limits.NotAdded, match=told):
        limits.read_file(tmp_path / name, beside=[])


def test_the_agent_and_the_desk_have_the_same_limits() -> None:
    assert (limits.FILES, limits.PROGRAMS) == (MAX_FILES, upload._PROGRAMS)
    assert max(limits.FILE_BYTES, screen.MOST_BYTES) <= upload.MAX_BYTES
    assert limits.ALL_BYTES <= MAX_TOTAL_BYTES


def test_a_picture_that_the_desk_would_not_take_gets_smaller_and_others_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    whole = screen.sendable(noise)
    with Image.open(BytesIO(whole)) as same:
        assert same.tobytes() == noise.tobytes()
    monkeypatch.setattr(screen, "MOST_BYTES", len(whole) - 1)
    with Image.open(BytesIO(screen.sendable(noise))) as smaller:
        assert smaller.size == (300, 225)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(limits.FILE_BYTES + 1)
    with pytest.raises(limits.NotAdded, match="larger than 20 MB"):
        limits.read_file(path, beside=[])
    with path.open("wb") as file:
        file.truncate(15_000_000)
    with pytest.raises(limits.NotAdded, match="50 MB together"):
        limits.read_file(path, beside=[FileDraft("a", bytes(18_000_000))] * 2)


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(limits.NotAdded, match="could not be read"):
        limits.read_file(tmp_path / "none.txt", beside=[])


@pytest.mark.parametrize(("count", "text"), [(1, "1 kB"), (45_000, "45 kB"), (2_345_678, "2.3 MB")])
def test_sizes_are_short(count: int, text: str) -> None:
    assert limits.size_text(count) == text


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("anna@acme.example", True), ("anna@acme", False), ("@acme.de", False), ("a b@c.de", False)],
)  # fmt: skip
def test_what_looks_like_an_address(text: str, is_one: bool) -> None:
    assert looks_like_address(text) is is_one


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("open", "We are on it"),
        ("processing", "We are on it"),
        ("waiting", "Your answer please"),
        ("resolved", "Solved"),
        ("closed", "Solved"),
    ],
)
def test_states_are_told_in_the_customers_words(status: str, words: str) -> None:
    assert status_words(status) == words


def test_hidden_areas_are_black_and_the_rest_is_as_it_was() -> None:
    picture = Image.new("RGB", (40, 30), "white")
    copy = painted(picture, [Mark("hide", (10, 5, 19.5, 14.5))])
    assert picture.getcolors() == [(1200, (255, 255, 255))]
    assert copy.getpixel((10, 5)) == copy.getpixel((19, 14)) == (0, 0, 0)
    assert copy.getpixel((9, 5)) == copy.getpixel((20, 14)) == (255, 255, 255)


def test_an_area_covers_all_pixels_that_it_touches_and_no_others() -> None:
    assert Mark("hide", (166.6, 133.3, 35.0, 67.3)).area((1000, 500)) == (35, 67, 167, 134)
    assert Mark("hide", (-5.0, -5.0, 4000.0, 4000.0)).area((1000, 500)) == (0, 0, 1000, 500)


def test_a_crop_leaves_the_rest_out_of_the_picture() -> None:
    picture = Image.new("RGB", (400, 300), "white")
    marks = [
        Mark("hide", (0, 0, 199.5, 300)),
        Mark("crop", (0, 0, 9.5, 9.5)),
        Mark("crop", (150, 50, 249.5, 99.5)),
    ]
    copy = painted(picture, marks)
    assert copy.size == (100, 50)
    assert sorted(copy.getcolors() or []) == [(2500, (0, 0, 0)), (2500, (255, 255, 255))]


def test_an_arrow_points_to_where_the_drag_ended() -> None:
    copy = painted(Image.new("RGB", (400, 300), "black"), [Mark("arrow", (50, 150, 300, 150))])
    red = Image.new("RGB", (1, 1), ARROW).getpixel((0, 0))
    assert copy.getpixel((60, 150)) == copy.getpixel((297, 150)) == red
    assert copy.getpixel((310, 150)) == copy.getpixel((175, 170)) == (0, 0, 0)


@pytest.mark.parametrize("size", [16, 20, 24, 32, 48])
def test_icons_have_the_size_that_was_asked_for(size: int) -> None:
    assert logo(size).size == tray_image(size, "verified").size == small_icon("check", size, "#000000").size
    assert tray_image(size, "verified").tobytes() != tray_image(size, "enabled").tobytes()
    assert tray_image(size, "waiting_for_token").tobytes() != tray_image(size, "enabled").tobytes()
