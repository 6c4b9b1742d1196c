"""A8: mails made to hurt. Each is read within the limits or comes back as unparsed; none raises."""

import base64
import time
import tracemalloc

import pytest

from tickets.domain.mail import parse

MEGABYTE = 1024 * 1024


def nested(kind: bytes, depth: int) -> bytes:
    raw = b"From: mallory@evil.example\nSubject: deep\n"
    for level in range(depth):
        raw += b"Content-Type: " + kind.replace(b"N", b"%d" % level) + b"\n\n"
        if b"boundary" in kind:
            raw += b"--b%d\n" % level
    return raw + b"\nthe end"


def head(name: bytes, value: bytes) -> bytes:
    return b"From: mallory@evil.example\n" + name + b": " + value + b"\n\nhello\n"


def parts(count: int) -> bytes:
    return (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"
        + b"--x\n\nhi\n" * count
        + b"--x--\n"
    )


BOUNCE = b"From: mailer-daemon@x.example\nSubject: failure notice\n\n"
UU = b"begin 644 x\n" + b"#0V%T\n"
HOSTILE = {
    "30 KB of quotes in From": head(b"From", b'"' * 30_000),
    "an odd number of quotes": b"From: " + b'"' * 30_001 + b" <a@b.example>\n\n",
    "escaped quotes": b"From: " + b'\\"' * 60_000 + b"\n\n",
    "a quote after each backslash": b'From: "' + b'\\\\"' * 40_000 + b"\n\n",
    "30,000 open brackets": b"From: " + b"(" * 30_000 + b"a@b.example\n\n",
    "30,000 open angles": b"From: " + b"<" * 30_000 + b"a@b.example\n\n",
    "open angles with @": b"To: " + b"<a@" * 30_000 + b"\n\n",
    "100,000 commas": b"To: " + b"a@b.example," * 20_000 + b"\n\n",
    "20,000 encoded words": head(b"Subject", b"=?utf-8?q?a?= " * 18_000),
    "encoded words without an end": head(b"Subject", b"=?utf-8?q?a" * 20_000),
    "broken encoded words": head(b"To", b"=?utf-8?b?" * 18_000),
    "broken words in many headers": head(
        b"X: y\n" + b"To: =?utf-8?b?=D?= x\n" * 1_900 + b"Cc", b"a@b.example"
    ),
    "180,000 colons": head(b"To", b":" * 180_000),
    "colons and words": head(b"Reply-To", b"ab:" * 60_000),
    "a subject of brackets": head(b"Subject", b"(" * 30_000),
    "500 parts in no charset": head(
        b"Content-Type",
        b"multipart/mixed; boundary=x\n"
        + b"\n--x\n\n"
        + b"\n--x\n\n".join([b"\xe0\x81\xfe\xb3 \n" * 4_000] * 500),
    ),
    "a bounce of blank lines": b"From: mailer-daemon@x.example\nSubject: Undelivered mail\n\n550 failed\n"
    + b"\n" * 400_000,
    "3,000 nested multiparts": nested(b"multipart/mixed; boundary=bN", 3_000),
    "3,000 nested mails": nested(b"message/rfc822", 3_000),
    "20,000 parts": parts(20_000),
    "100,000 headers": b"X-A: b\n" * 100_000 + b"\nbody\n",
    "headers without end": b"Subject: hi\nX-A: " + b"b" * MEGABYTE,
    "folded without end": b"Subject: hi\n" + b"  x\n" * 200_000,
    "blanks in a parameter": b"Content-Type: text/plain; " + b" " * 200_000 + b"x\n\nhi",
    "parameters without names": b"Content-Type: text/plain" + b"; =" * 60_000 + b"\n\nhi",
    "sections of a parameter": b"Content-Disposition: attachment" + b"; filename*0=a" * 15_000 + b"\n\nhi",
    "quotes in a parameter": b'Content-Type: text/plain; name="' + b'a"b' * 60_000 + b"\n\nhi",
    "false boundary lines": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--xy\n" * 400_000,
    "5,000 links": b"Content-Type: text/html\n\n" + b"<a href='https://evil.example/'>x</a>" * 5_000,
    "begin without end": b"Subject: uu\n\n" + UU * 40_000,
    "open tags in a bounce": BOUNCE.replace(b"\n\n", b"\nContent-Type: text/html\n\n")
    + b"<style><" * 100_000,
    "a bounce of blanks": BOUNCE + b" \t\n" * 300_000,
    "a bounce of words": BOUNCE + b"failed mail " * 100_000,
    "a bounce of addresses": BOUNCE + b"a." * 300_000,
    "blocks of a report": b"Content-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822; a@b.example\n"
    b"Action: failed\n\n" * 20_000,
    "references": b"References: " + b"<a" * 100_000 + b"\n\n",
    "comments in results": b"Authentication-Results: " + b"((" * 50_000 + b"\n\n",
    "quoted flow": b"Content-Type: text/plain; format=flowed\n\n"
    + b">" * 500_000
    + b" \n"
    + b"> \n" * 100_000,
    "base64 of padding": b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * 500_000,
    "zeros": b"\x00" * MEGABYTE,
    "carriage returns": b"\r" * MEGABYTE,
    "line feeds": b"\n" * MEGABYTE,
    "nothing": b"",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a8_a_hostile_mail_is_read_in_time(raw: bytes) -> None:
    begin = time.process_time()
    mail = parse(raw)
    assert time.process_time() - begin < 2
    assert not any("Error" in problem for problem in mail.problems)


@pytest.mark.parametrize("name", ["3,000 nested multiparts", "20,000 parts", "100,000 headers"])
def test_a8_what_exceeds_the_caps_is_unparsed_and_says_why(name: str) -> None:
    mail = parse(HOSTILE[name])
    assert mail.is_unparsed
    assert mail.problems


def test_a8_a_mail_above_the_size_cap_still_says_who_wrote_it() -> None:
    mail = parse(b"From: ada@desk.example\nSubject: big\n\n" + b"x" * 2000, max_bytes=1000)
    assert (mail.from_.email, mail.subject, mail.is_unparsed) == ("ada@desk.example", "big", True)


def test_a8_a_large_attachment_takes_less_than_300_megabytes() -> None:
    content = base64.encodebytes(b"\x00\xff" * (9 * MEGABYTE))
    raw = (
        b"From: a@b.example\nContent-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n"
        + content
    )
    tracemalloc.start()
    mail = parse(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(mail.files[0].content) == 18 * MEGABYTE
    assert peak < 300 * MEGABYTE
