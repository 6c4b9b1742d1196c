"""Whatever the bytes: parse never raises, and what it returns fits into JSON and a database."""

import json
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.mail.bounce_samples import SERVERS
from tickets.domain.mail import Address, ParsedMail, fold_quote, parse
from tickets.domain.mail import __getattr__ as later

NAMES = ["From", "To", "Subject", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Date"]
NAMES += ["References", "Return-Path", "Auto-Submitted", "Authentication-Results", "Message-ID", "Content-ID"]
PIECES = [
    *(
        "multipart/mixed; boundary=b",
        "multipart/report; report-type=delivery-status; boundary=b",
        "text/html",
    ),
    *("message/rfc822", "message/delivery-status", "application/ms-tnef", "base64", "quoted-printable"),
    *("text/plain; charset=iso-2022-jp; format=flowed", "x-uuencode", "attachment; filename*0*=a", "b", " "),
    *("=?utf-8?q?=C3?=", "=?utf-8?b?w7w?=", "mailer-daemon@x.example", "<a@b.example>", "begin 644 a", "ü"),
    *("Action: failed", "Final-Recipient: rfc822; a@b.example", "550 5.1.1", "Undelivered", "--b", "--b--"),
    *('"', "(", ";", ",", "\\", "\x1b$B", "<", ">", "=", "\n", "\r\n"),
]
words = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=8).map(" ".join)
headers = st.lists(st.tuples(st.sampled_from(NAMES), words), max_size=10)


def check(raw: bytes) -> None:
    mail = parse(raw)
    assert isinstance(mail, ParsedMail)
    assert not any("Error" in problem for problem in mail.problems)
    assert "\x00" not in json.dumps(mail.as_dict(), ensure_ascii=False).encode().decode()
    assert not any(mark in mail.subject + str(mail.from_) for mark in "\r\n\x00")


@given(st.binary(max_size=600))
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    check(raw)


@given(headers, words, st.binary(max_size=100))
def test_any_headers_and_body_are_a_mail(lines: list[tuple[str, str]], body: str, end: bytes) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in lines)
    check((head + "\n" + body).encode("utf-8", "surrogatepass") + end)


@pytest.mark.parametrize(("sender", "subject", "body"), SERVERS.values(), ids=SERVERS.keys())
def test_a_damaged_mail_is_a_mail(sender: str, subject: str, body: str) -> None:
    raw = bytearray(f"From: {sender}\nSubject: {subject}\n\n{body}".encode())
    dice = random.Random(17)
    for _ in range(20):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
        check(bytes(raw))


def test_what_nobody_foresaw_is_unparsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["tickets.domain.mail.parse"], "read_tree", lambda *_: 1 / 0)
    mail = parse(b"From: a@b.example\n\nhi")
    assert (mail.is_unparsed, mail.problems) == (True, ("ZeroDivisionError: division by zero",))


def test_an_address_reads_like_in_a_letter() -> None:
    assert (str(Address("Ada", "a@b.example")), str(Address("", "a@b.example"))) == (
        "Ada <a@b.example>",
        "a@b.example",
    )


def test_the_public_face_has_the_folding_too() -> None:
    assert fold_quote("hi")[0] == "hi"
    with pytest.raises(AttributeError):
        later("nothing")
