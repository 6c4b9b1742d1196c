"""Encodings, charsets, flowed and uuencoded text."""

import binascii

import pytest

from tests.tickets.mail.letters import multi, single
from tickets.domain.mail.charset import known, to_text
from tickets.domain.mail.flowed import unflow
from tickets.domain.mail.transfer import find_uuencoded

ENCODED = {
    "base64": ("base64", b"aGVs\nbG8=", b"hello"),
    "base64 with junk": ("BASE64", b"aG!Vs*bG8=", b"hello"),
    "base64 without padding": ("base64", b"aGVsbG8", b"hello"),
    "base64 with one letter too many": ("base64", b"aGVsbG8hA", b"hello!"),
    "base64 in pieces": ("base64", b"aGVs\nbG8=\naGVs\nbG8=\n", b"hellohello"),
    "base64 with a footer": ("base64", b"aGVsbG8=\n\n-- \nThe mailing-list: never=sleeps\n", b"hello"),
    "sentences labelled base64": ("base64", b"This is just plain text.", b"This is just plain text."),
    "quoted-printable": ("quoted-printable", b"h=65llo=\n you", b"hello you"),
    "quoted-printable, blank before the end": ("quoted-printable", b"hello= \n you=\t\r\n!", b"hello you!"),
    "uuencode": ("x-uuencode", b"begin 644 a\n%:&5L;&\\\n`\nend\n", b"hello"),
    "uuencode without a file": ("x-uuencode", b"hello", b"hello"),
    "8bit": ("8bit", b"hello", b"hello"),
    "nonsense": (";", b"hello", b"hello"),
    "empty base64": ("base64", b"====", b""),
}


@pytest.mark.parametrize(("encoding", "body", "content"), ENCODED.values(), ids=ENCODED.keys())
def test_encodings_are_undone(encoding: str, body: bytes, content: bytes) -> None:
    mail = single(f"Content-Type: application/x; name=a\nContent-Transfer-Encoding: {encoding}", body)
    assert mail.files[0].content == content


