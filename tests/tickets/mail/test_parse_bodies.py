"""Texts and files out of mails of every shape."""

import base64
from types import SimpleNamespace

import pytest

from tests.tickets.mail.letters import PDF, html, multi, names, single, text
from tickets.domain.mail import MailFile, parse, tnef


def test_alternatives_give_one_text_and_one_html() -> None:
    mail = multi("alternative", text("hi"), html("<p>hi</p>"), text("hi again"), html("<p>again</p>"))
    assert (mail.text, mail.html, mail.files) == ("hi", "<p>hi</p>", ())


def test_what_else_stands_among_alternatives_is_a_file() -> None:
    mail = multi("alternative", text("hi"), "Content-Type: text/calendar\n\nBEGIN:VCALENDAR", PDF)
    assert names(mail) == ["calendar.ics", "a.pdf"]


def test_texts_around_a_picture_are_joined() -> None:
    mail = multi("mixed", text("before"), "Content-Type: image/png\n\nPNG", text("after"))
    assert (mail.text, names(mail)) == ("before\nafter", ["image.png"])


def test_a_picture_of_an_html_mail_is_inline() -> None:
    mail = multi("related", html("<img src='cid:a@b'>"), "Content-Type: image/png\nContent-ID: <a@b>\n\nPNG")
    assert mail.files == (MailFile("a.png", "image/png", b"PNG", "a@b", is_inline=True),)


def test_a_picture_that_calls_itself_an_attachment_is_none_inline() -> None:
    part = "Content-Type: image/png\nContent-ID: <a@b>\nContent-Disposition: attachment; filename=a.png\n\n"
    assert not multi("related", html("<p>"), part).files[0].is_inline


def test_a_root_that_is_a_file_is_one() -> None:
    mail = parse(PDF.encode())
    assert (mail.text, mail.files) == ("", (MailFile("a.pdf", "application/pdf", b"PDF"),))


def test_a_named_text_is_a_file() -> None:
    attached = text("x", "\nContent-Disposition: attachment")
    mail = multi("mixed", text("hi"), text("log", "; name=log.txt"), attached)
    assert (mail.text, names(mail)) == ("hi", ["log.txt", "document.txt"])


def test_a_text_with_a_file_name_is_a_file_even_inline() -> None:
    assert names(multi("mixed", text("hi", "\nContent-Disposition: inline; filename=a.txt"))) == ["a.txt"]


def test_a_mail_is_told_as_json_too() -> None:
    told = multi("mixed", text("hi"), PDF).as_dict()
    assert told["text"] == "hi"
    assert told["attachments"] == [
        {"name": "a.pdf", "size": 3, "type": "application/pdf", "md5": "bcd1b68617759b1dfcff0403a6b5a8d1"}
    ]


def test_the_first_html_is_the_body_even_with_a_name() -> None:
    mail = multi("mixed", html("<p>hi</p>", "; name=mail.html"), html("<p>other</p>", "; name=other.html"))
    assert (mail.html, names(mail)) == ("<p>hi</p>", ["other.html"])


def test_a_forwarded_mail_is_one_file_under_its_subject() -> None:
    inner = (
        "Subject: Re: A/B\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ninner\n--c\n" + PDF + "\n--c--"
    )
    mail = multi("mixed", text("see below"), "Content-Type: message/rfc822\n\n" + inner)
    assert (mail.text, names(mail)) == ("see below", ["Re: A-B.eml"])
    assert mail.files[0].content.startswith(b"Subject: Re: A/B")


def test_a_forwarded_mail_without_subject_or_with_a_name_has_a_name() -> None:
    bare = "Content-Type: message/rfc822\n\nFrom: a@b.example\n\nhi"
    named = "Content-Type: message/rfc822; name=old.eml\n\nSubject: x\n\nhi"
    assert names(multi("mixed", bare, named)) == ["mail.eml", "old.eml"]


def test_the_parts_of_a_digest_are_mails() -> None:
    assert names(multi("digest", "\nSubject: one\n\nhi", "\nSubject: two\n\nhi")) == ["one.eml", "two.eml"]


def test_a_signature_is_a_file() -> None:
    mail = multi("signed; protocol=x", text("hi"), "Content-Type: application/pgp-signature\n\n-----BEGIN")
    assert (mail.text, names(mail)) == ("hi", ["signature.asc"])


def test_enriched_text_is_read_when_nothing_else_is_there() -> None:
    part = "Content-Type: text/enriched\n\n<bold>hi</bold> <<you"
    assert multi("mixed", part).text == "hi <you"
    assert len(multi("mixed", text("hi"), part).files) == 1


