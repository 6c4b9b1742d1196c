"""Headers as programs write them: who, what about, when, which mail."""

from datetime import UTC, datetime

import pytest

from tickets.domain.mail import Address, ParsedMail, parse


def read(*lines: str | bytes, body: bytes = b"hello\n") -> ParsedMail:
    return parse(
        b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n\n" + body
    )


FROM = {
    "plain": (b"ada@acme.example", "", "ada@acme.example"),
    "with a name": (b"Ada Berg <ada@acme.example>", "Ada Berg", "ada@acme.example"),
    "quoted": (b'"Berg, Ada" <ada@acme.example>', "Berg, Ada", "ada@acme.example"),
    "a comma without quotes": (b"Berg, Ada <ada@acme.example>", "Berg, Ada", "ada@acme.example"),
    "only a family name before": (b"Berg, <ada@acme.example>", "Berg", "ada@acme.example"),
    "comment": (b"ada@acme.example (Ada Berg)", "Ada Berg", "ada@acme.example"),
    "the address in the comment": (b"Ada Berg (ada@acme.example)", "Ada Berg", "ada@acme.example"),
    "an escaped end": (b'"Ada \\" <ada@acme.example>', 'Ada "', "ada@acme.example"),
    "comment in a comment": (b"ada@acme.example (Ada (Acme) Berg)", "Ada (Acme) Berg", "ada@acme.example"),
    "comment without end": (b"ada@acme.example (Ada", "Ada", "ada@acme.example"),
    "name without angles": (b"Ada Berg ada@acme.example", "Ada Berg", "ada@acme.example"),
    "all in quotes": (b'"Ada Berg <ada@acme.example>"', "Ada Berg", "ada@acme.example"),
    "single quotes": (b"'Ada Berg' <ada@acme.example>", "Ada Berg", "ada@acme.example"),
    "angle without end": (b"Ada Berg <ada@acme.example", "Ada Berg", "ada@acme.example"),
    "double angles": (b"Ada <<ada@acme.example>>", "Ada", "ada@acme.example"),
    "two addresses": (b"Ada <ada@acme.example> <bob@acme.example>", "Ada", "ada@acme.example"),
    "angles in the name": (b"Ada <Sales> <ada@acme.example>", "Ada", "ada@acme.example"),
    "mailto": (b"Ada <mailto:ada@acme.example>", "Ada", "ada@acme.example"),
    "mailto bare": (b"mailto:ada@acme.example", "", "ada@acme.example"),
    "blanks in the address": (b"Ada < ada @acme.example >", "Ada", "ada@acme.example"),
    "escaped quotes": (
        b'"Ada \\"The Printer\\" Berg" <ada@acme.example>',
        'Ada "The Printer" Berg',
        "ada@acme.example",
    ),
    "escaped outside": (b"Ada\\, Berg <ada@acme.example>", "Ada, Berg", "ada@acme.example"),
    "quote without end": (b'"Ada Berg <ada@acme.example>', "Ada Berg", "ada@acme.example"),
    "encoded": (b"=?utf-8?q?J=C3=BCrg_M=C3=BCller?= <j@acme.example>", "Jürg Müller", "j@acme.example"),
    "comma in an encoded word": (
        b"=?utf-8?q?Berg,_Ada?= <ada@acme.example>",
        "Berg, Ada",
        "ada@acme.example",
    ),
    "encoded in quotes": (b'"=?utf-8?b?SsO8cmc=?=" <j@acme.example>', "Jürg", "j@acme.example"),
    "neighbours": (b"=?utf-8?q?J=C3=BC?= =?utf-8?q?rg?= <j@acme.example>", "Jürg", "j@acme.example"),
    "address encoded": (b"Ada <=?utf-8?q?ada=40acme.example?=>", "Ada", "ada@acme.example"),
    "address encoded bare": (b"=?utf-8?q?ada=40acme.example?=", "", "ada@acme.example"),
    "not quite encoded": (b"Ada =? <ada@acme.example>", "Ada =?", "ada@acme.example"),
    "raw UTF-8": ("Jürg <j@acme.example>".encode(), "Jürg", "j@acme.example"),
    "raw Latin-1": ("Jürg <j@acme.example>".encode("latin-1"), "Jürg", "j@acme.example"),
    "colon in the name": (b"Support: Ada <ada@acme.example>", "Support: Ada", "ada@acme.example"),
    "odd colon": (b"12: Ada <ada@acme.example>", "12: Ada", "ada@acme.example"),
    "a closing angle": (b"Ada > <ada@acme.example>", "Ada", "ada@acme.example"),
    "second of two": (b"nobody, ada@acme.example", "", "ada@acme.example"),
    "a list of nobodies": (b"undisclosed-recipients:;", "", ""),
    "a name only": (b"Ada Berg", "Ada Berg", ""),
    "nothing": (b"", "", ""),
    "empty angles": (b"<>", "", ""),
    "empty angles, name with address": (b"ada@acme.example <>", "", "ada@acme.example"),
}


