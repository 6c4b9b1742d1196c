"""The parser child: in order, within limits, and a mail that kills it is not lost."""

import io
import os
import pickle
import time
from collections.abc import Iterator

import pytest

from tickets.domain.mail import child
from tickets.domain.mail.letter import read
from tickets.services.mail import parser

RAW = b"From: ada@acme.example\nSubject: Printer %d\n\nhello\n"


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    parser.end_parser()


def raws(count: int) -> list[bytes]:
    return [RAW % number for number in range(count)]


def test_mails_are_parsed_in_order() -> None:
    assert parser.parse_many(raws(70)) == parser.parse_in_process(raws(70))


def test_mails_are_read_with_what_they_say() -> None:
    assert parser.read_many(raws(2)) == parser.read_in_process(raws(2))


def test_no_mails_need_no_child() -> None:
    assert parser.parse_many([]) == []


def test_large_mails_go_in_frames_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "FRAME_BYTES", 100)
    assert [mail.subject for mail in parser.parse_many(raws(3))] == ["Printer 0", "Printer 1", "Printer 2"]


def test_a_mail_larger_than_a_pipe_arrives_whole() -> None:
    raw = RAW + b"hello world\n" * 20_000
    assert parser.parse_many([raw]) == parser.parse_in_process([raw])


def test_a_child_that_ended_since_is_started_again() -> None:
    parser.parse_many(raws(1))
    process = parser._child._process
    assert process is not None
    process.kill()
    process.wait()
    assert parser.parse_many(raws(1))[0].subject == "Printer 0"


def test_a_child_that_dies_while_it_is_asked_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parser.parse_many(raws(1))
    process = parser._child._process
    assert process is not None
    process.kill()
    process.wait()
    monkeypatch.setattr(process, "poll", lambda: None)
    assert parser.parse_many(raws(1))[0].subject == "Printer 0"


def test_a8_a_mail_that_takes_too_long_is_unparsed_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parser.parse_many(raws(1))
    asked: list[int] = []
    ask = parser._Child.ask

    def slow(self: parser._Child, frame: list[bytes], max_seconds: float) -> list[parser.Read]:
        asked.append(len(frame))
        if any(b"Printer 1\n\nhello" in raw for raw in frame):
            raise parser.ParserFailed("the parser took too long")
        return ask(self, frame, max_seconds)

    monkeypatch.setattr(parser._Child, "ask", slow)
    first, second, third = parser.parse_many(raws(3))
    assert [first.is_unparsed, third.is_unparsed] == [False, False]
    assert (second.is_unparsed, second.problems) == (True, ("the parser took too long",))
    assert (second.subject, second.from_.email, second.text) == ("Printer 1", "ada@acme.example", "")
    assert asked == [3, 1, 1, 1, 1]


def test_a8_a_child_without_an_answer_in_time_is_killed() -> None:
    (mail,) = parser.parse_many([b"From: a@b.example\n\nx"], max_seconds=0)
    assert mail.is_unparsed
    assert mail.problems == ("the parser took too long",)


def test_a8_a_child_that_dies_of_a_mail_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "_read", lambda *_: (_ for _ in ()).throw(BrokenPipeError))
    (mail,) = parser.parse_many([b"From: a@b.example\n\nx"])
    assert mail.problems == ("the parser died: out of memory or crashed",)


def test_an_end_in_the_middle_of_an_answer_is_noticed() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"1234")
    os.close(writer)
    with pytest.raises(BrokenPipeError):
        parser._read(reader, 8, time.monotonic() + 10)
    os.close(reader)


def test_the_child_answers_frames_until_its_input_ends() -> None:
    reader, writer = os.pipe()
    frame = pickle.dumps(raws(2))
    outbox = io.BytesIO()
    with os.fdopen(reader, "rb", buffering=0) as inbox:
        os.write(writer, len(frame).to_bytes(8, "big") + frame)
        os.close(writer)
        child.serve(inbox, outbox, idle_seconds=5, max_seconds=30)
    outbox.seek(0)
    assert pickle.loads(child.read_frame(outbox)) == [read(raw) for raw in raws(2)]


def test_the_child_ends_when_it_is_idle() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as inbox:
        child.serve(inbox, io.BytesIO(), idle_seconds=0, max_seconds=30)
    os.close(writer)