def test_html_labelled_as_plain_stays_as_it_is() -> None:
    assert single("Content-Type: text/plain", b"<html><body>hi</body></html>").text.startswith("<html>")


def test_a_text_alone_is_the_body_whatever_its_name() -> None:
    assert single("Content-Disposition: inline; filename=a.txt", b"hi").text == "hi"


def test_html_with_a_file_name_is_the_body_if_it_is_the_first() -> None:
    part = html("<p>hi</p>", "\nContent-Disposition: inline; filename=a.html")
    mail = multi("mixed", part, part)
    assert (mail.html, names(mail)) == ("<p>hi</p>", ["a.html"])


def test_what_is_made_for_other_screens_is_passed_over() -> None:
    mail = multi("alternative", text("hi"), "Content-Type: text/x-amp-html\n\n<html amp>", html("<p>hi</p>"))
    assert (mail.text, mail.html, mail.files) == ("hi", "<p>hi</p>", ())


def test_a_blank_text_counts_as_none() -> None:
    assert multi("alternative", text(" \n"), html("<p>hi</p>")).text == ""


@pytest.mark.parametrize("kind", ["text", "foo", "text/plain; charset", "TEXT/PLAIN", "text / plain", ""])
def test_an_unclear_type_is_text(kind: str) -> None:
    assert single(f"Content-Type: {kind}", b"hi").text == "hi"


def test_html_alone_as_type_is_html() -> None:
    assert single("Content-Type: html", b"<p>hi").html == "<p>hi"


def test_a_wild_multipart_is_read() -> None:
    assert multi("*", text("hi")).text == "hi"


def test_a_multipart_without_a_boundary_finds_its_parts() -> None:
    parts = b"--=_x\nContent-Type: text/plain\n\nhi\n--=_x\nContent-Type: text/html\n\n<p>\n--=_x--\n"
    mail = single("Content-Type: multipart/mixed", parts)
    assert (mail.text, mail.html) == ("hi", "<p>")


def test_a_multipart_without_parts_is_text() -> None:
    assert single("Content-Type: multipart/mixed; boundary=b", b"only words").text == "only words"


def test_a_multipart_without_an_end_is_read() -> None:
    assert single("Content-Type: multipart/mixed; boundary=b", b"--b\n\nhi\n--b\n\nyou").text == "hi\nyou"


def test_lines_that_only_begin_like_a_boundary_are_text() -> None:
    mail = single("Content-Type: multipart/mixed; boundary=b", b"--b\n\nhi --b\n--bc\n--b \n\nyou\r\n--b--")
    assert mail.text == "hi --b\n--bc\nyou"


def test_parts_without_headers_are_text() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b--\r\n"
    assert parse(raw).text == "hi"


def test_an_empty_part_is_nothing() -> None:
    assert multi("mixed", text("hi"), "Content-Type: image/png\n\n", "").files[:1] != ()
    assert multi("mixed", b"").text == ""


NAMES = {
    "Content-Disposition": ("filename=a.bin", "a.bin"),
    "Content-Type only": ("Content-Type: application/x; name=a.bin", "a.bin"),
    "filename in Content-Type": ("Content-Type: application/x; filename=a.bin", "a.bin"),
    "name in Content-Disposition": ("name=a.bin", "a.bin"),
    "no semicolons": ("Content-Type: application/x charset=utf-8 name=a.bin", "a.bin"),
    "no type": ("Content-Type: name=a.bin\nContent-Disposition: attachment", "a.bin"),
    "RFC 2231": ("filename*=utf-8''%C3%BC%20b.bin", "ü b.bin"),
    "RFC 2231 in sections": ("filename*1*=%BC.bin; filename*0*=utf-8''%C3", "ü.bin"),
    "RFC 2231 plain sections": ('filename*0="a"; filename*1="b.bin"', "ab.bin"),
    "RFC 2231 as plain": ("filename=utf-8''%C3%BC.bin", "ü.bin"),
    "RFC 2231 with an odd key": ("filename**=x; filename=a.bin", "a.bin"),
    "RFC 2047": ('filename="=?utf-8?q?=C3=BC.bin?="', "ü.bin"),
    "RFC 2047 folded": ('filename="=?utf-8?q?=C3=BC?=\n =?utf-8?q?=C3=B6.bin?="', "üö.bin"),
    "percent signs": ("filename=a%20b.bin", "a b.bin"),
    "a percent sign": ('filename="100% sure.bin"', "100% sure.bin"),
    "raw UTF-8": ("filename=ü.bin", "ü.bin"),
    "blanks": ("filename=a b.bin", "a b.bin"),
    "quotes in quotes": ('filename="a "b" c.bin"', 'a "b" c.bin'),
    "escaped quotes": ('filename="a \\"b\\".bin"', 'a "b".bin'),
    "a path": ("filename=../../etc/a.bin", "a.bin"),
    "a Windows path": ('filename="C:\\temp\\a.bin"', "a.bin"),
    "direction": ("filename=a\u202egpj.exe", "a gpj.exe"),
    "Content-Location": ("Content-Type: image/png\nContent-Location: pics/a.png?x=1", "a.png"),
    "a web address": ("Content-Type: image/png\nContent-Location: https://x.example/a", "image.png"),
    "Content-Description": ("Content-Type: image/png\nContent-Description: Our logo", "Our logo.png"),
    "Content-ID": ("Content-Type: image/png\nContent-ID: <a.png@x>", "a.png"),
    "only dots": ("Content-Type: image/png; name=..", "image.png"),
    "nothing": ("Content-Type: application/x-unheard", "file.bin"),
}