@pytest.mark.parametrize(("value", "name", "email"), FROM.values(), ids=FROM.keys())
def test_the_sender_is_found(value: bytes, name: str, email: str) -> None:
    assert read(b"From: " + value).from_ == Address(name, email)


def test_a_name_is_cut_and_an_address_that_is_too_long_is_none() -> None:
    mail = read(f"From: {'A' * 300} <ada@acme.example>", f"To: Ada <{'a' * 300}@acme.example>")
    assert mail.from_ == Address("A" * 200, "ada@acme.example")
    assert mail.to == (Address("Ada", ""),)


@pytest.mark.parametrize("other", ["Reply-To", "Return-Path", "Sender"])
def test_a_mail_whose_from_names_nobody_is_from_whom_else_it_names(other: str) -> None:
    mail = read("From: Ada Berg", f"{other}: <ada@acme.example>")
    assert mail.from_ == Address("Ada Berg", "ada@acme.example")


def test_all_recipients_are_read() -> None:
    mail = read(
        "To: Desk: ada@acme.example, Bob <bob@acme.example>;", "Cc: carla@acme.example", "Cc: (nobody)"
    )
    assert [entry.email for entry in mail.to] == ["ada@acme.example", "bob@acme.example"]
    assert [entry.email for entry in mail.cc if entry.email] == ["carla@acme.example"]


def test_addresses_it_was_delivered_to_are_in_lower_case_and_single() -> None:
    mail = read(
        "Delivered-To: Support@Desk.example",
        "X-Original-To: support@desk.example",
        "Envelope-To: x@desk.example",
    )
    assert mail.delivered_to == ("support@desk.example", "x@desk.example")


@pytest.mark.parametrize(
    ("line", "path"), [("X: y", None), ("Return-Path: <>", ""), ("Return-Path: <a@b.example>", "a@b.example")]
)
def test_an_empty_return_path_differs_from_none(line: str, path: str | None) -> None:
    assert read(line).return_path == path


SUBJECTS = {
    "plain": (b"Printer", "Printer"),
    "folded": (b"Printer\n  on fire", "Printer on fire"),
    "encoded": (b"=?iso-8859-1?Q?Dr=FCcker?=", "Drücker"),
    "base64 without padding": (b"=?utf-8?B?RHLDvGNrZXI?=", "Drücker"),
    "folded between words": (b"=?utf-8?q?Dr=C3=BC?=\n =?utf-8?q?cker?=", "Drücker"),
    "a character split": (b"=?utf-8?q?Dr=C3?= =?utf-8?q?=BCcker?=", "Drücker"),
    "base64 split anywhere": (b"=?utf-8?B?RHLDv?= =?utf-8?B?GNrZXI=?=", "Drücker"),
    "base64 split without end": (b"=?utf-8?B?RHLDv?= =?utf-8?B?GNrZXI?= =?utf-8?B?Q?=", "Drücker"),
    "base64 split and cut off": (b"=?utf-8?B?RHLDv?= =?utf-8?B?GNrZX?=", "Drücke"),
    "two charsets": (b"=?utf-8?q?=C3=BC?= =?iso-8859-1?q?=FC?=", "üü"),
    "text around": (b"[T#1] =?utf-8?q?Dr=C3=BCcker?= on =?utf-8?q?fire?= now", "[T#1] Drücker on fire now"),
    "a blank before": (b" =?utf-8?q?fire?=", "fire"),
    "a language": (b"=?utf-8*de?q?Dr=C3=BCcker?=", "Drücker"),
    "8 bit inside a word": ("=?utf-8?q?Drücker?=".encode(), "Drücker"),
    "unknown charset": (b"=?x-secret?q?Dr=C3=BCcker?=", "Drücker"),
    "cut off": (b"=?utf-8?q?Dr=C3=BCcker", "Drücker"),
    "encoded twice": (b"=?utf-8?q?=3D=3Futf-8=3Fq=3FDr=3DC3=3DBCcker=3F=3D?=", "Drücker"),
    "not encoded": (b"=?what", "=?what"),
    "empty word": (b"=?utf-8?q??= x", "x"),
    "raw UTF-8": ("Drücker".encode(), "Drücker"),
    "raw cp1252": ("Drücker – neu".encode("cp1252"), "Drücker – neu"),
    "control characters": (b"=?utf-8?q?a=0D=0ABcc:_b?=", "a Bcc: b"),
    "direction characters": ("a\u202eb".encode(), "a b"),
    "NUL": (b"a\x00b", "ab"),
}


@pytest.mark.parametrize(("value", "subject"), SUBJECTS.values(), ids=SUBJECTS.keys())
def test_the_subject_is_one_readable_line(value: bytes, subject: str) -> None:
    assert read(b"Subject: " + value).subject == subject


def test_a_raw_subject_is_read_by_the_charset_of_the_mail() -> None:
    subject = "Принтер не печатает"
    mail = read(b"Subject: " + subject.encode("koi8-r"), "Content-Type: text/plain; charset=koi8-r")
    assert mail.subject == subject


