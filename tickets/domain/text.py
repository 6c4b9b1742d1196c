"""Text of people: kept as written, apart from what no reader and no mail could bear."""

import re

MAX_SUBJECT = 200
MAX_BODY = 20_000
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSAFE = re.compile("[\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBER = re.compile(r"#?(\d{1,18})")


def clean_subject(text: str) -> str:
    """One line: line breaks and control characters become blanks (A9), runs of blanks one."""
    return " ".join(_BREAKS.sub(" ", _UNSAFE.sub("", text)).split())


def clean_body(text: str) -> str:
    """The body as typed: backslashes, tabs and emoji survive (A10); line ends become \\n, NUL goes."""
    return _UNREADABLE.sub("", _LINE_ENDS.sub("\n", text)).strip("\n").rstrip()


def excerpt(text: str, length: int = 140) -> str:
    """The beginning of a text on one line, cut at a word with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, blank, _ = cut.rpartition(" ")
    return (head if blank else cut) + "…"


def mail_subject(number: int, subject: str) -> str:
    return f"[T#{number}] {subject}"


def ticket_number(query: str) -> int | None:
    """The ticket number that a search asks for: `#17` or `17`."""
    match = _NUMBER.fullmatch(query.strip())
    return int(match[1]) if match else None


def search_words(query: str, limit: int = 8) -> list[str]:
    """The words of a search, lower-case, without punctuation, at most `limit`."""
    return [word.lower() for word in re.findall(r"\w+", query)][:limit]