RUSSIAN = "Принтер не печатает, помогите пожалуйста"
CHARSETS = {
    "declared": ("utf-8", "Grüße".encode(), "Grüße"),
    "in quotes and with words": ('"utf-8" (yes)', "Grüße".encode(), "Grüße"),
    "Latin-1 is cp1252": ("iso-8859-1", "“Grüße” €".encode("cp1252"), "“Grüße” €"),
    "a hole of cp1252": ("windows-1252", b"a\x81\xfc", "a\x81ü"),
    "gb2312 is gb18030": ("gb2312", "镕".encode("gb18030"), "镕"),
    "iso-gb2312": ("iso-gb2312", "你好".encode("gbk"), "你好"),
    "Korean of Windows": ("ks_c_5601-1987", "똠방".encode("cp949"), "똠방"),
    "Japanese with circled figures": ("iso-2022-jp", b"\x1b$B-!\x1b(B a", "① a"),
    "Japanese without a label": ("", "日本語".encode("iso-2022-jp"), "日本語"),
    "half-width katakana": ("iso-2022-jp", b"\x1b(I1\x1b(B\x1b$B-!\x1b(B", "ｱ①"),
    "Hebrew in visual order": ("iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
    "UTF-7": ("unicode-1-1-utf-7", b"Gr+APwA3w-e", "Grüße"),
    "a Windows number": ("windows1251", "Привет".encode("cp1251"), "Привет"),
    "cp with a dash": ("cp-850", "ü".encode("cp850"), "ü"),
    "ASCII labelled UTF-16": ("utf-16", b"hello", "hello"),
    "UTF-16": ("utf-16", "ü".encode("utf-16"), "ü"),
    "unknown": ("x-secret", "Grüße".encode(), "Grüße"),
    "no charset at all": ("unicode_escape", rb"C:\temp\new", r"C:\temp\new"),
    "a codec of bytes": ("base64", "Grüße".encode(), "Grüße"),
    "us-ascii with UTF-8": ("us-ascii", "Grüße".encode(), "Grüße"),
    "us-ascii with 8 bit": ("us-ascii", "Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
    "no label, Russian": ("", RUSSIAN.encode("cp1251"), RUSSIAN),
    "no label, Japanese": ("", "プリンタが動きません".encode("euc_jp"), "プリンタが動きません"),
    "no label, one odd Russian word": ("", b"the printer \xfe", "the printer þ"),
    "UTF-8 cut off": ("utf-8", ("Grüße, " * 5 + "ü").encode()[:-1], "Grüße, " * 5 + "�"),
    "false UTF-8": ("utf-8", "Grüße".encode("cp1252"), "Grüße"),
    "a broken byte in Chinese": ("gb18030", ("你好" * 20).encode("gb18030") + b"\xff", "你好" * 20 + "�"),
    "not Chinese at all": ("big5", b"\xff\xfe\xff\xfe", None),
    "a label with NUL": ("utf\x008", "ü".encode(), "ü"),
    "NUL in the text": ("utf-8", b"a\x00b", "ab"),
    "a lone surrogate": ("utf-16-be", b"\x00a\xd8\x00", None),
}


@pytest.mark.parametrize(("label", "raw", "words"), CHARSETS.values(), ids=CHARSETS.keys())
def test_charsets_are_read(label: str, raw: bytes, words: str | None) -> None:
    found = to_text(raw, label)
    assert words is None or found == words
    found.encode()


def test_charsets_declared_elsewhere_in_the_mail_help() -> None:
    words = "Принтер"
    part = b"Content-Type: text/plain\n\n" + words.encode("koi8-r")
    assert words in multi("mixed", "Content-Type: text/html; charset=koi8-r\n\nx", part).text


def test_the_charset_that_html_names_counts_when_the_mail_names_none() -> None:
    body = '<meta charset="windows-1251"><p>Привет'.encode("cp1251")
    assert "Привет" in single("Content-Type: text/html", body).html
    assert "Привет" in single("Content-Type: text/html; charset=cp1251", body).html
    assert "ü" in single("Content-Type: text/html", "<p>ü".encode()).html


def test_a_byte_order_mark_is_no_text() -> None:
    assert single("Content-Type: text/plain; charset=utf-8", b"\xef\xbb\xbfhi").text == "hi"


def test_a_charset_is_known_or_not() -> None:
    assert [known(label) for label in ("UTF8", "latin1", "x-secret", "us-ascii")] == [
        "utf-8",
        "cp1252",
        "",
        "",
    ]


FLOWED = {
    "soft breaks": ("one \ntwo\nthree", "one two\nthree"),
    "quotes": ("> one \n> two\n>> three", "> one two\n>> three"),
    "a change of depth ends a paragraph": ("> one \ntwo", "> one \ntwo"),
    "signature": ("end \n-- \nAda", "end \n-- \nAda"),
    "stuffed": (" >not a quote\n From", ">not a quote\nFrom"),
}


@pytest.mark.parametrize(("sent", "meant"), FLOWED.values(), ids=FLOWED.keys())
def test_flowed_text_is_joined(sent: str, meant: str) -> None:
    assert unflow(sent, deletes_space=False) == meant


def test_flowed_text_may_delete_the_blank() -> None:
    assert single("Content-Type: text/plain; format=flowed; delsp=yes", "日 \n本\n".encode()).text == "日本\n"


def test_uuencoded_files_in_a_text_are_taken_out() -> None:
    body = b"Hello\n\nbegin 644 ../a.txt\n%:&5L;&\\\n`\nend\nBye\n"
    mail = single("Subject: old", body)
    assert mail.text == "Hello\n\nBye\n"
    assert [(file.name, file.content) for file in mail.files] == [("a.txt", b"hello")]


NOT_UUENCODED = (
    b"begin 644 a\nnot uuencoded \xff\nend\n",
    b"begin 644 a\nend\n",
    b"begin 644 a\n%:&5L;&\\\n",
    b"we begin 644 a\n",
    b"begin",
)


@pytest.mark.parametrize("body", NOT_UUENCODED)
def test_what_only_begins_like_a_uuencoded_file_is_text(body: bytes) -> None:
    assert single("Subject: x", body).files == ()


def test_uuencoded_lines_with_a_checksum_or_blank_ones_are_read() -> None:
    line = binascii.b2a_uu(b"hello").rstrip(b"\n")
    found = find_uuencoded(b"begin 644 a\r\n" + line + b"XY\r\n\r\n`\r\nend\r\n")
    assert [content for _, content, _, _ in found] == [b"hello"]


def test_backslashes_tabs_and_8_bit_survive_in_the_body() -> None:
    words = "C:\\Users\\anna\\x\ttab \\u00e9 grün\n"
    assert single("Content-Type: text/plain; charset=utf-8", words.encode()).text == words