def test_ids_stand_without_angles() -> None:
    mail = read(
        "Message-ID: <a@b.example>",
        "In-Reply-To: Your mail of Monday <c@d.example>",
        "References: <c@d.example>\n <e@f.example> <c@d.example>",
    )
    assert (mail.message_id, mail.in_reply_to) == ("a@b.example", ("c@d.example",))
    assert mail.references == ("c@d.example", "e@f.example")


def test_ids_without_angles_are_ids_too() -> None:
    mail = read("Message-ID: a@b.example", "References: c@d.example, e@f.example", "In-Reply-To: <>")
    assert (mail.message_id, mail.references, mail.in_reply_to) == (
        "a@b.example",
        ("c@d.example", "e@f.example"),
        (),
    )


DATES = {
    "Sat, 21 Nov 2026 10:00:00 +0100": datetime(2026, 11, 21, 9, tzinfo=UTC),
    "Sat, 21 Nov 2026 10:00:00": datetime(2026, 11, 21, 10, tzinfo=UTC),
    "yesterday": None,
    "Sat, 99 Nov 2026 10:00:00 +0100": None,
    "Sat, 21 Nov 2026 10:00:00 +9999999": None,
    "": None,
}


@pytest.mark.parametrize(("value", "date"), DATES.items(), ids=DATES.keys())
def test_a_date_has_a_zone_or_is_none(value: str, date: datetime | None) -> None:
    assert read(f"Date: {value}").date == date


STARTS = {
    "a byte order mark": b"\xef\xbb\xbf",
    "empty lines": b"\n\r\n\n",
    "an mbox line": b"From ada@acme.example Sat Nov 21 10:00:00 2026\n",
    "a quoted mbox line": b">From ada@acme.example Sat Nov 21 10:00:00 2026\n",
    "an mbox line and an empty one": b"From ada@acme.example Sat Nov 21 10:00:00 2026\n\n",
    "a line of words": b"---- Original email message ----\n",
    "several lines of words": b"Hello\n----\n\nMore\n",
    "blanks": b"  ",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS.keys())
def test_what_stands_before_the_header_is_taken_off(start: bytes) -> None:
    mail = parse(start + b"Subject: hi\nFrom: ada@acme.example\n\nhello\n")
    assert (mail.subject, mail.from_.email, mail.text) == ("hi", "ada@acme.example", "hello\n")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_all_line_ends_are_read(end: bytes) -> None:
    mail = parse(end.join((b"Subject: hi", b"From: ada@acme.example", b"", b"hello", b"you", b"")))
    assert (mail.subject, mail.text) == ("hi", "hello\nyou\n")


@pytest.mark.parametrize("raw", [b"just words\nwithout a header", b"word " * 2000, b"\n".join([b"word"] * 9)])
def test_words_without_a_header_are_the_text(raw: bytes) -> None:
    assert parse(raw).text.startswith("word" if raw[:1] == b"w" else "just words")


def test_words_with_a_colon_are_no_header() -> None:
    assert parse(b"Hello\nNote: this is all\n").text.startswith("Hello")


def test_a_header_without_an_empty_line_after_it_keeps_its_text() -> None:
    mail = parse(b"Subject: hi\nThis is one\nlong text\nwithout an empty line\nbefore it: really\n")
    assert mail.subject == "hi"
    assert "long text" in mail.text


def test_fields_after_several_lines_of_text_are_text() -> None:
    mail = parse(b"Subject: hi\nOne line\nand another\nand a third\nFrom: ada@acme.example\n\nend\n")
    assert mail.from_.email == ""
    assert mail.text.startswith("One line")


def test_a_line_without_a_colon_among_the_headers_is_passed_over() -> None:
    mail = read("Subject: hi", "no colon here", "From: ada@acme.example")
    assert (mail.subject, mail.from_.email, mail.text) == ("hi", "ada@acme.example", "hello\n")


def test_a_long_rest_of_the_header_is_text() -> None:
    assert "word" in parse(b"Subject: hi\n" + b"word " * 100).text


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_headers_are_kept_decoded(end: bytes) -> None:
    mail = parse(b"X-Ticket: =?utf-8?q?=C3=BC?=" + end + b"X-Empty:" + end + end + b"x")
    assert mail.headers == (("x-ticket", "ü"), ("x-empty", ""))


def test_authentication_results_are_read_topmost_first() -> None:
    mail = read(
        "Authentication-Results: mx.desk.example; spf=pass (ok; really) smtp.mailfrom=acme.example;",
        " dkim=fail; dkim=pass; dmarc=fail",
        "Authentication-Results: dmarc=pass",
        "Authentication-Results: mx.other.example 1; none",
    )
    assert mail.authentication == (
        ("mx.desk.example", {"spf": "pass", "dkim": "fail", "dmarc": "fail"}),
        ("", {"dmarc": "pass"}),
        ("mx.other.example", {}),
    )
