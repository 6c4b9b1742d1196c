import sqlite3
from pathlib import Path

import pytest

from tray_agent.model import FileDraft, TicketDraft, base_name
from tray_agent.outbox import Outbox

DRAFT = TicketDraft(
    "Printer", "No paper", "high", b"PNG", (FileDraft("a.txt", b"A"), FileDraft("b.txt", b"B"))
)


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.db")


def test_what_was_put_comes_back_whole_from_another_process_too(outbox: Outbox, tmp_path: Path) -> None:
    id_ = outbox.put(DRAFT, now=1)
    entry = Outbox(tmp_path / "outbox.db").next(now=1)
    assert entry is not None
    assert (entry.id, entry.draft, entry.tries) == (id_, DRAFT, 0)


def test_the_oldest_goes_first_and_a_postponed_one_lets_the_others_pass(outbox: Outbox) -> None:
    first, second = outbox.put(TicketDraft("1"), now=1), outbox.put(TicketDraft("2"), now=2)
    entry = outbox.next(now=3)
    assert entry is not None
    assert entry.id == first
    outbox.postpone(first, until=100)
    entry = outbox.next(now=3)
    assert entry is not None
    assert entry.id == second
    outbox.postpone(second, until=50)
    assert outbox.next(now=49) is None
    assert outbox.next_try_at() == 50
    outbox.hurry()
    entry = outbox.next(now=3)
    assert entry is not None
    assert (entry.id, entry.tries) == (first, 1)


def test_what_the_server_has_leaves_no_trace_on_the_disk(outbox: Outbox, tmp_path: Path) -> None:
    id_ = outbox.put(TicketDraft("Printer", screenshot=b"SECRET-PIXELS" * 1000), now=1)
    outbox.remove(id_)
    assert outbox.counts() == (0, 0)
    assert outbox.next_try_at() is None
    assert outbox.refusal_of(id_) is None
    assert not any(b"SECRET-PIXELS" in path.read_bytes() for path in tmp_path.iterdir())


def test_a_refused_one_is_kept_with_its_reason_and_not_tried_again(outbox: Outbox) -> None:
    id_, other = outbox.put(DRAFT, now=1), outbox.put(TicketDraft("Other"), now=2)
    outbox.refuse(id_, reason="Too long.")
    assert outbox.refusals() == [("Printer", "Too long.")]
    assert (outbox.refusal_of(id_), outbox.refusal_of(other)) == ("Too long.", "")
    assert outbox.counts() == (1, 1)
    outbox.refuse(other, reason="")
    assert outbox.next(now=9) is None


def test_an_entry_that_cannot_be_read_any_more_does_not_hold_the_others(tmp_path: Path) -> None:
    """As after an administrator has reset the Windows password: DPAPI refuses the old ones."""
    path = tmp_path / "outbox.db"

    def unseal(data: bytes) -> bytes:
        if data.startswith(b"old"):
            raise OSError("another key")
        return data

    lost = Outbox(path, seal=lambda data: b"old" + data, unseal=unseal).put(DRAFT, now=1)
    outbox = Outbox(path, unseal=unseal)
    good = outbox.put(TicketDraft("New"), now=2)
    entry = outbox.next(now=3)
    assert entry is not None
    assert entry.id == good
    assert outbox.refusal_of(lost)
    assert [subject for subject, _reason in outbox.refusals()] == ["?"]


def test_content_is_sealed_where_the_platform_can(tmp_path: Path) -> None:
    def flipped(data: bytes) -> bytes:
        return bytes(255 - byte for byte in data)

    outbox = Outbox(tmp_path / "outbox.db", seal=flipped, unseal=flipped)
    outbox.put(TicketDraft("CONFIDENTIAL", screenshot=b"PIXELS", files=(FileDraft("f", b"BYTES"),)), now=1)
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(word in raw for word in (b"CONFIDENTIAL", b"PIXELS", b"BYTES"))
    entry = outbox.next(now=1)
    assert entry is not None
    assert entry.draft.subject == "CONFIDENTIAL"


def test_a_put_that_fails_leaves_nothing_half_done(outbox: Outbox, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "outbox.db") as db:
        db.execute("DROP TABLE file")
    db.close()
    with pytest.raises(sqlite3.OperationalError):
        outbox.put(DRAFT, now=1)
    with sqlite3.connect(tmp_path / "outbox.db") as db:
        assert db.execute("SELECT count(*) FROM ticket").fetchone() == (0,)
    db.close()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("report.txt", "report.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x", "x"),
        ("C:\\x", "x"),
        ("C:x", "x"),
        ("/tmp/a\nb\u202e.txt", "ab.txt"),
        ("dir/", "file"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_file_names_are_reduced_to_base_names(given: str, kept: str) -> None:
    """A34."""
    assert base_name(given) == kept
    assert FileDraft(given, b"").name == kept


def test_names_that_were_stored_otherwise_are_reduced_when_read(outbox: Outbox, tmp_path: Path) -> None:
    """A34: the outbox is a file that others may have written."""
    id_ = outbox.put(TicketDraft("x"), now=1)
    with sqlite3.connect(tmp_path / "outbox.db") as db:
        db.execute("INSERT INTO file VALUES (?, 0, '..\\..\\x', x'00')", (id_,))
    db.close()
    entry = outbox.next(now=1)
    assert entry is not None
    assert entry.draft.files[0].name == "x"


@pytest.mark.parametrize("what", ["header", "pages"])
def test_a_damaged_file_is_put_aside_and_the_agent_can_go_on(tmp_path: Path, what: str) -> None:
    path = tmp_path / "outbox.db"
    outbox = Outbox(path)
    assert outbox.damaged is None
    outbox.put(TicketDraft("Printer", screenshot=b"x" * 100_000), now=1)
    content = path.read_bytes()
    at = 0 if what == "header" else 4096
    path.write_bytes(content[:at] + b"#" * 8000 + content[at + 8000 :])
    again = Outbox(path)
    assert again.damaged is not None
    assert again.damaged.read_bytes()[at : at + 8000] == b"#" * 8000
    again.put(DRAFT, now=2)
    assert Outbox(path).counts() == (1, 0)


def test_a_clock_that_was_set_back_keeps_no_ticket_waiting_for_years(outbox: Outbox) -> None:
    day = 86_400.0
    id_ = outbox.put(DRAFT, now=20_000 * day)
    outbox.postpone(id_, until=20_000 * day + 60)
    assert outbox.next(now=20_000 * day) is None
    entry = outbox.next(now=10_000 * day)
    assert entry is not None
    assert entry.id == id_