@pytest.mark.parametrize(("headers", "name"), NAMES.values(), ids=NAMES.keys())
def test_a_file_has_a_safe_name(headers: str, name: str) -> None:
    if not headers.startswith("Content-"):
        headers = f"Content-Disposition: attachment; {headers}"
    assert names(multi("mixed", text("hi"), headers + "\n\nx")) == [name]


LONG = {"a" * 300 + ".pdf": ".pdf", "a" * 300: "aaa", "a." + "b" * 300: "bbb"}


@pytest.mark.parametrize(("long", "kept"), LONG.items())
def test_a_long_name_is_cut_before_its_extension(long: str, kept: str) -> None:
    (name,) = names(multi("mixed", f"Content-Type: application/pdf; name={long}\n\nx"))
    assert len(name) <= 200
    assert name.endswith(kept)


def _tnef(*attributes: tuple[int, int, bytes]) -> str:
    raw = b"\x78\x9f\x3e\x22\x01\x00"
    for level, name, data in attributes:
        raw += bytes([level]) + name.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data
        raw += (sum(data) & 0xFFFF).to_bytes(2, "little")
    return base64.b64encode(raw).decode()


BODY, RENDERING, TITLE, DATA = 0x0002800C, 0x00069002, 0x00018010, 0x0006800F
WRAPPED = _tnef(
    (1, BODY, b"Hello from Outlook\r\n\x00"),
    (2, RENDERING, b"\x01\x00" + b"\x00" * 12),
    (2, TITLE, b"plan.txt\x00"),
    (2, DATA, b"the plan"),
    (2, RENDERING, b"\x01\x00" + b"\x00" * 12),
    (2, TITLE, b"empty.txt\x00"),
)


def winmail(content: str, kind: str = "application/ms-tnef") -> str:
    return f"Content-Type: {kind}; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{content}"


def test_winmail_dat_is_unwrapped() -> None:
    mail = multi("mixed", winmail(WRAPPED))
    assert [(file.name, file.content) for file in mail.files] == [("plan.txt", b"the plan")]
    assert mail.text.startswith("Hello from Outlook")


def test_the_text_of_the_mail_goes_before_that_of_winmail_dat() -> None:
    mail = multi("mixed", text("hi"), winmail(WRAPPED, "application/octet-stream"))
    assert (mail.text, names(mail)) == ("hi", ["plan.txt"])


def test_the_rich_text_of_winmail_dat_is_a_file_when_nothing_else_tells_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrapper = SimpleNamespace(attachments=[], body=None, htmlbody=None, rtfbody=b"{\\rtf1 hi}")
    monkeypatch.setattr("tnefparse.TNEF", lambda *_, **__: wrapper)
    assert names(multi("mixed", winmail(WRAPPED))) == ["message.rtf"]


def test_the_html_of_winmail_dat_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tnef, "unwrap", lambda _: ("", "<p>hi</p>", []))
    assert multi("mixed", winmail(WRAPPED)).html == "<p>hi</p>"


@pytest.mark.parametrize("value", ["hi", b"hi", [b"hi"]])
def test_a_value_of_winmail_dat_may_be_of_several_kinds(value: object) -> None:
    assert tnef._text(value) == "hi"
    assert tnef._text([]) == ""


def test_a_broken_winmail_dat_stays_a_file() -> None:
    assert names(multi("mixed", winmail("AAAA"))) == ["winmail.dat"]
